//! Front-channel sign-out: what the frames of the signed-out page call.

use super::visit::Visit;
use crate::{
    control::{FrontChannelFlaw, Misbehaviour, Misbehaviours},
    directory::Client,
    jwt::WRONG_ISSUER,
    protocol::with_query,
    random,
    session::{Application, Session},
};

/// Where the applications of the session want to be called at.
pub(super) fn calls(visit: &Visit<'_>, session: &Session) -> Vec<String> {
    let clients = session.applications.iter().filter_map(|application| {
        let client = visit.provider.tenant.client(&application.client_id)?;
        Some((application, client))
    });
    clients
        .filter_map(|(application, client)| call(visit, application, client, &session.sid))
        .collect()
}

/// B2C calls at custom policies alone, and without parameters; External ID and Entra ID always
/// call, with `iss` and `sid`; so do those whose registration asks for it.
fn call(
    visit: &Visit<'_>,
    application: &Application,
    client: &Client,
    sid: &str,
) -> Option<String> {
    let url = client.logout_url()?;
    if client.wants_session_at_logout() || !visit.provider.tenant.kind.is_b2c() {
        return Some(with_session(url, &application.issuer, sid));
    }
    let is_called = visit.user_flow.is_custom() && application.is_at_custom_policy;
    is_called.then(|| url.to_owned())
}

fn with_session(url: &str, issuer: &str, sid: &str) -> String {
    let bad = Misbehaviours::of_this_request();
    let has = |flaw| bad.has(&Misbehaviour::BadFrontChannelCall(flaw));
    let issuer = if has(FrontChannelFlaw::WrongIssuer) {
        WRONG_ISSUER
    } else {
        issuer
    };
    let sid = if has(FrontChannelFlaw::WrongSession) {
        random::token()
    } else {
        sid.to_owned()
    };
    let mut parameters = Vec::new();
    if !has(FrontChannelFlaw::MissingIssuer) {
        parameters.push(("iss", issuer));
    }
    if !has(FrontChannelFlaw::MissingSession) {
        parameters.push(("sid", &sid));
    }
    with_query(url, '?', &parameters)
}
