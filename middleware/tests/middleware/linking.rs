//! One person, two providers: the accounts of an app whose users move, as `docs/migrate-external-id.md`
//! shows it.

use axum::Router;
use axum::routing::get;
use b2c_emulator::{AttributeType, TenantKind, User, UserFlow};
use serde_json::json;
use tower_b2c::Session;

use crate::providers::tenant;
use crate::routing::{NEW, on_the_move, signs_in};
use crate::support::World;

// From here on it is what the guide shows.
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use tower_b2c::{BoxFuture, Claims, SignIn, SignInDecision, SignInError, SignInEvents};

/// The app's accounts. In an app these are two tables, and each function is a transaction.
#[derive(Clone, Default)]
struct Accounts(Arc<Mutex<Tables>>);

#[derive(Default)]
struct Tables {
    /// Who signs in: a provider's name and the `sub` there, to the account. A `sub` alone is nobody.
    by_identity: HashMap<(String, String), u64>,
    /// Addresses that B2C has verified, from before the move.
    by_old_email: HashMap<String, u64>,
}

impl Accounts {
    fn of(&self, sign_in: &SignIn<'_>) -> Result<u64, SignInError> {
        let claims = sign_in.claims();
        let subject = claims.subject().ok_or("a token without sub")?;
        let identity = (sign_in.provider().to_owned(), subject.to_owned());
        let mut tables = self.0.lock().map_err(|_| "poisoned")?;
        if let Some(account) = tables.by_identity.get(&identity) {
            return Ok(*account);
        }
        let known = match sign_in.provider() {
            "external-id" => old_account(&tables, claims),
            _ => None,
        };
        let account = known.unwrap_or(tables.by_identity.len() as u64 + 1);
        tables.by_identity.insert(identity, account);
        // Only where B2C has verified it, so not of a social account that does not; and never in place of
        // another's.
        if let Some(email) = claims.email().filter(|_| verified_at_b2c(sign_in)) {
            let email = email.to_ascii_lowercase();
            tables.by_old_email.entry(email).or_insert(account);
        }
        Ok(account)
    }
}

/// A local account's address was verified when it signed up; `idp` names another identity provider.
fn verified_at_b2c(sign_in: &SignIn<'_>) -> bool {
    sign_in.provider() == "default" && sign_in.claims().get("idp").is_none()
}

/// The account that somebody had before: by the old object id, which the import has written into the
/// new user; else by the address, if the new tenant says that it is theirs.
fn old_account(tables: &Tables, claims: &Claims) -> Option<u64> {
    let old_id = claims
        .get("extension_B2cObjectId")
        .and_then(|id| id.as_str());
    if let Some(old_id) = old_id {
        let identity = ("default".to_owned(), old_id.to_owned());
        return tables.by_identity.get(&identity).copied();
    }
    let verified = claims.get("xms_edov");
    let verified = verified.is_some_and(|edov| *edov == true || *edov == "1");
    let email = claims.email().filter(|_| verified)?;
    tables
        .by_old_email
        .get(&email.to_ascii_lowercase())
        .copied()
}

impl SignInEvents for Accounts {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        Box::pin(async move {
            let account = self.of(sign_in)?;
            // Handlers go by it: session.claims().get("account").
            Ok(SignInDecision::accept().with_claim("account", account))
        })
    }
}

const OLD_ID: &str = "99990000-aaaa-1111-bbbb-2222cccc3333";

/// The accounts that Ada has at the old provider, and then at the new one, whose user has this as the
/// old id.
async fn accounts(old_id: Option<&'static str>) -> [String; 2] {
    let accounts = Accounts::default();
    let whose = get(|session: Session| async move {
        let account = session.claims().get("account").unwrap().to_string();
        format!("{} {account}", session.provider())
    });
    let world: World = on_the_move("")
        .emulator(move |builder| {
            let user = || User::new("ada@emulator.example", "Passw0rd!");
            let new = tenant(TenantKind::ExternalId, NEW);
            let new = new.attribute("B2cObjectId", AttributeType::String);
            let flow = UserFlow::sign_up_sign_in("susi").attribute("B2cObjectId");
            let new = match old_id {
                None => new,
                Some(id) => new.user(user().attribute("B2cObjectId", id)),
            };
            let bob = User::new("bob@emulator.example", "Passw0rd!");
            let builder = builder.user(bob).user(user().object_id(OLD_ID));
            builder.add_tenant(new.user_flow(flow))
        })
        .parts(move |builder| builder.events(accounts.clone()))
        .routes(Router::new().route("/account", whose))
        .build()
        .await;
    // Somebody else, so that the numbers differ.
    let mut bob = world.visitor();
    let page = bob.opens("/login?provider=default").await;
    bob.enters(&page, "bob@emulator.example", "Passw0rd!").await;
    let mut found = Vec::new();
    for provider in ["default", "external-id"] {
        let mut visitor = world.visitor();
        signs_in(&mut visitor, &format!("/login?provider={provider}")).await;
        let page = visitor.opens("/account").await;
        let (at, account) = page.body.split_once(' ').unwrap();
        assert_eq!(at, provider);
        found.push(account.to_owned());
    }
    found.try_into().unwrap()
}

#[tokio::test]
async fn the_old_id_in_the_new_user_links_the_accounts() {
    let [old, new] = accounts(Some(OLD_ID)).await;
    assert_eq!(old, new);
    // Neither what is nobody's, nor the address alone, which is the same at both.
    for other in [Some("nobody's"), None] {
        let [old, new] = accounts(other).await;
        assert_ne!(old, new, "{other:?}");
    }
}

#[test]
fn an_address_links_them_only_if_it_is_verified() {
    let mut tables = Tables::default();
    tables.by_old_email.insert("ada@contoso.com".to_owned(), 7);
    let found = |claims: serde_json::Value| {
        let claims: Claims = serde_json::from_value(claims).unwrap();
        old_account(&tables, &claims)
    };
    for edov in [json!(true), json!("1")] {
        assert_eq!(
            found(json!({"email": "Ada@Contoso.com", "xms_edov": edov})),
            Some(7)
        );
    }
    for edov in [
        json!(false),
        json!("0"),
        json!(null),
        json!("yes"),
        json!(1),
    ] {
        assert_eq!(
            found(json!({"email": "ada@contoso.com", "xms_edov": edov})),
            None
        );
    }
    assert_eq!(found(json!({"email": "ada@contoso.com"})), None);
    assert_eq!(found(json!({"xms_edov": true})), None);
    // An id that the import wrote goes before the address, also where it is nobody's.
    let imported = json!({
        "email": "ada@contoso.com", "xms_edov": true, "extension_B2cObjectId": "nobody's",
    });
    assert_eq!(found(imported), None);
}
