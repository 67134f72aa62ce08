//! The token endpoint: grants what is asked for, once it is asked as the protocol has it.

use std::collections::HashMap;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Response, StatusCode};
use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::Provider;
use super::answer::json_answer;
use super::server::Server;
use super::state::Pending;
use crate::config::Kind;
use crate::crypto::sha256;
use crate::testing::issue::LIFETIME;

/// Of what OpenID Connect itself means; every other scope is an API's.
const OF_OPENID: [&str; 6] = [
    "openid",
    "offline_access",
    "profile",
    "email",
    "address",
    "phone",
];

impl Provider {
    pub(super) fn grant(&self, server: &Server, form: &[u8]) -> Response<Vec<u8>> {
        let form: HashMap<_, _> = form_urlencoded::parse(form).into_owned().collect();
        let value = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let refusal = {
            let mut state = self.state();
            state.token_requests.push(value("grant_type").to_owned());
            state.refusal.clone()
        };
        if let Some((error, description)) = refusal {
            return refused(&error, &description);
        }
        let mut scopes: Vec<_> = value("scope")
            .split_whitespace()
            .map(str::to_owned)
            .collect();
        let mut answer = json!({ "token_type": "Bearer", "expires_in": LIFETIME });
        let mut person = Map::new();
        match value("grant_type") {
            "authorization_code" => {
                let pending = self.state().codes.remove(value("code"));
                let pending =
                    pending.filter(|pending| pending.server.user_flow == server.user_flow);
                let Some(pending) = pending else {
                    return refused(
                        "invalid_grant",
                        "the code is not this provider's, or was redeemed",
                    );
                };
                if let Err(description) = pending.check(&form) {
                    return refused("invalid_grant", description);
                }
                person = pending.claims;
                scopes = pending.scopes;
                match self.signed(&server.settings, "JWT", &json!(person)) {
                    Ok(id_token) => answer["id_token"] = id_token.into(),
                    Err(error) => return refused("server_error", &error.to_string()),
                }
            }
            "refresh_token" if value("refresh_token").is_empty() => {
                return refused("invalid_request", "the refresh token is missing");
            }
            _ => {}
        }
        let of_apis = |scope: &&String| !OF_OPENID.contains(&scope.as_str());
        let granted: Vec<_> = scopes.iter().filter(of_apis).cloned().collect();
        let mut state = self.state();
        // B2C gives no access token where no API is asked for.
        if !granted.is_empty() || server.settings.kind != Kind::B2c {
            let token = state.next("access-token");
            state.people.insert(token.clone(), person);
            answer["access_token"] = token.into();
            answer["scope"] = granted.join(" ").into();
        }
        let lasts = value("grant_type") == "refresh_token"
            || scopes.iter().any(|scope| scope == "offline_access");
        if lasts {
            answer["refresh_token"] = state.next("refresh-token").into();
        }
        drop(state);
        json_answer(StatusCode::OK, &answer)
    }
}

impl Pending {
    /// Whether the code is redeemed by who asked for it (RFC 6749 §4.1.3, RFC 7636 §4.6).
    fn check(&self, form: &HashMap<String, String>) -> Result<(), &'static str> {
        let value = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let verifier = URL_SAFE_NO_PAD.encode(sha256(value("code_verifier").as_bytes()));
        if verifier != self.code_challenge {
            return Err("the code verifier is another");
        }
        if value("redirect_uri") != self.redirect_uri {
            return Err("the redirect URI is another");
        }
        Ok(())
    }
}

/// RFC 6749 §5.2.
fn refused(error: &str, description: &str) -> Response<Vec<u8>> {
    let body: Value = json!({ "error": error, "error_description": description });
    json_answer(StatusCode::BAD_REQUEST, &body)
}
