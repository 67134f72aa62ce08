//! Who may sign in, as `docs/migrate/oauth2-proxy.md` shows it.

#![allow(clippy::unwrap_used, reason = "these are tests, helpers included")]

use serde_json::json;
use tower_b2c::{B2cLayer, Config};

// From here on it is what the page shows.
use tower_b2c::{BoxFuture, Claims, SignIn, SignInDecision, SignInError, SignInEvents};

struct OurPeople;

impl SignInEvents for OurPeople {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        Box::pin(async move {
            Ok(if is_of_contoso(sign_in.claims()) {
                SignInDecision::accept()
            } else {
                SignInDecision::reject("This site is for people of Contoso.")
            })
        })
    }
}

/// Only by an address that the provider says it has verified: any other is what somebody has typed.
fn is_of_contoso(claims: &Claims) -> bool {
    let verified = claims.get("email_verified");
    let domain = claims.email().and_then(|email| email.rsplit_once('@'));
    verified.is_some_and(|verified| *verified == true)
        && domain.is_some_and(|(_, domain)| domain.eq_ignore_ascii_case("contoso.com"))
}

#[test]
fn only_verified_addresses_of_the_very_domain_get_in() {
    let gets_in = |claims: serde_json::Value| {
        let claims: Claims = serde_json::from_value(claims).unwrap();
        is_of_contoso(&claims)
    };
    for email in ["ada@contoso.com", "Ada@Contoso.COM", "a@b@contoso.com"] {
        assert!(
            gets_in(json!({"email": email, "email_verified": true})),
            "{email}"
        );
        for verified in [json!(false), json!(null), json!("false"), json!(1)] {
            let claims = json!({"email": email, "email_verified": verified});
            assert!(!gets_in(claims), "{email} {verified}");
        }
        assert!(!gets_in(json!({"email": email})), "{email}");
    }
    for email in [
        "ada@contoso.com.example",
        "ada@mail.contoso.com",
        "ada@evilcontoso.com",
        "contoso.com",
        "ada@contoso.com@example.com",
        "",
    ] {
        assert!(
            !gets_in(json!({"email": email, "email_verified": true})),
            "{email}"
        );
    }
    assert!(!gets_in(json!({"email_verified": true})));
}

#[test]
fn a_layer_takes_it() {
    let config = Config::from_text(
        r#"
        [app]
        base_url = "https://app.contoso.com"
        [provider]
        kind = "oidc"
        issuer = "https://id.contoso.com/realms/main"
        client_id = "web-app"
        client_secret = { env = "SECRET" }
        "#,
    );
    let config = config
        .environment([("SECRET", "of nobody")])
        .load()
        .unwrap();
    B2cLayer::builder(config).events(OurPeople).build().unwrap();
}
