//! The pages of a journey: forms come in, pages and answers go out.

use axum::{
    http::{StatusCode, header},
    response::Response,
};

use super::{home, product, reply, script, visit::Visit};
use crate::{
    entra::foreign_account_fault,
    journey::{Finished, Journey, Problems, Screen, SignedIn, Step},
    protocol::{Fault, Params},
    session::{Cookies, SignIn, Started},
};

/// `POST …/SelfAsserted`
pub(super) fn submit(visit: &Visit<'_>, form: &Params) -> Response {
    if script::is_script(form) {
        return script::submit(visit, form);
    }
    let token = form.get("csrf_token");
    if token.is_none() || token != visit.cookies.csrf {
        return lost(visit);
    }
    let now = visit.provider.clock.now();
    work(visit, |journey, id| {
        if let Some(refusal) = find_home(visit, journey, form, now) {
            return refusal;
        }
        let users = &home::of_journey(visit, journey).tenant.users;
        let step = journey.submit(form, users, now);
        match step {
            // After a form comes a page of its own, which can be reloaded.
            Step::Show => reply::redirect(StatusCode::SEE_OTHER, &present_screen(journey, id)),
            step => go_on(visit, journey, id, step, Some(form)),
        }
    })
}

/// Finds the tenant of a person at Entra ID; a page for somebody whom the application is not for.
pub(super) fn find_home(
    visit: &Visit<'_>,
    journey: &mut Journey,
    form: &Params,
    now: i64,
) -> Option<Response> {
    if journey.screen() != Screen::SignIn {
        return None;
    }
    if journey.is_open_to_all {
        let (home, _) = home::of_name(visit, &Journey::sign_in_name(form))?;
        journey.home_tenant = Some(home.tenant.id.clone());
        return None;
    }
    let (home, user) = home::foreigner(visit, form, now)?;
    let client_id = &journey.request.client_id;
    let fault = foreign_account_fault(&user.sign_in_name, client_id, visit.provider, home);
    Some(reply::sts_error_page(fault, visit.provider))
}

/// `GET …/api/{page}`: shows the present screen, or follows one of its links.
pub(super) fn follow(visit: &Visit<'_>, path: &str) -> Response {
    work(visit, |journey, id| {
        let step = journey.follow(path, &visit.query);
        go_on(visit, journey, id, step, None)
    })
}

/// Finds the journey of this browser, unless it is over.
pub(super) fn work(
    visit: &Visit<'_>,
    work: impl FnOnce(&mut Journey, &str) -> Response,
) -> Response {
    let provider = visit.provider;
    let now = provider.clock.now();
    let id = visit.query.get("tx").unwrap_or_default();
    let response = provider
        .journeys
        .with(&id, visit.cookies.csrf.as_deref(), now, |journey| {
            if journey.user_flow.name() != visit.user_flow.name() {
                return None;
            }
            match &journey.finished {
                None => Some(work(journey, &id)),
                Some(finished) if now <= finished.at + SECOND_CLICK => {
                    Some(deliver(visit, finished))
                }
                Some(_) => None,
            }
        });
    response.flatten().unwrap_or_else(|| lost(visit))
}

fn go_on(
    visit: &Visit<'_>,
    journey: &mut Journey,
    id: &str,
    step: Step,
    form: Option<&Params>,
) -> Response {
    let show = |journey: &Journey, problems: &Problems| {
        let pages = &visit.provider.pages;
        let html = pages.screen(journey, id, form, problems, visit.provider);
        reply::page(StatusCode::OK, html)
    };
    match step {
        Step::Show => show(journey, &Problems::default()),
        Step::Retry(problems) => show(journey, &problems),
        Step::Finish(signed_in) => finish(visit, journey, signed_in),
        Step::Refuse(fault) => refuse(visit, journey, fault),
    }
}

fn finish(visit: &Visit<'_>, journey: &mut Journey, signed_in: SignedIn) -> Response {
    let provider = visit.provider;
    let now = provider.clock.now();
    let keep_for_days = journey.keep_for_days();
    let client_id = &journey.request.client_id;
    let home = home::of_journey(visit, journey);
    let user_flow = home::user_flow(home, visit, journey);
    let sign_in = SignIn::new(
        &home.tenant,
        &signed_in.user.object_id,
        signed_in.auth_time,
        user_flow,
        client_id,
        keep_for_days,
        now,
    );
    let application = journey.request.application(
        &signed_in.user.object_id,
        &home.tenant,
        &journey.authority,
        user_flow,
    );
    let old = visit.cookies.session.as_deref();
    let started = sign_in.map(|sign_in| provider.sessions.start(old, sign_in, application, now));
    let (session_id, sid) = started.map(|Started { id, sid }| (id, sid)).unzip();
    let answer = journey
        .request
        .complete(signed_in, sid, home, &journey.authority, user_flow);
    let finished = Finished {
        at: now,
        answer: product::success(answer, provider),
        session_id,
        keep_for_days,
    };
    let response = deliver(visit, &finished);
    journey.finished = Some(finished);
    response
}

fn refuse(visit: &Visit<'_>, journey: &mut Journey, fault: Fault) -> Response {
    let now = visit.provider.clock.now();
    let (answer, code) = product::refusal(visit, &journey.request.target, fault);
    let finished = Finished {
        at: now,
        answer,
        session_id: None,
        keep_for_days: None,
    };
    let response = deliver(visit, &finished);
    journey.finished = Some(finished);
    reply::noted(response, &code)
}

fn deliver(visit: &Visit<'_>, finished: &Finished) -> Response {
    let mut response = reply::answer(&finished.answer, visit.provider);
    if let Some(id) = &finished.session_id {
        let provider = visit.provider;
        let days = finished.keep_for_days;
        let secure = provider.is_secure();
        for cookie in Cookies::set_session(&provider.tenant, id, days, secure) {
            reply::set(&mut response, header::SET_COOKIE, &cookie);
        }
    }
    response
}

fn present_screen(journey: &Journey, id: &str) -> String {
    let name = match journey.screen() {
        Screen::SignIn => "CombinedSigninAndSignup",
        Screen::SecondFactor => "Phonefactor",
        Screen::Federation => "Federation",
        Screen::SignUp | Screen::PasswordReset | Screen::ProfileEdit | Screen::NewPassword => {
            "SelfAsserted"
        }
    };
    let policy = journey.user_flow.name();
    format!(
        "{}?tx={id}&p={policy}",
        journey.authority.page(&format!("api/{name}"))
    )
}

/// The journey is unknown, over, or another browser's; or the cookie is none of ours.
pub(super) fn lost(visit: &Visit<'_>) -> Response {
    let fault = visit.cookies.fault().unwrap_or(Fault::LostState);
    reply::error_page(fault, visit.provider)
}

/// A form that arrives twice within this time is one impatient click, not a step back.
const SECOND_CLICK: i64 = 10;
