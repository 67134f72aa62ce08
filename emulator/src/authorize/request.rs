use super::Prompt;
use crate::protocol::{Challenge, Fault, Scopes, Target};

/// An authorization request that has passed every check.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    /// The client id as registered.
    pub(crate) client_id: String,
    pub(crate) target: Target,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Prompt,
    /// The oldest acceptable sign-in, in seconds.
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) wants_client_info: bool,
}

/// Where a refused request is answered.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// On B2C's own page: there is no application that could be trusted with the answer.
    Page(Fault),
    /// At the application.
    Redirect(Target, Fault),
}
