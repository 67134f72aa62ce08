//! What an app may do when somebody signs in or out.

use std::error::Error;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Map, Value};

use crate::future::BoxFuture;
use crate::session::Claims;

/// Hears of sign-ins before they count, and of sign-outs after.
///
/// An app looks a user up in its own database here: refuses those it does not know, adds roles to
/// the claims of those it does.
///
/// ```
/// use tower_b2c::{BoxFuture, SignIn, SignInDecision, SignInError, SignInEvents};
///
/// struct Members;
///
/// impl SignInEvents for Members {
///     fn on_sign_in<'a>(
///         &'a self,
///         sign_in: &'a SignIn<'a>,
///     ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
///         Box::pin(async move {
///             Ok(match sign_in.claims().email() {
///                 Some(email) if email.ends_with("@contoso.com") => {
///                     SignInDecision::accept().with_claim("roles", vec!["staff"])
///                 }
///                 _ => SignInDecision::reject("This site is for Contoso's staff."),
///             })
///         })
///     }
/// }
/// ```
pub trait SignInEvents: Send + Sync + 'static {
    /// The provider has signed the user in and the ID token is verified; there is no session yet.
    /// Default: accepted.
    ///
    /// # Errors
    ///
    /// Whatever keeps the app from deciding. The user is not signed in and sees a page with 503;
    /// the error goes to the log. So it is when [`patience`](Self::patience) runs out.
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        let _ = sign_in;
        Box::pin(std::future::ready(Ok(SignInDecision::accept())))
    }

    /// The user has signed out here; the session is gone. Sessions that expire or are ended from
    /// elsewhere are not told. Default: nothing.
    fn on_sign_out<'a>(&'a self, sign_out: &'a SignOut<'a>) -> BoxFuture<'a, ()> {
        let _ = sign_out;
        Box::pin(std::future::ready(()))
    }

    /// How long the user is made to wait for either. Default: 10 seconds.
    fn patience(&self) -> Duration {
        Duration::from_secs(10)
    }
}

/// Why an app cannot decide about a sign-in.
pub type SignInError = Box<dyn Error + Send + Sync>;

/// A sign-in that is to be decided about.
#[derive(Clone, Copy, Debug)]
pub struct SignIn<'a> {
    pub(crate) claims: &'a Claims,
    pub(crate) provider: &'a str,
    pub(crate) user_flow: Option<&'a str>,
    pub(crate) client_address: Option<IpAddr>,
}

impl SignIn<'_> {
    /// The claims of the verified ID token.
    pub fn claims(&self) -> &Claims {
        self.claims
    }

    /// The provider's name in the configuration.
    pub fn provider(&self) -> &str {
        self.provider
    }

    /// In B2C the user flow, as the configuration writes it.
    pub fn user_flow(&self) -> Option<&str> {
        self.user_flow
    }

    /// Where the request comes from, with
    /// [`B2cLayerBuilder::peer_address`](crate::B2cLayerBuilder::peer_address).
    pub fn client_address(&self) -> Option<IpAddr> {
        self.client_address
    }
}

/// A sign-out that has happened.
#[derive(Clone, Copy, Debug)]
pub struct SignOut<'a> {
    pub(crate) claims: &'a Claims,
    pub(crate) provider: &'a str,
    pub(crate) client_address: Option<IpAddr>,
}

impl SignOut<'_> {
    /// The claims of the session that ended.
    pub fn claims(&self) -> &Claims {
        self.claims
    }

    /// The provider's name in the configuration.
    pub fn provider(&self) -> &str {
        self.provider
    }

    /// As [`SignIn::client_address`].
    pub fn client_address(&self) -> Option<IpAddr> {
        self.client_address
    }
}

/// What an app decides about a sign-in.
#[derive(Clone)]
pub struct SignInDecision(Decision);

#[derive(Clone)]
enum Decision {
    Accept(Map<String, Value>),
    Reject(String),
}

impl SignInDecision {
    /// The user is signed in.
    pub fn accept() -> Self {
        Self(Decision::Accept(Map::new()))
    }

    /// The user is not signed in and reads this on a page with 403. A session that the browser had
    /// before goes on.
    pub fn reject(message: impl Into<String>) -> Self {
        Self(Decision::Reject(message.into()))
    }

    /// Adds a claim to the session, in place of the provider's of that name, for as long as the
    /// session lasts. Claims of the protocol (`sub`, `iss`, `exp` and the like) stay the provider's.
    /// Without effect on a rejection.
    pub fn with_claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        if let Decision::Accept(claims) = &mut self.0 {
            claims.insert(name.into(), value.into());
        }
        self
    }
}

impl fmt::Debug for SignInDecision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Decision::Accept(_) => "SignInDecision::accept(…)",
            Decision::Reject(_) => "SignInDecision::reject(…)",
        })
    }
}

/// The app's events, if it listens; asks with patience.
#[derive(Clone, Default)]
pub(crate) struct Hook(Option<Arc<dyn SignInEvents>>);

/// Why a user is not let in.
#[derive(Debug)]
pub(crate) enum NotAdmitted {
    Rejected { message: String },
    Undecided { detail: String },
}

impl Hook {
    pub(crate) fn new(events: impl SignInEvents) -> Self {
        Self(Some(Arc::new(events)))
    }

    /// The claims that the app adds, or why the user is not let in.
    pub(crate) async fn admit(
        &self,
        sign_in: SignIn<'_>,
    ) -> Result<Map<String, Value>, NotAdmitted> {
        let Some(events) = &self.0 else {
            return Ok(Map::new());
        };
        let asked = tokio::time::timeout(events.patience(), events.on_sign_in(&sign_in)).await;
        let undecided = |detail: String| NotAdmitted::Undecided { detail };
        let decision = asked
            .map_err(|_| undecided("on_sign_in took too long".to_owned()))?
            .map_err(|error| undecided(format!("on_sign_in failed: {error}")))?;
        match decision.0 {
            Decision::Accept(claims) => Ok(claims),
            Decision::Reject(message) => Err(NotAdmitted::Rejected { message }),
        }
    }

    pub(crate) async fn signed_out(&self, sign_out: SignOut<'_>) {
        let Some(events) = &self.0 else { return };
        let told = tokio::time::timeout(events.patience(), events.on_sign_out(&sign_out)).await;
        if told.is_err() {
            tracing::warn!("on_sign_out took too long and was given up");
        }
    }
}
