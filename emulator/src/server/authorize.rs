use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{id_token_hint::Hint, product, reply, visit::Visit};
use crate::{
    authorize::{AuthorizationRequest, Refusal},
    journey::{Journey, KnownUser, Problems, Step},
    protocol::{Fault, Target},
    random,
    session::Cookies,
};

/// `GET …/oauth2/v2.0/authorize`
pub(super) fn authorize(visit: &Visit<'_>) -> Response {
    match AuthorizationRequest::check(&visit.query, &visit.provider.tenant) {
        Ok(mut request) => match read_hint(visit, &mut request) {
            Ok(()) => start(visit, request),
            Err(fault) => refuse(visit, &request.target, fault),
        },
        Err(Refusal::Page(fault)) => reply::error_page(fault, visit.provider),
        Err(Refusal::Redirect(_, fault)) if product::needs_page(visit, &fault) => {
            reply::error_page(fault, visit.provider)
        }
        Err(Refusal::Redirect(target, fault)) => refuse(visit, &target, fault),
    }
}

/// Custom policies read `id_token_hint`; it must be meant for the application.
fn read_hint(visit: &Visit<'_>, request: &mut AuthorizationRequest) -> Result<(), Fault> {
    if !visit.user_flow.is_custom() {
        return Ok(());
    }
    let is_required = visit.user_flow.settings.require_id_token_hint;
    match Hint::read(visit, is_required)? {
        Some(hint) if hint.client.client_id() != request.client_id => {
            Err(Fault::HintAudience(request.client_id.clone()))
        }
        Some(hint) => {
            request.hint = hint.statement.claims;
            Ok(())
        }
        None => Ok(()),
    }
}

fn start(visit: &Visit<'_>, request: AuthorizationRequest) -> Response {
    let provider = visit.provider;
    let now = provider.clock.now();
    let old_csrf = visit
        .cookies
        .csrf
        .clone()
        .filter(|token| is_csrf_token(token));
    let csrf = old_csrf.clone().unwrap_or_else(random::token);
    let known = known_user(visit, &request, now);
    let (journey, step) = Journey::start(
        visit.authority.clone(),
        visit.user_flow.clone(),
        request,
        csrf.clone(),
        known,
        now,
    );
    match step {
        Step::Finish(signed_in) => {
            if let Some(id) = visit.cookies.session.as_deref() {
                let client_id = &journey.request.client_id;
                let application = visit.user_flow.is_custom().then(|| client_id.clone());
                provider.sessions.note(id, application, now);
            }
            let answer =
                journey
                    .request
                    .complete(signed_in, provider, &visit.authority, visit.user_flow);
            reply::answer(&product::success(answer, provider), provider)
        }
        Step::Refuse(fault) => refuse(visit, &journey.request.target, fault),
        Step::Show | Step::Retry(_) => {
            let id = provider.journeys.add(journey.clone(), now);
            let html = provider
                .pages
                .screen(&journey, &id, None, &Problems::default(), provider);
            let mut response = reply::page(StatusCode::OK, html);
            if old_csrf.is_none() {
                reply::set(
                    &mut response,
                    header::SET_COOKIE,
                    &Cookies::set_csrf(&csrf, provider.is_secure()),
                );
            }
            response
        }
    }
}

/// The user of the browser's session, if the account still exists.
fn known_user(visit: &Visit<'_>, request: &AuthorizationRequest, now: i64) -> Option<KnownUser> {
    let id = visit.cookies.session.as_deref()?;
    let sessions = &visit.provider.sessions;
    let session = sessions.find(id, visit.user_flow, &request.client_id, now)?;
    let user = visit.provider.tenant.users.by_id(&session.object_id)?;
    Some(KnownUser {
        user,
        auth_time: session.auth_time,
    })
    .filter(|known| known.auth_time >= known.user.valid_from && !known.user.is_locked)
}

fn refuse(visit: &Visit<'_>, target: &Target, fault: Fault) -> Response {
    let (answer, code) = product::refusal(visit, target, fault);
    reply::noted(reply::answer(&answer, visit.provider), &code)
}

/// Is this a token that the emulator could have set, perhaps before a restart?
fn is_csrf_token(token: &str) -> bool {
    token.len() == 43
        && token
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
}
