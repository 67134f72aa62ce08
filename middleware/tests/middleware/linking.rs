//! One person, two providers: the accounts of an app whose users move, as `docs/migrate-external-id.md`
//! shows it.

use axum::Router;
use axum::routing::get;
use b2c_emulator::{AttributeType, IdentityProvider, Tenant, User, UserFlow};
use serde_json::json;
use tower_b2c::Session;

use crate::providers::{GUID, client};
use crate::routing::{NEW, on_the_move, signs_in};
use crate::support::{APP, Visitor, World};

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
    /// B2C's local accounts, the address that each signs in with to its object id, as exported.
    local_at_b2c: HashMap<String, String>,
}

impl Accounts {
    /// Takes the export in: in each line an address, a tab and an object id.
    fn knowing(export: &str) -> Self {
        let lines = export.lines().filter_map(|line| line.split_once('\t'));
        let local_at_b2c = lines
            .map(|(email, id)| (email.to_ascii_lowercase(), id.to_owned()))
            .collect();
        Self(Arc::new(Mutex::new(Tables {
            local_at_b2c,
            ..Tables::default()
        })))
    }

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
        Ok(account)
    }
}

/// The account that somebody had before: by the old object id, which the import has written into the
/// new user; else by the address, if the new tenant says that it is theirs, and the export that a local
/// account had it. No claim of the old tenant is asked: social accounts bring addresses, too.
fn old_account(tables: &Tables, claims: &Claims) -> Option<u64> {
    let imported = claims
        .get("extension_B2cObjectId")
        .and_then(|id| id.as_str());
    let old_id = match imported {
        Some(id) => id,
        None => {
            let verified = claims.get("xms_edov");
            let verified = verified.is_some_and(|edov| *edov == true || *edov == "1");
            let email = claims.email().filter(|_| verified)?;
            tables.local_at_b2c.get(&email.to_ascii_lowercase())?
        }
    };
    let identity = ("default".to_owned(), old_id.to_owned());
    tables.by_identity.get(&identity).copied()
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
const ADA: &str = "ada@emulator.example";

/// What the instructions for B2C have one tick; `idp` is another one, and easily forgotten.
const TICKED: [&str; 5] = ["name", "emails", "given_name", "family_name", "oid"];

/// Who has had an account of the app before Ada comes to the new provider.
enum Before {
    /// Ada herself: a local account, whose address B2C has verified.
    Local,
    /// Somebody whose identity provider lets them write any address, so hers.
    Social,
}

/// What is known of Ada when she comes to the new provider.
#[derive(Default)]
struct Known {
    /// The custom attribute that the import has written.
    old_id: Option<&'static str>,
    /// Does the new tenant tell that her address is verified?
    verified: bool,
    /// What Graph says of the old tenant's local accounts.
    export: &'static str,
}

/// The account that somebody had at the old provider, and the one that Ada gets at the new one.
async fn accounts(before: Before, known: Known) -> [String; 2] {
    let accounts = Accounts::knowing(known.export);
    let whose = get(|session: Session| async move {
        let account = session.claims().get("account").unwrap().to_string();
        let idp = session.claims().get("idp").is_some();
        format!("{} {idp} {account}", session.provider())
    });
    let world: World = on_the_move("")
        .emulator(move |builder| {
            let user = || User::new(ADA, "Passw0rd!");
            let mut client = client(NEW).redirect_uri(format!("{APP}/"));
            if known.verified {
                client = client.optional_claims(["xms_edov", "extension_B2cObjectId"]);
            }
            let new = Tenant::external_id("fabrikam").id(GUID).client(client);
            let new = new.attribute("B2cObjectId", AttributeType::String);
            let flow = UserFlow::sign_up_sign_in("susi").attribute("B2cObjectId");
            let new = match known.old_id {
                None => new.user(user()),
                Some(id) => new.user(user().attribute("B2cObjectId", id)),
            };
            let bob = User::new("bob@emulator.example", "Passw0rd!");
            let builder = builder.user(bob).user(user().object_id(OLD_ID));
            let old = UserFlow::sign_up_sign_in("B2C_1_signupsignin1")
                .identity_provider(IdentityProvider::github())
                .claims(TICKED);
            builder.user_flow(old).add_tenant(new.user_flow(flow))
        })
        .parts(move |builder| builder.events(accounts.clone()))
        .routes(Router::new().route("/account", whose))
        .build()
        .await;
    // Somebody else, so that the numbers differ.
    let mut bob = world.visitor();
    let page = bob.opens("/login?provider=default").await;
    bob.enters(&page, "bob@emulator.example", "Passw0rd!").await;

    let mut visitor = world.visitor();
    match before {
        Before::Local => {
            signs_in(&mut visitor, "/login?provider=default").await;
        }
        Before::Social => {
            let page = visitor.opens("/login?provider=default").await;
            let page = visitor.follows(&page, "GitHubExchange").await;
            let says = [("email", ADA), ("displayName", "Ada")];
            visitor.submits(&page, "displayName", &says).await;
        }
    }
    let old = account(&mut visitor, "default").await;
    let mut ada = world.visitor();
    signs_in(&mut ada, "/login?provider=external-id").await;
    [old, account(&mut ada, "external-id").await]
}

/// The account of whoever is signed in there. No token says which identity provider they come from.
async fn account(visitor: &mut Visitor<'_>, provider: &str) -> String {
    let page = visitor.opens("/account").await;
    let told = page.body.strip_prefix(&format!("{provider} false "));
    told.unwrap_or_else(|| panic!("{}", page.body)).to_owned()
}

const EXPORT: &str =
    "bob@emulator.example\tbob's\nAda@Emulator.Example\t99990000-aaaa-1111-bbbb-2222cccc3333\n";

#[tokio::test]
async fn the_old_id_in_the_new_user_links_the_accounts() {
    for (old_id, same) in [
        (Some(OLD_ID), true),
        (Some("nobody's"), false),
        (None, false),
    ] {
        // The address alone is the same at both, which says nothing.
        let export = EXPORT;
        let known = Known {
            old_id,
            export,
            ..Known::default()
        };
        let [old, new] = accounts(Before::Local, known).await;
        assert_eq!(old == new, same, "{old_id:?}");
    }
}

#[tokio::test]
async fn an_address_links_them_if_it_is_verified_at_the_new_one_and_a_local_accounts_at_the_old() {
    for (verified, export, same) in [
        (true, EXPORT, true),
        (false, EXPORT, false),
        (true, "bob@emulator.example\tbob's\n", false),
        (true, "", false),
    ] {
        let known = Known {
            verified,
            export,
            ..Known::default()
        };
        let [old, new] = accounts(Before::Local, known).await;
        assert_eq!(old == new, same, "{verified} {export:?}");
    }
}

/// The token of a social account looks like a local one's where the user flow does not tell `idp`.
#[tokio::test]
async fn nobody_gets_the_account_of_a_social_user_who_wrote_their_address() {
    for export in ["", EXPORT] {
        let known = Known {
            verified: true,
            export,
            ..Known::default()
        };
        let [old, new] = accounts(Before::Social, known).await;
        assert_ne!(old, new, "{export:?}");
    }
}

#[test]
fn only_a_yes_says_that_an_address_is_verified() {
    let mut tables = Tables::default();
    let identity = ("default".to_owned(), OLD_ID.to_owned());
    tables.by_identity.insert(identity, 7);
    let local = ("ada@contoso.com".to_owned(), OLD_ID.to_owned());
    tables.local_at_b2c.extend([local]);
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
