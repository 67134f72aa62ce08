//! The protocol between B2C's pages and their scripts: forms go out in the background and come
//! back as JSON; the page then asks for the outcome.

use axum::{
    http::{HeaderName, StatusCode},
    response::Response,
};
use serde_json::json;

use super::{
    home,
    interaction::{find_home, lost, work},
    reply,
    visit::Visit,
};
use crate::{
    journey::{Problems, Step},
    pages::Pages,
    protocol::{Language, Params},
};

/// Does a script send this form?
pub(super) fn is_script(form: &Params) -> bool {
    form.get("request_type").as_deref() == Some("RESPONSE")
}

/// `POST …/SelfAsserted` with `request_type=RESPONSE`: always status 200.
pub(super) fn submit(visit: &Visit<'_>, form: &Params) -> Response {
    let token = visit.header(HeaderName::from_static("x-csrf-token"));
    if token.is_none() || token != visit.cookies.csrf.as_deref() {
        return lost(visit);
    }
    let now = visit.provider.clock.now();
    work(visit, |journey, _| {
        if let Some(refusal) = find_home(visit, journey, form, now) {
            return refusal;
        }
        let users = &home::of_journey(visit, journey).tenant.users;
        let step = journey.submit(form, users, now);
        journey.outcome = None;
        let document = match step {
            Step::Retry(problems) => refusal(&problems, &visit.provider.pages, journey.language),
            step => {
                journey.outcome = Some(step);
                json!({ "status": "200" })
            }
        };
        reply::private_json(StatusCode::OK, &document)
    })
}

fn refusal(problems: &Problems, pages: &Pages, language: Language) -> serde_json::Value {
    let text = pages.text(language, problems.headline().unwrap_or_default());
    let message = problems.filled_in(text);
    match problems.code() {
        Some(code) => json!({
            "status": "400",
            "errorCode": format!("AADB2C{code}"),
            "message": message,
        }),
        None => json!({ "status": "400", "message": message }),
    }
}
