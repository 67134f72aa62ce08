use axum::{
    http::{HeaderName, StatusCode, header},
    response::Response,
};
use serde_json::json;

use super::{reply, visit::Visit};
use crate::{
    address::Version,
    control::{Misbehaviour, Misbehaviours},
    entra::{self, StsFault, StsReport, sts_fault},
    protocol::{Fault, Params, Report},
    provider::Provider,
    random,
    token::{ClientProof, TokenRequest, answer},
};

/// `POST …/oauth2/v2.0/token`
pub(super) fn token(visit: &Visit<'_>, is_post: bool, form: &Params) -> Response {
    let mut request = TokenRequest::new(form, visit.header(header::AUTHORIZATION));
    if matches!(request.proof, ClientProof::Secret(_))
        && form.get("client_secret").is_some()
        && Misbehaviours::of_this_request().has(&Misbehaviour::SecretInHeaderOnly)
    {
        request.proof = ClientProof::Nothing;
    }
    if !visit.provider.tenant.kind.is_b2c() {
        return sts_token(visit, is_post, form, request);
    }
    let answered = if is_post {
        answer(&request, visit.provider, &visit.authority, visit.user_flow)
    } else {
        Err(Fault::PostOnly)
    };
    match answered {
        Ok(tokens) => reply::private_json(StatusCode::OK, &tokens),
        Err(fault) if visit.authority.version == Version::V1 => {
            refusal(fault.in_version_1(request.scope.as_deref()), visit.provider)
        }
        Err(fault) => refusal(fault, visit.provider),
    }
}

/// The same at External ID and Entra ID.
fn sts_token(visit: &Visit<'_>, is_post: bool, form: &Params, request: TokenRequest) -> Response {
    let Visit {
        provider,
        authority,
        user_flow,
        ..
    } = visit;
    let answered = match shared_authority_fault(visit, &request) {
        _ if !is_post => Err(sts_fault(&Fault::PostOnly, &provider.tenant)),
        Some(fault) => Err(fault),
        None => entra::answer(request, form, provider, authority, user_flow),
    };
    let mut response = match answered {
        Ok(tokens) => reply::private_json(StatusCode::OK, &tokens),
        Err(fault) => sts_refusal(fault, visit),
    };
    reply::set(&mut response, header::EXPIRES, "-1");
    for (name, value) in [
        ("x-ms-request-id", &*random::guid()),
        ("x-ms-ests-server", "2.1.0 - b2c-emulator"),
        ("x-ms-clitelem", "1,0,0,,"),
    ] {
        reply::set(&mut response, HeaderName::from_static(name), value);
    }
    response
}

/// `common` and its like serve the applications that are open to them.
fn shared_authority_fault(visit: &Visit<'_>, request: &TokenRequest) -> Option<StsFault> {
    let segment = visit.shared_authority.as_deref()?;
    let client = visit
        .provider
        .tenant
        .client(request.client_id.as_deref()?)?;
    entra::shared_authority_fault(segment, client)
}

/// HTTP 400 and a document of exactly two members.
pub(super) fn refusal(fault: Fault, provider: &Provider) -> Response {
    let report = Report::new(fault, provider.clock.now());
    let document = json!({
        "error": report.fault.error_at_token_endpoint(),
        "error_description": report.description(),
    });
    let response = reply::private_json(StatusCode::BAD_REQUEST, &document);
    reply::refused(response, &report.fault)
}

/// Entra's document has more members, and 401 for a client that is not who it says.
fn sts_refusal(fault: StsFault, visit: &Visit<'_>) -> Response {
    let report = StsReport::new(fault, visit.provider.clock.now(), &visit.authority.origin);
    let status = StatusCode::from_u16(report.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let response = reply::private_json(status, &report.document());
    reply::noted(response, &report.code())
}
