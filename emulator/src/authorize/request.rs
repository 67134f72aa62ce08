use serde_json::{Map, Value};

use super::Prompt;
use crate::{
    directory::Platform,
    protocol::{Challenge, Fault, Language, Params, RequestedClaims, ResponseType, Scopes, Target},
};

/// An authorization request that has passed every check.
#[derive(Clone, Debug)]
pub(crate) struct AuthorizationRequest {
    /// The client id as registered.
    pub(crate) client_id: String,
    pub(crate) target: Target,
    /// Of the redirect URI.
    pub(crate) platform: Platform,
    pub(crate) response_type: ResponseType,
    pub(crate) scopes: Scopes,
    pub(crate) nonce: Option<String>,
    pub(crate) prompt: Prompt,
    /// The oldest acceptable sign-in, in seconds.
    pub(crate) max_age: Option<i64>,
    pub(crate) login_hint: Option<String>,
    pub(crate) domain_hint: Option<String>,
    pub(crate) challenge: Option<Challenge>,
    pub(crate) language: Language,
    pub(crate) wants_client_info: bool,
    pub(crate) claims: RequestedClaims,
    /// The claims of an `id_token_hint`.
    pub(crate) hint: Map<String, Value>,
    /// All that was sent, for claim resolvers.
    pub(crate) parameters: Params,
}

/// Where a refused request is answered.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// On B2C's own page: there is no application that could be trusted with the answer.
    Page(Fault),
    /// At the application.
    Redirect(Target, Fault),
}
