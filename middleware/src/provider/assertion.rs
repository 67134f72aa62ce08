//! Assertions that the app itself knows where to get (RFC 7523 §2.2).

use std::fmt;
use std::future::{Future, poll_fn};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::task::Poll;
use std::time::{Duration, SystemTime};

use crate::config::ProviderSettings;
use crate::error::Error;
use crate::future::BoxFuture;
use crate::secret::Secret;

/// A token of the platform's that proves the app to a provider in place of a secret, and when it ends.
#[derive(Clone)]
pub struct ClientAssertion {
    pub(super) token: Secret,
    pub(super) expires_at: SystemTime,
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
    pub(super) provider: Arc<str>,
    pub(super) client_id: Arc<str>,
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

pub(super) type Answer = Result<ClientAssertion, String>;

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

    /// What the function answers. A panic of it is a failure as any other: it must not end the request
    /// that happens to ask, or leave others waiting for what it was to bring.
    pub(super) async fn ask(&self, request: AssertionRequest) -> Answer {
        let begun = catch_unwind(AssertUnwindSafe(|| (self.0)(request)));
        let mut answer = begun.map_err(|_| PANICKED.to_owned())?;
        poll_fn(move |cx| {
            let polled = catch_unwind(AssertUnwindSafe(|| answer.as_mut().poll(cx)));
            polled.unwrap_or_else(|_| Poll::Ready(Err(PANICKED.to_owned())))
        })
        .await
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
#[derive(Clone, Debug)]
pub(crate) enum AssertionError {
    /// What it says itself.
    Failed(String),
    /// It has not answered within [`PATIENCE`].
    TimedOut,
    /// What it brought was empty, or had ended.
    Ended,
    /// The provider refuses what it brings, one after the other.
    Refused,
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
            Self::Refused => f.write_str(
                "the provider refuses the assertion of the client_assertion callback, and another \
                 one was asked for moments ago",
            ),
        }
    }
}

impl std::error::Error for AssertionError {}

/// How long the function may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(15);
const PANICKED: &str = "it panicked";
