use std::sync::Arc;

use axum::{
    http::{StatusCode, header, request},
    response::Response,
};

use super::reply::Reason;
use crate::{
    address::{Endpoint, Place},
    control::{Occasion, Outcome, RecordedRequest},
    protocol::Params,
    provider::Provider,
    token::TokenRequest,
};

/// A request that is being answered. It is recorded when that is done, or given up.
pub(super) struct Recording {
    provider: Arc<Provider>,
    request: Option<RecordedRequest>,
}

impl Recording {
    pub(super) fn start(
        parts: &request::Parts,
        form: &Params,
        place: &Place,
        provider: Arc<Provider>,
    ) -> Self {
        let is_asset = matches!(place, Place::Stylesheet | Place::Icon);
        let request = (!is_asset).then(|| recorded(parts, form, place, &provider));
        if request.is_some() {
            provider.log.begin();
        }
        Self { provider, request }
    }

    /// What scopes of misbehaviours ask about.
    pub(super) fn occasion(&self) -> Occasion<'_> {
        let Some(request) = &self.request else {
            return Occasion::default();
        };
        Occasion {
            tenant: request.tenant.as_ref().map(|_| &self.provider.tenant),
            endpoint: request.endpoint,
            client_id: request.client_id.as_deref(),
            user_flow: request.user_flow.as_deref(),
            is_refresh: request.grant_type.as_deref() == Some("refresh_token"),
        }
    }

    pub(super) fn finish(mut self, response: &Response) {
        let Some(mut request) = self.request.take() else {
            return;
        };
        let status = response.status();
        let failed = status.is_client_error() || status.is_server_error();
        request.status = Some(status.as_u16());
        request.outcome = match response.extensions().get::<Outcome>() {
            Some(outcome) => outcome.clone(),
            None if failed => Outcome::Refused(format!("HTTP {}", status.as_u16())),
            None => Outcome::Accepted,
        };
        request.reason = match (response.extensions().get::<Reason>(), &request.outcome) {
            (Some(reason), _) => reason.0.clone(),
            (None, Outcome::Refused(code)) => code.clone(),
            (None, Outcome::Accepted) => accepted(request.endpoint, status).to_owned(),
        };
        self.provider.log.end(request);
    }
}

/// What was done for a request that was accepted.
fn accepted(endpoint: Option<Endpoint>, status: StatusCode) -> &'static str {
    match endpoint {
        Some(Endpoint::Authorize) if status.is_redirection() => "sent back to the application",
        Some(Endpoint::Authorize) => "showed a page",
        Some(Endpoint::Token) => "issued tokens",
        Some(Endpoint::Logout) => "ended the session",
        _ => "answered",
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        if let Some(request) = self.request.take() {
            self.provider.log.end(request);
        }
    }
}

fn recorded(
    parts: &request::Parts,
    form: &Params,
    place: &Place,
    provider: &Provider,
) -> RecordedRequest {
    let query = Params::parse(parts.uri.query().unwrap_or_default());
    let endpoint = place.endpoint();
    let policy = match place {
        Place::Tenant(path) => path.policy.clone().or_else(|| query.get("p")),
        _ => None,
    };
    let (grant_type, client_id) = if endpoint == Some(Endpoint::Token) {
        let authorization = parts.headers.get(header::AUTHORIZATION);
        let request = TokenRequest::new(form, authorization.and_then(|value| value.to_str().ok()));
        (request.grant_type, request.client_id)
    } else {
        let journey = || provider.journeys.client_id(&query.get("tx")?);
        (None, query.get("client_id").or_else(journey))
    };
    RecordedRequest {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: query.pairs().iter().map(blanked).collect(),
        endpoint,
        tenant: match place {
            Place::Tenant(path) if provider.tenant.is_called(&path.tenant) => {
                Some(provider.tenant.name.clone())
            }
            _ => None,
        },
        user_flow: policy
            .and_then(|policy| provider.tenant.user_flow(&policy))
            .map(|flow| flow.name().to_owned()),
        grant_type: grant_type.map(shortened),
        client_id: client_id.map(shortened),
        at: provider.clock.now(),
        reason: "no answer".to_owned(),
        status: None,
        outcome: Outcome::Refused("no answer".to_owned()),
    }
}

/// Blanks out what must not be kept.
fn blanked((name, value): &(String, String)) -> (String, String) {
    let is_secret = SECRETS
        .iter()
        .any(|secret| name.eq_ignore_ascii_case(secret));
    let value = if is_secret { "[redacted]" } else { value };
    (shortened(name.clone()), shortened(value.to_owned()))
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST_VALUE) {
        Some((end, _)) => text[..end].to_owned(),
        None => text,
    }
}

const SECRETS: [&str; 11] = [
    "access_token",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "csrf_token",
    "id_token",
    "id_token_hint",
    "password",
    "refresh_token",
    "tx",
];
const LONGEST_VALUE: usize = 2048;
