//! Keeps a form over a sign-in, and sends it again.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use percent_encoding::percent_decode_str;
use url::form_urlencoded;

use super::caller::{Audience, Caller};
use super::form::is_form;
use super::page::{content_security_policy, document, escape};
use super::respond::{html_response, redirect};
use super::shell::Shell;
use crate::challenge::Challenge;
use crate::cookie::{Cookies, Ticket};
use crate::crypto::sha256;
use crate::flow::{Refusal, local_path};
use crate::guard::{PostedForm, is_from_here};
use crate::session::{KEPT_FOR, KeptForm, Live};

impl Shell {
    /// Whether a request without a session is a form that may wait for one: of the app's own pages,
    /// as the browser proves, and sent by a person.
    pub(super) fn may_keep_form<B>(&self, request: &Request<B>, caller: &Caller) -> bool {
        self.config.user_sessions.keep_forms
            && request.method() == Method::POST
            && caller.audience == Audience::Form
            && is_form(request.headers())
            && is_from_here(request.headers(), self.config.base_url())
    }

    /// As [`challenge`](Self::challenge), with the form kept until its sender comes back.
    pub(super) async fn challenge_form(
        &self,
        caller: &Caller,
        challenge: &Challenge,
        form: &PostedForm,
    ) -> Response<Bytes> {
        let path = local_path(caller.path_and_query());
        let fields = fields(&form.0);
        let (Some(path), Some(fields)) = (path, fields) else {
            return self.challenge(caller, challenge).await;
        };
        if !self.form_budget.take(self.now()) {
            tracing::warn!("more forms without a session than are kept");
            return self.challenge(caller, challenge).await;
        }
        let ended = self.ticket(&caller.headers());
        let sender = match &ended {
            Some(ticket) => self.sessions.former_user(ticket).await,
            None => None,
        };
        let path = path.to_owned();
        let kept = KeptForm {
            path,
            fields,
            sender,
        };
        let ticket = match self.sessions.keep_form(&kept).await {
            Ok(ticket) => ticket,
            Err(error) => {
                tracing::warn!(%error, "a form could not be kept");
                return self.challenge(caller, challenge).await;
            }
        };
        let id = URL_SAFE_NO_PAD.encode(&sha256(&ticket.id)[..9]);
        let resume = format!("{}?{RESUME}={id}", self.config.app.sign_in_path);
        let Ok(uri) = resume.parse() else {
            return self.challenge(caller, challenge).await;
        };
        // From here on it is a navigation, to the page that sends the form again.
        let caller = caller.navigating_to(uri);
        let mut response = self.challenge(&caller, challenge).await;
        if response.status().is_redirection() {
            let name = self.cookies.form(&id);
            let cookie = self.cookies.set(&name, &ticket.encode(), KEPT_FOR);
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        response
    }

    /// The form that the sign-in path is asked to resume, by the id in its query.
    pub(super) fn resumed(caller: &Caller) -> Option<String> {
        let query = caller.uri.query()?;
        let mut pairs = form_urlencoded::parse(query.as_bytes());
        let (_, id) = pairs.find(|(name, _)| name == RESUME)?;
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        (id.len() == 12 && id.chars().all(plain)).then(|| id.into_owned())
    }

    /// The page that sends a kept form again, once.
    pub(super) async fn resume(
        &self,
        caller: &Caller,
        id: &str,
        present: Option<&Live>,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        let Some(present) = present else {
            return self.challenge(caller, &Challenge::sign_in()).await;
        };
        let name = self.cookies.form(id);
        let ticket = Cookies::value(headers, &name).and_then(Ticket::parse);
        let form = match ticket {
            Some(ticket) => match self.sessions.take_form(&ticket).await {
                Ok(form) => form,
                Err(error) => return self.store_unavailable(caller, &error),
            },
            None => None,
        };
        let record = present.record();
        let user = record.subject().map(|subject| (&*record.provider, subject));
        let sender = form.as_ref().and_then(|form| form.sender.as_ref());
        let sender = sender.map(|(provider, subject)| (&**provider, &**subject));
        let mut response = match &form {
            // Sent already, or too old.
            None => redirect("/", []),
            // What one user wrote is not for another to see or to send.
            Some(_) if sender.is_some() && sender != user => {
                self.refuse(caller, &Refusal::OtherUser)
            }
            Some(form) => {
                let claims = &record.claims;
                let whom = claims.name().or_else(|| claims.email());
                let action = self.config.app.mounted(&form.path);
                page(&action, form, whom.unwrap_or("a user"), sender.is_some())
            }
        };
        let gone = self.cookies.clear(&name);
        response.headers_mut().append(header::SET_COOKIE, gone);
        response
    }
}

/// The fields of a form; `None` if there are too many, or if they are not UTF-8 and so could not be
/// sent as they came.
fn fields(form: &[u8]) -> Option<Vec<(String, String)>> {
    let text = std::str::from_utf8(form).ok()?;
    percent_decode_str(text).decode_utf8().ok()?;
    let fields: Vec<_> = form_urlencoded::parse(form)
        .into_owned()
        .take(MOST_FIELDS + 1)
        .collect();
    (fields.len() <= MOST_FIELDS).then_some(fields)
}

/// Sends itself if the sender is known to be the one who is signed in now; else a person looks at
/// it first, as they do without scripts.
fn page(action: &str, form: &KeptForm, whom: &str, by_itself: bool) -> Response<Bytes> {
    let mut main = format!(
        "<h1>Send it now?</h1><p>Your session had ended, so what you sent was kept. You are signed in \
         as {}.</p><form id=\"kept\" method=\"post\" action=\"{}\">",
        escape(whom),
        escape(action)
    );
    for (name, value) in &form.fields {
        // Writing to a String cannot fail.
        let _ = write!(
            main,
            "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
            escape(name),
            escape(value)
        );
    }
    // A button without a name adds no field; one called `submit` would hide the form's method.
    main.push_str("<button class=\"button\">Send</button></form>");
    let mut policy = format!("{}; form-action 'self'", content_security_policy("'none'"));
    if by_itself {
        let _ = write!(main, "<script>{SEND}</script>");
        let hash = STANDARD.encode(sha256(SEND.as_bytes()));
        let _ = write!(policy, "; script-src 'sha256-{hash}'");
    }
    let mut response = html_response(StatusCode::OK, document("Send it now?", &main));
    let headers = response.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    // The form must send its origin, which `no-referrer` would make `null` (Fetch, "Origin").
    let same_origin = HeaderValue::from_static("same-origin");
    headers.insert(header::REFERRER_POLICY, same_origin);
    response
}

/// `form.submit` may be a field of that name, so the method is taken from its prototype.
const SEND: &str = "HTMLFormElement.prototype.submit.call(document.getElementById('kept'))";
const RESUME: &str = "resume";
const MOST_FIELDS: usize = 500;
