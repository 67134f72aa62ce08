//! What a logout token must say (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6).

use std::time::Duration;

use serde_json::{Map, Value};

use super::claims::{check_times, is_audience, refuse_emulator};
use super::issuer::Issuer;
use super::parse::{InvalidToken, Jwt};
use crate::time::Timestamp;

/// What is expected of a logout token whose signature has been verified.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogoutTokenRules<'a> {
    pub(crate) issuer: &'a Issuer,
    pub(crate) client_id: &'a str,
    pub(crate) accept_emulator: bool,
    pub(crate) now: Timestamp,
}

/// A logout token that can be believed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct LogoutToken {
    pub(crate) issuer: String,
    pub(crate) about: LoggedOut,
    /// Unique for the issuer: a token counts once.
    pub(crate) jti: String,
    /// From then on the token would not be accepted anyway.
    pub(crate) stale_at: Timestamp,
}

/// Whom a logout token is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum LoggedOut {
    /// One session at the provider, and its user if the token says so.
    Session {
        sid: String,
        subject: Option<String>,
    },
    /// All sessions of a user.
    User { subject: String },
}

impl LogoutTokenRules<'_> {
    pub(crate) fn check(&self, token: &Jwt<'_>) -> Result<LogoutToken, InvalidToken> {
        let claims = &token.claims;
        if !is_logout_type(token.header.typ.as_deref()) {
            return Err(InvalidToken::Type);
        }
        refuse_emulator(claims, self.accept_emulator)?;
        self.issuer.check(claims).map_err(InvalidToken::Claim)?;
        if !is_audience(claims, self.client_id) {
            return Err(InvalidToken::Claim("aud"));
        }
        check_times(claims, self.now)?;
        let issued = claims.get("iat").and_then(Value::as_u64);
        let stale_at = Timestamp(issued.unwrap_or_default()) + OLDEST;
        if self.now >= stale_at {
            let seconds = self.now.since(stale_at).as_secs();
            return Err(InvalidToken::Expired { seconds });
        }
        if !is_logout_event(claims) {
            return Err(InvalidToken::Claim("events"));
        }
        // What has one is an ID token, and must not be taken for this.
        if claims.contains_key("nonce") {
            return Err(InvalidToken::Claim("nonce"));
        }
        let (sid, subject) = (text(claims, "sid")?, text(claims, "sub")?);
        let about = match (sid, subject) {
            (Some(sid), subject) => LoggedOut::Session { sid, subject },
            (None, Some(subject)) => LoggedOut::User { subject },
            (None, None) => return Err(InvalidToken::Claim("sid")),
        };
        Ok(LogoutToken {
            issuer: text(claims, "iss")?.ok_or(InvalidToken::Claim("iss"))?,
            about,
            jti: text(claims, "jti")?.ok_or(InvalidToken::Claim("jti"))?,
            stale_at,
        })
    }
}

/// `logout+jwt`; also `JWT` and none at all, since the type is recommended only (§2.4). Another
/// token's type, such as `at+jwt`, is never one. Media types compare without case, and may leave
/// `application/` out (RFC 7515 §4.1.9).
fn is_logout_type(typ: Option<&str>) -> bool {
    let Some(typ) = typ else {
        return true;
    };
    let typ = typ.to_ascii_lowercase();
    let typ = typ.strip_prefix("application/").unwrap_or(&typ);
    typ == "logout+jwt" || typ == "jwt"
}

fn is_logout_event(claims: &Map<String, Value>) -> bool {
    let event = claims.get("events").and_then(|events| events.get(EVENT));
    event.is_some_and(Value::is_object)
}

/// A claim that may be absent, but not empty or something else than text.
fn text(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, InvalidToken> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(_) => Err(InvalidToken::Claim(name)),
    }
}

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// How long after its issue a token counts. Providers send it at once and give it two minutes;
/// clocks may differ by two more.
const OLDEST: Duration = Duration::from_secs(300);

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_768_470_639;

    fn verdict(typ: &Value, change: &[(&str, Value)]) -> Result<LogoutToken, InvalidToken> {
        let mut claims = json!({
            "iss": "https://id.example", "aud": "client", "sub": "ada", "sid": "session",
            "iat": NOW, "exp": NOW + 120, "jti": "one", "events": { EVENT: {} },
        });
        for (name, value) in change {
            match value {
                Value::Null => claims.as_object_mut().unwrap().remove(*name),
                value => claims
                    .as_object_mut()
                    .unwrap()
                    .insert((*name).to_owned(), value.clone()),
            };
        }
        let mut header = json!({ "alg": "RS256" });
        if !typ.is_null() {
            header["typ"] = typ.clone();
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let token = format!("{}.{}.AA", encode(&header), encode(&claims));
        LogoutTokenRules {
            issuer: &Issuer::Exact("https://id.example".to_owned()),
            client_id: "client",
            accept_emulator: false,
            now: Timestamp(NOW),
        }
        .check(&Jwt::parse(&token).unwrap())
    }

    fn about(change: &[(&str, Value)]) -> LoggedOut {
        verdict(&json!("logout+jwt"), change).unwrap().about
    }

    #[test]
    fn it_is_about_a_session_or_a_user() {
        let session = |subject: Option<&str>| LoggedOut::Session {
            sid: "session".to_owned(),
            subject: subject.map(str::to_owned),
        };
        assert_eq!(about(&[]), session(Some("ada")));
        assert_eq!(about(&[("sub", Value::Null)]), session(None));
        let subject = "ada".to_owned();
        assert_eq!(about(&[("sid", Value::Null)]), LoggedOut::User { subject });
    }

    #[test]
    fn its_type_is_its_own_or_none() {
        for typ in ["logout+jwt", "Logout+JWT", "application/logout+jwt", "JWT"] {
            assert!(verdict(&json!(typ), &[]).is_ok(), "{typ}");
        }
        assert!(verdict(&Value::Null, &[]).is_ok());
        for typ in ["at+jwt", "id_token", "", "dpop+jwt", "logout+jwt2"] {
            assert_eq!(verdict(&json!(typ), &[]), Err(InvalidToken::Type), "{typ}");
        }
    }

    #[test]
    fn each_claim_is_required_as_it_should_be() {
        let other = "http://schemas.openid.net/event/other";
        let cases = [
            ("iss", Value::Null),
            ("iss", json!("https://id.example/")),
            ("aud", Value::Null),
            ("aud", json!("other")),
            ("aud", json!(["client", "other"])),
            ("iat", Value::Null),
            ("iat", json!("now")),
            ("iat", json!(1e300)),
            ("exp", Value::Null),
            ("exp", json!(-1)),
            ("jti", Value::Null),
            ("jti", json!("")),
            ("jti", json!(7)),
            ("sid", json!("")),
            ("sid", json!(["session"])),
            ("sub", json!({})),
            ("nonce", json!("n")),
            ("nonce", json!("")),
            ("events", Value::Null),
            ("events", json!(EVENT)),
            ("events", json!([EVENT])),
            ("events", json!({})),
            ("events", json!({ other: {} })),
            ("events", json!({ EVENT: true })),
            ("events", json!({ EVENT: null })),
        ];
        for (name, value) in cases {
            let verdict = verdict(&json!("logout+jwt"), &[(name, value.clone())]);
            assert_eq!(verdict, Err(InvalidToken::Claim(name)), "{name} = {value}");
        }
        let neither = [("sub", Value::Null), ("sid", Value::Null)];
        let neither = verdict(&json!("logout+jwt"), &neither);
        assert_eq!(neither, Err(InvalidToken::Claim("sid")));
        let marked = verdict(&json!("logout+jwt"), &[("b2c_emulator", json!(true))]);
        assert_eq!(marked, Err(InvalidToken::Emulator));
    }

    #[test]
    fn it_counts_for_five_minutes_whatever_it_says() {
        let at = |issued: u64, expires: u64| {
            let times = [("iat", json!(issued)), ("exp", json!(expires))];
            verdict(&json!("logout+jwt"), &times).map(|token| token.stale_at)
        };
        assert_eq!(at(NOW - 299, NOW + 9_999_999), Ok(Timestamp(NOW + 1)));
        assert_eq!(
            at(NOW - 300, NOW + 9_999_999),
            Err(InvalidToken::Expired { seconds: 0 })
        );
        assert_eq!(
            at(NOW - 200, NOW - 121),
            Err(InvalidToken::Expired { seconds: 121 })
        );
        let ahead = Err(InvalidToken::NotYetValid { seconds: 121 });
        assert_eq!(at(NOW + 121, NOW + 240), ahead);
    }
}
