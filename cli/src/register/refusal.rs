//! What Graph's refusals mean here.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::permission::Permission;
use super::token::TOKEN_VARIABLE;
use crate::error::Error;
use crate::status::Status;
use crate::terminal::SecretText;

/// An answer that is no success.
pub(super) struct Refusal<'a> {
    /// The request, `POST /v1.0/applications`.
    pub(super) request: &'a str,
    pub(super) status: u16,
    pub(super) body: &'a Value,
    pub(super) permission: Permission,
    pub(super) token: &'a SecretText,
}

impl Refusal<'_> {
    /// The same for people.
    pub(super) fn to_error(&self) -> Error {
        let Self {
            request, status, ..
        } = self;
        let said = self.said();
        match status {
            401 => Error::Graph {
                reason: format!("Microsoft Graph does not take the token{said}"),
                hint: format!(
                    "tokens end after about an hour: `az login` anew, or put a new one into {TOKEN_VARIABLE}"
                ),
                status: Status::Refused,
            },
            403 => {
                let needed = self.permission;
                let held = held(self.token).map_or_else(String::new, |held| {
                    format!(
                        "; the token has {}",
                        if held.is_empty() { "none" } else { &held }
                    )
                });
                Error::Graph {
                    reason: format!(
                        "Microsoft Graph refuses {request}: it needs the permission {}{held}{said}",
                        needed.name()
                    ),
                    hint: needed.otherwise().to_owned(),
                    status: Status::Refused,
                }
            }
            429 => Error::Graph {
                reason: format!(
                    "Microsoft Graph is busy and asks for more patience than there is{said}"
                ),
                hint: "run the command again later; it goes on where it stopped".to_owned(),
                status: Status::Unreachable,
            },
            500.. => Error::Graph {
                reason: format!("Microsoft Graph answers {status} to {request}{said}"),
                hint: "run the command again later; it goes on where it stopped".to_owned(),
                status: Status::Unreachable,
            },
            _ => Error::Graph {
                reason: format!("Microsoft Graph answers {status} to {request}{said}"),
                hint: "--dry-run shows each request; what was registered is found again".to_owned(),
                status: Status::Failed,
            },
        }
    }

    /// Graph's own code and message.
    fn said(&self) -> String {
        let error = &self.body["error"];
        match (error["code"].as_str(), error["message"].as_str()) {
            (Some(code), Some(message)) => format!(" ({code}: {message})"),
            _ => String::new(),
        }
    }
}

/// The permissions that a token names, if it is one that can be read. Nothing is verified: it is only
/// told to its owner.
fn held(token: &SecretText) -> Option<String> {
    let claims = claims(token)?;
    let delegated = claims["scp"].as_str().map(str::to_owned);
    let own = claims["roles"].as_array().map(|roles| {
        let names: Vec<_> = roles.iter().filter_map(Value::as_str).collect();
        names.join(" ")
    });
    delegated.or(own)
}

/// What a token says of itself, if it is one that can be read.
pub(super) fn claims(token: &SecretText) -> Option<Value> {
    let payload = token.expose().split('.').nth(1)?;
    let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
    serde_json::from_slice(&payload).ok()
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    use super::held;
    use crate::terminal::SecretText;

    #[test]
    fn a_token_tells_which_permissions_it_has() {
        let token =
            |claims: &str| SecretText::new(format!("e30.{}.x", URL_SAFE_NO_PAD.encode(claims)));
        let held = |claims| held(&token(claims));
        assert_eq!(held(r#"{"scp":"User.Read"}"#).as_deref(), Some("User.Read"));
        assert_eq!(held(r#"{"roles":["A","B"]}"#).as_deref(), Some("A B"));
        assert_eq!(held("{}"), None);
        assert_eq!(super::held(&SecretText::new("opaque")), None);
    }
}
