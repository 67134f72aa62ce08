//! What an ID token must say (OpenID Connect Core §3.1.3.7).

use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use serde_json::{Map, Value};

use super::claim_set::ClaimSet;
use super::issuer::Issuer;
use super::parse::InvalidToken;
use crate::time::Timestamp;

/// What is expected of an ID token.
#[derive(Clone, Copy, Debug)]
pub(crate) struct IdTokenRules<'a> {
    /// From the metadata of the user flow.
    pub(crate) issuer: &'a Issuer,
    pub(crate) client_id: &'a str,
    /// The user flow that was asked, in B2C. Flows of a tenant share issuer and keys, so nothing but
    /// `tfp`/`acr` tells their tokens apart.
    pub(crate) user_flow: Option<&'a str>,
    /// At a sign-in the nonce of the request; `None` at a refresh, where tokens may omit it.
    pub(crate) nonce: Option<&'a str>,
    pub(crate) accept_emulator: bool,
    pub(crate) now: Timestamp,
}

impl IdTokenRules<'_> {
    pub(crate) fn check(&self, claims: &Map<String, Value>) -> Result<(), InvalidToken> {
        let text = |name| claims.get(name).and_then(Value::as_str);
        let require = |holds: bool, name| {
            if holds {
                Ok(())
            } else {
                Err(InvalidToken::Claim(name))
            }
        };

        refuse_emulator(claims, self.accept_emulator)?;
        self.issuer.check(claims).map_err(InvalidToken::Claim)?;
        require(is_audience(claims, self.client_id), "aud")?;
        require(
            text("sub").is_some_and(|subject| !subject.is_empty()),
            "sub",
        )?;
        check_times(claims, self.now)?;
        if let Some(expected) = self.nonce {
            let nonce = text("nonce").unwrap_or_default();
            let equal = verify_slices_are_equal(nonce.as_bytes(), expected.as_bytes()).is_ok();
            require(equal, "nonce")?;
        }
        if let Some(expected) = self.user_flow {
            let user_flow = text("tfp").or_else(|| text("acr")).unwrap_or_default();
            require(user_flow.eq_ignore_ascii_case(expected), "tfp")?;
        }
        Ok(())
    }
}

/// Tokens of the emulator are good for nothing but development.
pub(super) fn refuse_emulator(
    claims: &impl ClaimSet,
    accept_emulator: bool,
) -> Result<(), InvalidToken> {
    if !accept_emulator && claims.has(EMULATOR_MARKER) {
        return Err(InvalidToken::Emulator);
    }
    Ok(())
}

/// Whether a token is meant for this client; one for several must name it as the one that asked.
pub(super) fn is_audience(claims: &Map<String, Value>, client_id: &str) -> bool {
    match claims.get("aud") {
        Some(Value::String(audience)) => audience == client_id,
        Some(Value::Array(audiences)) => {
            let named = audiences.iter().any(|audience| audience == client_id);
            let authorized = claims.get("azp").is_some_and(|party| party == client_id);
            named && (audiences.len() == 1 || authorized)
        }
        _ => false,
    }
}

/// Whether a token has begun and not ended; `exp` and `iat` are required.
pub(super) fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), InvalidToken> {
    if !claims.contains_key("iat") {
        return Err(InvalidToken::Claim("iat"));
    }
    check_validity(claims, now).map(|_| ())
}

/// Whether a token has begun and not ended; `exp` is required. Returns when it ends for us.
pub(super) fn check_validity(
    claims: &impl ClaimSet,
    now: Timestamp,
) -> Result<Timestamp, InvalidToken> {
    let seconds = |name| match claims.claim(name) {
        None => Ok(None),
        Some(value) => value.as_u64().map(Some).ok_or(InvalidToken::Claim(name)),
    };
    let leeway = LEEWAY.as_secs();
    let now = now.0;

    let expiry = seconds("exp")?.ok_or(InvalidToken::Claim("exp"))?;
    let issued = seconds("iat")?;
    let begins = seconds("nbf")?.max(issued).unwrap_or_default();
    if now >= expiry.saturating_add(leeway) {
        return Err(InvalidToken::Expired {
            seconds: now - expiry,
        });
    }
    if begins > now.saturating_add(leeway) {
        return Err(InvalidToken::NotYetValid {
            seconds: begins - now,
        });
    }
    Ok(Timestamp(expiry.saturating_add(leeway)))
}

/// How far the provider's clock and this server's may differ.
const LEEWAY: Duration = Duration::from_secs(120);

/// The claim that every token of the emulator carries.
const EMULATOR_MARKER: &str = "b2c_emulator";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_768_470_639;

    static ISSUER: std::sync::LazyLock<Issuer> = std::sync::LazyLock::new(|| {
        Issuer::Exact("https://contoso.b2clogin.com/guid/v2.0/".to_owned())
    });

    fn rules() -> IdTokenRules<'static> {
        IdTokenRules {
            issuer: &ISSUER,
            client_id: "client",
            user_flow: Some("B2C_1_susi"),
            nonce: Some("nonce"),
            accept_emulator: false,
            now: Timestamp(NOW),
        }
    }

    fn claims(change: &[(&str, Option<Value>)]) -> Map<String, Value> {
        let mut claims = json!({
            "iss": "https://contoso.b2clogin.com/guid/v2.0/", "aud": "client", "sub": "ada",
            "exp": NOW + 3600, "nbf": NOW, "iat": NOW, "nonce": "nonce", "tfp": "b2c_1_SUSI",
        });
        let map = claims.as_object_mut().unwrap();
        for (name, value) in change {
            match value {
                Some(value) => map.insert((*name).to_owned(), value.clone()),
                None => map.remove(*name),
            };
        }
        map.clone()
    }

    #[test]
    fn a_good_token_passes_and_the_policy_may_be_named_by_acr() {
        assert_eq!(rules().check(&claims(&[])), Ok(()));
        let by_acr = claims(&[("tfp", None), ("acr", Some(json!("b2c_1_susi")))]);
        assert_eq!(rules().check(&by_acr), Ok(()));
        let list = claims(&[("aud", Some(json!(["client"])))]);
        assert_eq!(rules().check(&list), Ok(()));
    }

    #[test]
    fn each_claim_is_required_as_it_should_be() {
        let cases = [
            ("iss", None),
            ("iss", Some(json!("https://contoso.b2clogin.com/guid/v2.0"))),
            ("aud", None),
            ("aud", Some(json!("CLIENT"))),
            ("aud", Some(json!(["client", "other"]))),
            ("aud", Some(json!(["other"]))),
            ("aud", Some(json!(7))),
            ("sub", None),
            ("sub", Some(json!(""))),
            ("nonce", None),
            ("nonce", Some(json!("other"))),
            ("tfp", None),
            ("tfp", Some(json!("B2C_1_edit"))),
            ("exp", None),
            ("exp", Some(json!("9999999999"))),
            ("exp", Some(json!(null))),
            ("exp", Some(json!([1]))),
            ("exp", Some(json!(-1))),
            ("iat", None),
            ("nbf", Some(json!("0"))),
        ];
        for (name, value) in cases {
            let verdict = rules().check(&claims(&[(name, value.clone())]));
            assert_eq!(
                verdict,
                Err(InvalidToken::Claim(name)),
                "{name} = {value:?}"
            );
        }
    }

    #[test]
    fn other_kinds_than_b2c_have_no_user_flow_to_compare() {
        let without = claims(&[("tfp", None)]);
        let other_kind = IdTokenRules {
            user_flow: None,
            ..rules()
        };
        assert_eq!(other_kind.check(&without), Ok(()));
    }

    #[test]
    fn clocks_may_differ_by_two_minutes() {
        let at = |now| {
            IdTokenRules {
                now: Timestamp(now),
                ..rules()
            }
            .check(&claims(&[]))
        };
        assert_eq!(at(NOW - 120), Ok(()));
        assert_eq!(
            at(NOW - 121),
            Err(InvalidToken::NotYetValid { seconds: 121 })
        );
        assert_eq!(at(NOW + 3719), Ok(()));
        assert_eq!(at(NOW + 3720), Err(InvalidToken::Expired { seconds: 120 }));
    }

    #[test]
    fn emulator_tokens_need_the_emulator_setting() {
        let marked = claims(&[("b2c_emulator", Some(json!(true)))]);
        assert_eq!(rules().check(&marked), Err(InvalidToken::Emulator));
        let accepting = IdTokenRules {
            accept_emulator: true,
            ..rules()
        };
        assert_eq!(accepting.check(&marked), Ok(()));
    }
}
