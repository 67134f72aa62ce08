//! Assertions that the app itself knows where to get (RFC 7523 §2.2).

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::Mutex;

use crate::config::ProviderSettings;
use crate::error::Error;
use crate::future::BoxFuture;
use crate::secret::Secret;
use crate::time::{Clock, Timestamp};

/// A token of the platform's that proves the app to a provider in place of a secret, and when it ends.
#[derive(Clone)]
pub struct ClientAssertion {
    token: Secret,
    expires_at: SystemTime,
}

impl ClientAssertion {
    /// A token (a JWT), good until this moment: its `exp`.
    pub fn new(token: Secret, expires_at: SystemTime) -> Self {
        Self { token, expires_at }
    }
}

impl fmt::Debug for ClientAssertion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientAssertion")
            .field("expires_at", &self.expires_at)
            .finish_non_exhaustive()
    }
}

/// Whom an assertion is wanted for.
#[derive(Clone, Debug)]
pub struct AssertionRequest {
    provider: Arc<str>,
    client_id: Arc<str>,
}

impl AssertionRequest {
    /// The provider's name in the configuration.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The app's id there.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }
}

/// The app's own function, as it was given to a builder.
#[derive(Clone)]
pub(crate) struct AskAssertion(
    Arc<dyn Fn(AssertionRequest) -> BoxFuture<'static, Answer> + Send + Sync>,
);

type Answer = Result<ClientAssertion, String>;

impl AskAssertion {
    pub(crate) fn new<F, T, E>(ask: F) -> Self
    where
        F: Fn(AssertionRequest) -> T + Send + Sync + 'static,
        T: Future<Output = Result<ClientAssertion, E>> + Send + 'static,
        E: fmt::Display,
    {
        Self(Arc::new(move |request| {
            let answer = ask(request);
            Box::pin(async move { answer.await.map_err(|error| error.to_string()) })
        }))
    }

    /// Whether a function is there if one is wanted, and wanted if it is there.
    pub(crate) fn check(given: Option<&Self>, providers: &[ProviderSettings]) -> Result<(), Error> {
        let asking = providers.iter().find(|settings| settings.asks_app());
        match (asking, given) {
            (Some(settings), None) => Err(Error::assertion(format!(
                "the provider \"{}\" has client_assertion = \"callback\" and no function was given; \
                 give the builder one by client_assertion(…)",
                settings.name
            ))),
            (None, Some(_)) => Err(Error::assertion(
                "a function was given by client_assertion(…) and no provider has \
                 client_assertion = \"callback\"; write that beside client_authentication = \
                 \"workload_identity\", or leave the function out"
                    .to_owned(),
            )),
            _ => Ok(()),
        }
    }
}

/// Why the app's function brought nothing to use.
#[derive(Debug)]
pub(crate) enum AssertionError {
    /// What it says itself.
    Failed(String),
    /// It has not answered within [`PATIENCE`].
    TimedOut,
    /// What it brought was empty, or had ended.
    Ended,
}

impl fmt::Display for AssertionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Failed(reason) => write!(f, "the client_assertion callback failed: {reason}"),
            Self::TimedOut => write!(
                f,
                "the client_assertion callback did not answer within {} seconds",
                PATIENCE.as_secs()
            ),
            Self::Ended => f.write_str(
                "the client_assertion callback returned an assertion that is empty or has ended; \
                 see that it is not kept longer than it lasts, and what time this machine has",
            ),
        }
    }
}

impl std::error::Error for AssertionError {}

/// The function at one provider, with what it brought last.
pub(super) struct Assertions {
    ask: AskAssertion,
    request: AssertionRequest,
    clock: Arc<dyn Clock>,
    /// Held while the function runs, so that a crowd asks once.
    last: Mutex<Option<ClientAssertion>>,
}

impl Assertions {
    pub(super) fn new(
        ask: AskAssertion,
        settings: &ProviderSettings,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            ask,
            request: AssertionRequest {
                provider: settings.name.as_str().into(),
                client_id: settings.client_id.as_str().into(),
            },
            clock,
            last: Mutex::default(),
        }
    }

    /// The assertion at hand while it lasts, else a new one; never `refused`.
    pub(super) async fn token(&self, refused: Option<&Secret>) -> Result<Secret, AssertionError> {
        let mut last = self.last.lock().await;
        let good = |known: &&ClientAssertion| {
            self.lasts(known, MARGIN)
                && refused.is_none_or(|refused| refused.expose() != known.token.expose())
        };
        if let Some(known) = last.as_ref().filter(good) {
            return Ok(known.token.clone());
        }
        *last = None;
        let answer = tokio::time::timeout(PATIENCE, (self.ask.0)(self.request.clone())).await;
        let answer = answer.map_err(|_| AssertionError::TimedOut)?;
        let assertion = answer.map_err(AssertionError::Failed)?;
        if assertion.token.expose().trim().is_empty() || !self.lasts(&assertion, Duration::ZERO) {
            return Err(AssertionError::Ended);
        }
        let token = assertion.token.clone();
        *last = Some(assertion);
        Ok(token)
    }

    fn lasts(&self, assertion: &ClientAssertion, margin: Duration) -> bool {
        let now = Timestamp::now(&*self.clock);
        Timestamp::of(assertion.expires_at) > now + margin
    }
}

/// How long the function may take.
const PATIENCE: Duration = Duration::from_secs(15);
/// An assertion with less left is exchanged: it has to arrive before it ends.
const MARGIN: Duration = Duration::from_secs(30);
