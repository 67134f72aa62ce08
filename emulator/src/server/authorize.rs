use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{home, id_token_hint::Hint, misbehave::ordered_fault, product, reply, visit::Visit};
use crate::{
    address::Version,
    authorize::{AuthorizationRequest, Prompt, Refusal},
    control::{Misbehaviour, Misbehaviours},
    entra,
    journey::{Journey, KnownUser, Problems, Step},
    protocol::{Channel, Fault, Language, ResponseMode, Target},
    provider::Provider,
    random,
    session::{Cookies, SignIn, is_csrf_token},
};

/// `GET …/oauth2/v2.0/authorize`
pub(super) fn authorize(visit: &Visit<'_>) -> Response {
    match AuthorizationRequest::check(&visit.query, &visit.provider.tenant) {
        Ok(mut request) => match read_rest(visit, &mut request) {
            Ok(()) => accept(visit, request),
            Err(fault) => refuse(visit, &request.target, fault),
        },
        Err(Refusal::Page(fault)) => reply::error_page(fault, visit.provider),
        Err(Refusal::Redirect(_, fault)) if product::needs_page(visit, &fault) => {
            reply::error_page(fault, visit.provider)
        }
        Err(Refusal::Redirect(target, fault)) => refuse(visit, &target, worded(visit, fault)),
    }
}

/// A request with nothing wrong in it.
fn accept(visit: &Visit<'_>, request: AuthorizationRequest) -> Response {
    match ordered_refusal(visit, &request) {
        Some((_, fault)) if fault.channels() == [Channel::Page] => {
            return reply::error_page(fault, visit.provider);
        }
        Some((target, fault)) => return refuse(visit, &target, fault),
        None => {}
    }
    if let Some(fault) = shared_authority_fault(visit, &request) {
        let (answer, code) = product::sts_refusal(visit, &request.target, fault);
        return reply::noted(reply::answer(&answer, visit.provider), &code);
    }
    start(visit, request)
}

/// `common` and its like serve the applications that are open to them.
fn shared_authority_fault(
    visit: &Visit<'_>,
    request: &AuthorizationRequest,
) -> Option<entra::StsFault> {
    let segment = visit.shared_authority.as_deref()?;
    let client = visit.provider.tenant.client(&request.client_id)?;
    entra::shared_authority_fault(segment, client)
}

/// What depends on the user flow and on the browser.
fn read_rest(visit: &Visit<'_>, request: &mut AuthorizationRequest) -> Result<(), Fault> {
    let pinned = visit.user_flow.settings.pinned_client.as_ref();
    if let Some(pinned) = pinned.filter(|id| !id.eq_ignore_ascii_case(&request.client_id)) {
        return Err(Fault::OtherClientPinned {
            client_id: request.client_id.clone(),
            pinned: pinned.clone(),
        });
    }
    if visit.query.get("ui_locales").is_none() {
        request.language = Language::accepted(visit.header(header::ACCEPT_LANGUAGE));
    }
    read_hint(visit, request)
}

/// The fault in the words of the endpoint's version.
fn worded(visit: &Visit<'_>, fault: Fault) -> Fault {
    match visit.authority.version {
        Version::V1 if visit.provider.tenant.kind.is_b2c() => {
            fault.in_version_1(visit.query.get("scope").as_deref())
        }
        _ => fault,
    }
}

/// The refusal of a good request that a misbehaviour demands.
fn ordered_refusal(visit: &Visit<'_>, request: &AuthorizationRequest) -> Option<(Target, Fault)> {
    let bad = Misbehaviours::of_this_request();
    let mut target = request.target.clone();
    if let Some(fault) = bad.find(ordered_fault) {
        return Some((target, fault));
    }
    for (misbehaviour, fault) in REFUSALS {
        if bad.has(&misbehaviour) {
            return Some((target, fault));
        }
    }
    if bad.has(&Misbehaviour::ProviderDenied) {
        return Some((target, Fault::ProviderDenied(DENIED.to_owned())));
    }
    if bad.has(&Misbehaviour::FormPostError) {
        target.mode = ResponseMode::FormPost;
        return Some((target, Fault::NoSession));
    }
    if bad.has(&Misbehaviour::RedirectElsewhere) {
        let client = visit.provider.tenant.client(&request.client_id)?;
        let asked = target.redirect_uri.clone();
        let other = client.redirect_uris().iter().find(|uri| **uri != asked);
        target.redirect_uri = other.cloned().unwrap_or_else(|| asked.clone());
        let fault = Fault::UnregisteredRedirectUri {
            uri: asked,
            client_id: request.client_id.clone(),
        };
        return Some((target, fault));
    }
    None
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

fn start(visit: &Visit<'_>, mut request: AuthorizationRequest) -> Response {
    let provider = visit.provider;
    let now = provider.clock.now();
    let old_csrf = visit
        .cookies
        .csrf
        .clone()
        .filter(|token| is_csrf_token(token));
    let csrf = old_csrf.clone().unwrap_or_else(random::token);
    let hinted = match hinted_user(visit, &mut request, now) {
        Ok(hinted) => hinted,
        Err(unknown) => return unknown_hint(&unknown),
    };
    let is_hinted = hinted.is_some();
    let known = hinted.or_else(|| known_user(visit, &request, now));
    let home = known.as_ref().map_or(provider, |(home, _)| *home);
    let known = known.map(|(_, user)| user);
    let (mut journey, step) = Journey::start(
        visit.authority.clone(),
        visit.user_flow.clone(),
        request,
        csrf.clone(),
        known,
        now,
    );
    match step {
        Step::Finish(signed_in) => {
            let user_flow = home::user_flow(home, visit, &journey);
            let sign_in = SignIn::new(
                &home.tenant,
                &signed_in.user.object_id,
                signed_in.auth_time,
                user_flow,
                &journey.request.client_id,
                None,
                now,
            );
            let application = journey.request.application(
                &signed_in.user.object_id,
                &home.tenant,
                &visit.authority,
                user_flow,
            );
            let old = visit.cookies.session.as_deref();
            let sessions = &provider.sessions;
            let (id, sid) = match sign_in.filter(|_| is_hinted) {
                Some(sign_in) => {
                    let started = sessions.start(old, sign_in, application, now);
                    (Some(started.id), Some(started.sid))
                }
                None => (None, old.and_then(|id| sessions.note(id, application, now))),
            };
            let answer =
                journey
                    .request
                    .complete(signed_in, sid, home, &visit.authority, user_flow);
            let mut response = reply::answer(&product::success(answer, provider), provider);
            if let Some(id) = id {
                let secure = provider.is_secure();
                for cookie in Cookies::set_session(&provider.tenant, &id, None, secure) {
                    reply::set(&mut response, header::SET_COOKIE, &cookie);
                }
            }
            response
        }
        Step::Refuse(fault) => refuse(visit, &journey.request.target, fault),
        Step::Show | Step::Retry(_) => {
            journey.is_open_to_all = visit.shared_authority.is_some();
            let id = provider.journeys.add(journey.clone(), now);
            let html = provider
                .pages
                .screen(&journey, &id, None, &Problems::default(), provider);
            let mut response = reply::page(StatusCode::OK, html);
            if old_csrf.is_none() {
                reply::set(
                    &mut response,
                    header::SET_COOKIE,
                    &Cookies::set_csrf(provider.tenant.kind, &csrf, provider.is_secure()),
                );
            }
            response
        }
    }
}

/// The user of `login_hint`, whom a switch of the emulator signs in; `Err` if it is nobody's.
fn hinted_user<'a>(
    visit: &Visit<'a>,
    request: &mut AuthorizationRequest,
    now: i64,
) -> Result<Option<(&'a Provider, KnownUser)>, String> {
    let hint = request.login_hint.clone();
    let Some(hint) = hint.filter(|_| visit.provider.settings.auto_sign_in) else {
        return Ok(None);
    };
    let (home, user) = home::of_name(visit, &hint)
        .filter(|(home, _)| home::is_welcome(visit, home))
        .ok_or(hint)?;
    // Credentials were entered, as it were.
    request.prompt = Prompt::Normal;
    let known = KnownUser {
        user,
        auth_time: now,
    };
    Ok(Some((home, known)))
}

fn unknown_hint(hint: &str) -> Response {
    let text = format!(
        "b2c-emulator signs the user of login_hint in without a page, and nobody is called '{hint}'."
    );
    let mut response = reply::text("text/plain; charset=utf-8", text);
    *response.status_mut() = StatusCode::BAD_REQUEST;
    reply::noted(response, "unknown login_hint")
}

/// The user of the browser's session, if the account still exists, and where it does.
fn known_user<'a>(
    visit: &Visit<'a>,
    request: &AuthorizationRequest,
    now: i64,
) -> Option<(&'a Provider, KnownUser)> {
    let id = visit.cookies.session.as_deref()?;
    let known = |provider: &'a Provider| {
        let tenant = &provider.tenant;
        let client_id = &request.client_id;
        let session = provider
            .sessions
            .find(id, tenant, visit.user_flow, client_id, now)?;
        let user = tenant.users.by_id(&session.object_id)?;
        let auth_time = session.auth_time;
        let is_good = auth_time >= user.valid_from && !user.is_locked;
        is_good.then_some((provider, KnownUser { user, auth_time }))
    };
    let mut others = home::others(visit).filter(|other| home::is_welcome(visit, other));
    known(visit.provider).or_else(|| others.find_map(known))
}

fn refuse(visit: &Visit<'_>, target: &Target, fault: Fault) -> Response {
    let (answer, code) = product::refusal(visit, target, fault);
    reply::noted(reply::answer(&answer, visit.provider), &code)
}

const REFUSALS: [(Misbehaviour, Fault); 2] = [
    (Misbehaviour::Cancelled, Fault::Cancelled),
    (Misbehaviour::ForgotPassword, Fault::ForgotPassword),
];
/// What B2C repeats of the provider's answer.
const DENIED: &str = "Error: access_denied,Error Description: Permissions error";
