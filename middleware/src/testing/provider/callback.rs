//! The way back from the provider's pages.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, header};
use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use super::Provider;
use super::server::Server;
use super::state::Pending;
use crate::crypto::{random, sha256};
use crate::testing::challenge::described;
use crate::testing::error::MintError;
use crate::testing::issue::{SignedIn, issuer};
use crate::testing::sign_in::add_claims;

/// What the provider's pages answer a browser with; made by [`Provider::answers`].
///
/// The person signs in unless the builder says that they do not.
#[derive(Debug)]
#[must_use]
pub struct Callback {
    provider: Provider,
    server: Server,
    /// The parameters of the authorization request.
    asked: HashMap<String, String>,
    /// What the response gave the browser to bring back.
    cookies: String,
    subject: String,
    claims: Vec<(String, Value)>,
    error: Option<(String, String)>,
}

impl Callback {
    pub(super) fn to<B>(provider: &Provider, response: &Response<B>) -> Result<Self, MintError> {
        let not_here = || MintError::NotSentHere {
            found: described(response),
        };
        let location = response.headers().get(header::LOCATION);
        let location = location.and_then(|value| value.to_str().ok());
        let location = location.and_then(|text| Url::parse(text).ok());
        let location = location.ok_or_else(not_here)?;
        let server = provider.with_pages(&location).ok_or_else(not_here)?;
        let set = response.headers().get_all(header::SET_COOKIE).iter();
        let set = set.filter_map(|line| line.to_str().ok());
        let kept = set.filter(|line| !line.contains("Max-Age=0"));
        let pairs = kept.filter_map(|line| line.split(';').next());
        Ok(Self {
            cookies: pairs.collect::<Vec<_>>().join("; "),
            asked: location.query_pairs().into_owned().collect(),
            provider: provider.clone(),
            server,
            subject: "11111111-2222-3333-4444-555555555555".to_owned(),
            claims: Vec::new(),
            error: None,
        })
    }

    /// The user's identifier (`sub`). Default: that of [`sign_in`](crate::testing::sign_in).
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = subject.into();
        self
    }

    /// A claim of the ID token, as for [`sign_in`](crate::testing::sign_in).
    pub fn claim(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.claims.push((name.into(), value.into()));
        self
    }

    /// Nobody signs in: the provider answers with this error (`access_denied`) and its description
    /// (`AADB2C90091: …`).
    pub fn refuses(mut self, error: impl Into<String>, description: impl Into<String>) -> Self {
        self.error = Some((error.into(), description.into()));
        self
    }

    /// The browser's request to the redirect URI, with the cookies that it was sent away with; a form
    /// where the app asked for one (`response_mode`).
    ///
    /// # Errors
    ///
    /// When no ID token can say what the builder says, as for [`sign_in`](crate::testing::sign_in).
    pub fn request(self) -> Result<Request<String>, MintError> {
        let mut answer = form_urlencoded::Serializer::new(String::new());
        answer.append_pair("state", self.value("state"));
        match &self.error {
            Some((error, description)) => {
                answer.append_pair("error", error);
                answer.append_pair("error_description", description);
            }
            None => {
                for (name, value) in self.code()? {
                    answer.append_pair(name, &value);
                }
            }
        }
        let settings = &self.server.settings;
        if settings
            .endpoints
            .as_ref()
            .is_some_and(|all| all.iss_in_response)
        {
            let issuer = issuer(settings, self.server.user_flow.as_deref());
            answer.append_pair("iss", &issuer);
        }
        Ok(self.sent(&answer.finish()))
    }

    /// The code, and in the hybrid flow the ID token beside it.
    fn code(&self) -> Result<Vec<(&'static str, String)>, MintError> {
        if self.subject.is_empty() {
            return Err(MintError::EmptySubject);
        }
        let now = self.provider.now();
        let settings = &self.server.settings;
        let signed_in = SignedIn {
            settings,
            user_flow: self.server.user_flow.as_deref(),
            subject: &self.subject,
            at: now,
            auth_time: Some(now),
        };
        let mut claims = signed_in.claims();
        add_claims(&mut claims, &self.claims)?;
        claims.insert("nonce".to_owned(), self.value("nonce").into());
        let code = URL_SAFE_NO_PAD.encode(random::<16>());
        let mut answer = vec![("code", code.clone())];
        if self.value("response_type").contains("id_token") {
            let mut front = json!(claims);
            // OpenID Connect Core §3.3.2.11.
            front["c_hash"] = URL_SAFE_NO_PAD
                .encode(&sha256(code.as_bytes())[..16])
                .into();
            let id_token = self.provider.signed(settings, "JWT", &front)?;
            answer.push(("id_token", id_token));
        }
        let scopes = self.value("scope").split_whitespace();
        let pending = Pending {
            server: self.server.clone(),
            redirect_uri: self.value("redirect_uri").to_owned(),
            code_challenge: self.value("code_challenge").to_owned(),
            scopes: scopes.map(str::to_owned).collect(),
            claims,
        };
        self.provider.state().codes.insert(code, pending);
        Ok(answer)
    }

    fn sent(&self, answer: &str) -> Request<String> {
        let target = Url::parse(self.value("redirect_uri")).ok();
        let path = target.as_ref().map_or("/", Url::path);
        let by_form = self.value("response_mode") == "form_post";
        let mut request = Request::new(String::new());
        let headers = request.headers_mut();
        for (name, value) in [
            ("accept", "text/html"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-site", "cross-site"),
        ] {
            headers.insert(name, http::HeaderValue::from_static(value));
        }
        if let Ok(mut cookies) = http::HeaderValue::from_str(&self.cookies) {
            cookies.set_sensitive(true);
            headers.insert(header::COOKIE, cookies);
        }
        let uri = if by_form {
            let form = http::HeaderValue::from_static("application/x-www-form-urlencoded");
            headers.insert(header::CONTENT_TYPE, form);
            *request.method_mut() = http::Method::POST;
            answer.clone_into(request.body_mut());
            path.to_owned()
        } else {
            format!("{path}?{answer}")
        };
        // A path of a URL and an encoded form.
        *request.uri_mut() = uri.parse().unwrap_or_default();
        request
    }

    fn value(&self, name: &str) -> &str {
        self.asked.get(name).map(String::as_str).unwrap_or_default()
    }
}
