//! What an access token must say (RFC 9068 §4; Microsoft Learn, "Access tokens in the Microsoft
//! identity platform" and "Request an access token in Azure Active Directory B2C").

use serde_json::Value;

use super::binding::Binding;
use super::claim_set::ClaimSet;
use super::claims::{check_validity, refuse_emulator};
use super::issuer::Issuer;
use super::parse::{InvalidToken, Jwt};
use crate::time::Timestamp;

/// What is expected of an access token whose signature has been verified.
#[derive(Clone, Copy, Debug)]
pub(crate) struct AccessTokenRules<'a> {
    /// From the metadata of the provider, in B2C of the user flow.
    pub(crate) issuer: &'a Issuer,
    pub(crate) audiences: &'a [String],
    /// The applications that may call; `None` for all.
    pub(crate) clients: Option<&'a [String]>,
    /// The user flow that the keys and the issuer are of, in B2C.
    pub(crate) user_flow: Option<&'a str>,
    /// Whether the header must say `at+jwt`.
    pub(crate) require_at_jwt: bool,
    pub(crate) accept_emulator: bool,
    pub(crate) now: Timestamp,
}

/// What an access token that has passed is good for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Accepted {
    /// When it ends for this server.
    pub(crate) expires_at: Timestamp,
    /// What whoever shows it has to prove.
    pub(crate) binding: Option<Binding>,
}

impl AccessTokenRules<'_> {
    /// What a token whose signature is good may be used for.
    pub(crate) fn check(&self, token: &Jwt<'_, impl ClaimSet>) -> Result<Accepted, InvalidToken> {
        let claims = &token.claims;
        refuse_emulator(claims, self.accept_emulator)?;
        self.issuer.check(claims).map_err(InvalidToken::Claim)?;
        let typ = Type::of(token.header.typ.as_deref());
        if typ == Type::Other {
            return Err(InvalidToken::Type);
        }
        if is_id_token(claims) || (typ != Type::AccessToken && !self.gives_access(claims)) {
            return Err(InvalidToken::IdToken);
        }
        if self.require_at_jwt && typ != Type::AccessToken {
            return Err(InvalidToken::Type);
        }
        if !is_meant_for(claims, self.audiences) {
            return Err(InvalidToken::Claim("aud"));
        }
        let subject = claims.claim("sub").and_then(Value::as_str);
        if subject.is_none_or(str::is_empty) {
            return Err(InvalidToken::Claim("sub"));
        }
        let expires_at = check_validity(claims, self.now)?;
        if let Some(expected) = self.user_flow
            && !user_flow(|name| claims.claim(name))
                .is_some_and(|named| named.eq_ignore_ascii_case(expected))
        {
            return Err(InvalidToken::Claim("tfp"));
        }
        if let Some(clients) = self.clients
            && !client_id(|name| claims.claim(name))
                .is_some_and(|id| clients.iter().any(|known| known == id))
        {
            return Err(InvalidToken::Claim("azp"));
        }
        Ok(Accepted {
            expires_at,
            binding: Binding::of(claims)?,
        })
    }

    /// Whether it tells what its bearer may do. ID tokens of Entra ID can have `roles`, too, but
    /// never name an application. An application's token without any permission is for APIs that
    /// decide by the application.
    fn gives_access(&self, claims: &impl ClaimSet) -> bool {
        let has = |name: &str| claims.has(name);
        let by_client = has("roles") || self.clients.is_some();
        has("scp") || has("scope") || (by_client && client_id(|name| claims.claim(name)).is_some())
    }
}

/// The user flow that a token of B2C names, in `tfp` or `acr`.
pub(crate) fn user_flow<'c>(claim: impl Fn(&str) -> Option<&'c Value>) -> Option<&'c str> {
    let text = |name| claim(name).and_then(Value::as_str);
    text("tfp").or_else(|| text("acr"))
}

/// The application that a token was issued to: `azp`; `appid` in version 1.0; `client_id` in
/// RFC 9068 §2.2.
pub(crate) fn client_id<'c>(claim: impl Fn(&str) -> Option<&'c Value>) -> Option<&'c str> {
    let text = |name| claim(name).and_then(Value::as_str);
    let named = ["azp", "appid", "client_id"].into_iter().find_map(text);
    named.filter(|id| !id.is_empty())
}

/// The kind of token that a header claims. Media types compare without case, and may leave
/// `application/` out (RFC 7515 §4.1.9).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Type {
    AccessToken,
    /// `JWT` or nothing, as Microsoft's tokens of every kind say.
    Any,
    Other,
}

impl Type {
    fn of(typ: Option<&str>) -> Self {
        let Some(typ) = typ else {
            return Self::Any;
        };
        let is = |kind: &str| {
            let (prefix, rest) = typ.split_at_checked(PREFIX.len()).unwrap_or_default();
            let rest = if prefix.eq_ignore_ascii_case(PREFIX) {
                rest
            } else {
                typ
            };
            rest.eq_ignore_ascii_case(kind)
        };
        if is("at+jwt") {
            Self::AccessToken
        } else if is("jwt") {
            Self::Any
        } else {
            Self::Other
        }
    }
}

/// Hashes are there to bind an ID token to what was issued with it (OpenID Connect Core §3.1.3.6);
/// Keycloak names the kind in a claim.
fn is_id_token(claims: &impl ClaimSet) -> bool {
    let named = claims.claim("typ").and_then(Value::as_str) == Some("ID");
    named || claims.has("at_hash") || claims.has("c_hash")
}

fn is_meant_for(claims: &impl ClaimSet, audiences: &[String]) -> bool {
    let known = |audience: &Value| audiences.iter().any(|own| audience == own);
    match claims.claim("aud") {
        Some(Value::Array(named)) => named.iter().any(known),
        Some(audience) => known(audience),
        None => false,
    }
}

const PREFIX: &str = "application/";

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    const NOW: u64 = 1_768_470_639;

    static ISSUER: LazyLock<Issuer> =
        LazyLock::new(|| Issuer::Exact("https://contoso.b2clogin.com/guid/v2.0/".to_owned()));

    static AUDIENCES: LazyLock<[String; 2]> =
        LazyLock::new(|| ["api", "api://api"].map(str::to_owned));

    /// What the rules say of a token of B2C with these changes.
    fn verdict<'a>(
        typ: &Value,
        change: &[(&str, Value)],
        adjust: impl FnOnce(&mut AccessTokenRules<'a>),
    ) -> Result<Timestamp, InvalidToken> {
        let mut claims = json!({
            "iss": "https://contoso.b2clogin.com/guid/v2.0/", "aud": "api", "sub": "ada",
            "exp": NOW + 3600, "nbf": NOW, "tfp": "b2c_1_SUSI", "scp": "demo.read", "azp": "spa",
            "ver": "1.0",
        });
        let map = claims.as_object_mut().unwrap();
        for (name, value) in change {
            match value {
                Value::Null => map.remove(*name),
                value => map.insert((*name).to_owned(), value.clone()),
            };
        }
        let mut header = json!({ "alg": "RS256" });
        if !typ.is_null() {
            header["typ"] = typ.clone();
        }
        let encode = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
        let token = format!("{}.{}.AA", encode(&header), encode(&claims));
        let mut rules = AccessTokenRules {
            issuer: &ISSUER,
            audiences: &*AUDIENCES,
            clients: None,
            user_flow: Some("B2C_1_susi"),
            require_at_jwt: false,
            accept_emulator: false,
            now: Timestamp(NOW),
        };
        adjust(&mut rules);
        let accepted = rules.check(&Jwt::parse(&token).unwrap())?;
        Ok(accepted.expires_at)
    }

    fn plain(change: &[(&str, Value)]) -> Result<Timestamp, InvalidToken> {
        verdict(&json!("JWT"), change, |_| {})
    }

    #[test]
    fn tokens_as_providers_issue_them_pass() {
        let ends = Ok(Timestamp(NOW + 3600 + 120));
        let changes: [&[(&str, Value)]; 6] = [
            &[],
            &[("aud", json!(["other", "api://api"]))],
            &[("tfp", Value::Null), ("acr", json!("b2c_1_susi"))],
            &[("iat", json!(NOW)), ("nbf", Value::Null)],
            &[("nonce", json!("as B2C copies it"))],
            &[("scp", Value::Null), ("roles", json!(["Demo.Read.All"]))],
        ];
        for change in changes {
            assert_eq!(plain(change), ends, "{change:?}");
        }
    }

    #[test]
    fn each_claim_is_required_as_it_should_be() {
        let cases = [
            ("iss", Value::Null),
            ("iss", json!("https://contoso.b2clogin.com/guid/v2.0")),
            ("aud", Value::Null),
            ("aud", json!("API")),
            ("aud", json!([])),
            ("aud", json!(["other"])),
            ("aud", json!({ "api": true })),
            ("sub", Value::Null),
            ("sub", json!("")),
            ("sub", json!(7)),
            ("exp", Value::Null),
            ("exp", json!("9999999999")),
            ("exp", json!(1e300)),
            ("nbf", json!("0")),
            ("iat", json!([])),
            ("tfp", Value::Null),
            ("tfp", json!("B2C_1_edit")),
        ];
        for (name, value) in cases {
            let verdict = plain(&[(name, value.clone())]);
            assert_eq!(
                verdict,
                Err(InvalidToken::Claim(name)),
                "{name} = {value:?}"
            );
        }
    }

    #[test]
    fn id_tokens_give_no_access() {
        for change in [
            ("scp", Value::Null),
            ("at_hash", json!("hash")),
            ("c_hash", json!("hash")),
            ("typ", json!("ID")),
        ] {
            assert_eq!(plain(&[change]), Err(InvalidToken::IdToken));
        }
        // As Entra ID issues them to applications that have roles.
        let with_roles = [
            ("scp", Value::Null),
            ("azp", Value::Null),
            ("roles", json!(["Admin"])),
        ];
        assert_eq!(plain(&with_roles), Err(InvalidToken::IdToken));
    }

    #[test]
    fn an_application_without_permissions_needs_to_be_on_the_list() {
        let change = [("scp", Value::Null)];
        let (listed, other) = (["spa".to_owned()], ["other".to_owned()]);
        let by_jwt = json!("JWT");
        assert!(verdict(&by_jwt, &change, |rules| rules.clients = Some(&listed)).is_ok());
        assert!(verdict(&json!("at+jwt"), &change, |_| {}).is_ok());
        let refused = verdict(&by_jwt, &change, |rules| rules.clients = Some(&other));
        assert_eq!(refused, Err(InvalidToken::Claim("azp")));
    }

    #[test]
    fn the_type_is_that_of_an_access_token_or_of_none() {
        for typ in [json!("at+jwt"), json!("application/AT+JWT")] {
            assert!(verdict(&typ, &[], |rules| rules.require_at_jwt = true).is_ok());
        }
        for typ in [json!("JWT"), Value::Null] {
            assert!(verdict(&typ, &[], |_| {}).is_ok());
            let required = verdict(&typ, &[], |rules| rules.require_at_jwt = true);
            assert_eq!(required, Err(InvalidToken::Type));
        }
        for typ in ["logout+jwt", "id_token", "", "dpop+jwt"] {
            let verdict = verdict(&json!(typ), &[], |_| {});
            assert_eq!(verdict, Err(InvalidToken::Type), "{typ}");
        }
    }

    #[test]
    fn tokens_bound_to_what_cannot_be_checked_or_the_emulators_are_refused() {
        for other in [
            json!({}),
            json!("thumbprint"),
            json!({ "jwk": { "kty": "EC" } }),
            json!({ "kid": "key" }),
            json!({ "jkt": 7 }),
            json!({ "jkt": "thumbprint", "x5t#S256": "hash" }),
        ] {
            let bound = plain(&[("cnf", other)]);
            assert_eq!(bound, Err(InvalidToken::Bound));
        }
        for checked in [
            json!({ "jkt": "thumbprint" }),
            json!({ "x5t#S256": "hash" }),
        ] {
            assert!(plain(&[("cnf", checked)]).is_ok());
        }
        let marked = plain(&[("b2c_emulator", json!(true))]);
        assert_eq!(marked, Err(InvalidToken::Emulator));
    }

    #[test]
    fn clocks_may_differ_by_two_minutes() {
        let at = |now| verdict(&Value::Null, &[], |rules| rules.now = Timestamp(now));
        assert!(at(NOW - 120).is_ok() && at(NOW + 3719).is_ok());
        assert_eq!(
            at(NOW - 121),
            Err(InvalidToken::NotYetValid { seconds: 121 })
        );
        assert_eq!(at(NOW + 3720), Err(InvalidToken::Expired { seconds: 120 }));
        let issued_ahead = plain(&[("iat", json!(NOW + 121))]);
        assert_eq!(
            issued_ahead,
            Err(InvalidToken::NotYetValid { seconds: 121 })
        );
    }
}
