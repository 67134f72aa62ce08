//! Seeds, exports and operations that know more tenants than the default one.

use std::fs;

use b2c_emulator::{
    AttributeType, Client, Emulator, EmulatorBuilder, IssuerForm, OperationError, Tenant, User,
    UserFlow,
};
use proptest::prelude::*;
use reqwest::Method;
use serde_json::json;

use crate::support::{Bench, PATIENCE, SIGN_IN, Visitor, claims};

const SEED: &str = r#"
[[tenant]]
kind = "b2c"
name = "b2cemulator"

[[tenant]]
kind = "b2c"
name = "fabrikam"
id = "bbbbcccc-1111-dddd-2222-eeee3333ffff"
custom_domains = ["login.fabrikam.example"]
verified_domains = ["identity.fabrikam.example"]
issuer_form = "tfp"

[[tenant.attribute]]
name = "LoyaltyId"
type = "string"

[[tenant.user_flows]]
name = "B2C_1_signupsignin1"
kind = "sign_up_or_sign_in"

[[tenant.users]]
sign_in_name = "joan@fabrikam.example"
password = "Passw0rd!"
extension_LoyaltyId = "F-1"

[[tenant]]
kind = "external-id"
name = "woodgrove"
links = [{ client_id = "shop", user_flow = "Second" }]
clients = [{ client_id = "shop", redirect_uris = ["http://localhost:1/a"] }]
user_flows = [
    { name = "First", kind = "sign_up_or_sign_in" },
    { name = "Second", kind = "sign_in" },
]
"#;

async fn seeded() -> Bench {
    Bench::of(Emulator::builder().admin_port(0).seed(SEED)).await
}

#[tokio::test]
async fn a_seed_brings_tenants() {
    let mut bench = seeded().await;
    let names: Vec<String> = bench
        .emulator
        .tenants()
        .map(|tenant| tenant.name().to_owned())
        .collect();
    assert_eq!(
        names,
        [
            "b2cemulator.onmicrosoft.com",
            "fabrikam.onmicrosoft.com",
            "woodgrove.onmicrosoft.com"
        ]
    );
    // What the seed does not name is as in any tenant.
    assert_eq!(bench.emulator.users().len(), 2);
    let page = bench
        .visitor
        .get(&format!(
            "/identity.fabrikam.example/{SIGN_IN}/v2.0/.well-known/openid-configuration"
        ))
        .await;
    let issuer = page.json()["issuer"].as_str().unwrap().to_owned();
    assert!(
        issuer.contains("/tfp/bbbbcccc-1111-dddd-2222-eeee3333ffff/"),
        "{issuer}"
    );

    let ask = bench.ask().of_tenant("fabrikam.onmicrosoft.com");
    let ask = ask.with("scope", "openid").with("response_mode", "query");
    let page = bench.open(&ask).await;
    let joan = [
        ("signInName", "joan@fabrikam.example"),
        ("password", "Passw0rd!"),
    ];
    let code = bench.visitor.submit(&page, &joan).await.code();
    let path = format!("/fabrikam.onmicrosoft.com/{SIGN_IN}/oauth2/v2.0/token");
    let form = bench.redemption(&code);
    let form: Vec<(&str, &str)> = form
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let tokens = Visitor::of(&bench.emulator).post(&path, &form).await.json();
    assert_eq!(claims(&tokens["id_token"])["extension_LoyaltyId"], "F-1");

    let recorded = bench.emulator.audit();
    let tenants: Vec<Option<&str>> = recorded.iter().map(|entry| entry.tenant()).collect();
    assert_eq!(tenants, [Some("fabrikam.onmicrosoft.com"); 2]);
    let mut admin = Visitor::new(&bench.emulator.admin_url().unwrap());
    let bearer = format!("Bearer {}", bench.emulator.admin_token().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let page = admin.request(Method::GET, "/", &headers, Vec::new()).await;
    assert!(page.body.contains("<td>fabrikam.onmicrosoft.com</td>"));
}

#[tokio::test]
async fn mistakes_are_named_with_their_place() {
    let with = |from: &str, to: &str| {
        assert!(SEED.contains(from), "{from}");
        SEED.replace(from, to)
    };
    for (seed, message) in [
        (
            with("joan@fabrikam.example", ""),
            "tenant[1].users[0].sign_in_name: found '', expected a value",
        ),
        (
            with("extension_LoyaltyId = \"F-1\"", "extension_LoyaltyId = 5"),
            "tenant[1].users[0].extension_LoyaltyId: found '5', expected a value of type string",
        ),
        (
            with("user_flow = \"Second\"", "user_flow = \"Third\""),
            "tenant[2].links[0].user_flow: found 'Third', expected one of the tenant's user flows",
        ),
        (
            with(
                "links = [{ client_id = \"shop\"",
                "links = [{ client_id = \"shoe\"",
            ),
            "tenant[2].links[0].client_id: found 'shoe', expected one of the tenant's clients",
        ),
        (
            with("name = \"First\"", "name = \"Second\""),
            "tenant[2].user_flows[1].name: found 'Second' twice, expected it once",
        ),
        (
            with("name = \"fabrikam\"", "name = \"b2cemulator\""),
            "tenant[1].name: found 'b2cemulator.onmicrosoft.com', expected one that no other tenant of its kind has",
        ),
        (
            with("name = \"fabrikam\"", ""),
            "tenant[1].name: found '', expected a label, or a domain",
        ),
        (
            with("\"login.fabrikam.example\"", "\"login fabrikam\""),
            "tenant[1].custom_domains[0]: found 'login fabrikam', expected a domain",
        ),
        (
            "tenant = []".to_owned(),
            "tenant: found none, expected at least one",
        ),
        (
            "[tenant]\nkind = 'entra'".to_owned(),
            "tenant.kind: found 'entra', expected 'b2c'",
        ),
    ] {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("seed.toml");
        fs::write(&path, &seed).unwrap();
        let refused = Emulator::builder().seed_file(&path).start().await;
        let expected = format!("{}: {message}", path.display());
        assert_eq!(refused.unwrap_err().to_string(), expected);
    }
    let mixed = format!("users = []\n{SEED}");
    let refused = Emulator::builder().seed(mixed).start().await;
    let message = refused.unwrap_err().to_string();
    assert!(message.contains("unknown field `users`"), "{message}");
    let kind = with("\"external-id\"", "\"ciam\"");
    let message = Emulator::builder().seed(kind).start().await;
    let message = message.unwrap_err().to_string();
    assert!(
        message.contains("kind = \"ciam\"") && message.contains("`external-id`"),
        "{message}"
    );
}

#[tokio::test]
async fn the_seeds_of_the_readme_are_good() {
    let readme = include_str!("../../README.md");
    let seeds = readme.split("```toml\n").skip(1);
    let seeds: Vec<&str> = seeds.filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(seeds.len(), 2);
    for seed in seeds {
        Emulator::builder().seed(seed).start().await.unwrap();
    }
}

#[tokio::test]
async fn mistakes_of_the_builder_are_named_too() {
    let tenant = Tenant::external_id("woodgrove").link_user_flow("nobody", "SignUpSignIn");
    let refused = Emulator::builder().add_tenant(tenant).start().await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "tenant[1].links[0].client_id: found 'nobody', expected one of the tenant's clients"
    );
}

#[tokio::test]
async fn a_broken_import_changes_nothing() {
    let bench = seeded().await;
    let before = bench.emulator.export();
    let broken = before.replace("user_flow = \"Second\"", "user_flow = \"Third\"");
    assert_ne!(broken, before);
    let problem = bench.emulator.import(&broken).unwrap_err().to_string();
    assert!(problem.starts_with("tenant[2].links[0]"), "{problem}");
    assert_eq!(bench.emulator.export(), before);
}

#[tokio::test]
async fn a_reset_brings_every_tenant_back() {
    let bench = seeded().await;
    let emulator = &bench.emulator;
    let before = emulator.export();
    let fabrikam = emulator.in_tenant("fabrikam").unwrap();
    fabrikam.delete_user("joan@fabrikam.example").unwrap();
    fabrikam.add_client(Client::new("more", "s")).unwrap();
    assert_ne!(emulator.export(), before);
    emulator.reset();
    assert_eq!(emulator.export(), before);
    emulator.import("[[tenant]]\nname = 'other'").unwrap();
    assert_eq!(
        fabrikam.users().unwrap_err(),
        OperationError::NotFound("tenant")
    );
    emulator.reset();
    assert_eq!(emulator.export(), before);
    assert_eq!(fabrikam.users().unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_outlives_an_import() {
    let mut bench = seeded().await;
    bench.tokens(&bench.ask()).await;
    bench.emulator.import(&bench.emulator.export()).unwrap();
    bench.open(&bench.ask()).await.code();
}

#[tokio::test]
async fn files_hold_every_tenant() {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    let (seed, state) = (file("seed.toml"), file("state.toml"));
    fs::write(&seed, SEED).unwrap();
    let start = || Emulator::builder().seed_file(&seed).state_file(&state);
    let emulator = start().start().await.unwrap();
    fs::write(&seed, SEED.replace("joan@", "mary@")).unwrap();
    let is_mary = |emulator: &Emulator| {
        let fabrikam = emulator.in_tenant("fabrikam").unwrap();
        fabrikam.users().unwrap()[0].sign_in_name() == "mary@fabrikam.example"
    };
    assert!(emulator.wait_until(PATIENCE, is_mary).await);
    let fabrikam = emulator.in_tenant("fabrikam").unwrap();
    let joan = User::new("joan@fabrikam.example", "Passw0rd!");
    fabrikam.add_user(joan).unwrap();
    let exported = emulator.export();
    emulator.shutdown().await;
    let emulator = start().start().await.unwrap();
    assert_eq!(emulator.export(), exported);
}

#[tokio::test]
async fn the_admin_api_reaches_every_tenant() {
    let bench = seeded().await;
    let emulator = &bench.emulator;
    let mut admin = Visitor::new(&emulator.admin_url().unwrap());
    let bearer = format!("Bearer {}", emulator.admin_token().unwrap());
    let headers = [("authorization", bearer.as_str())];
    let user = json!({ "sign_in_name": "mary@fabrikam.example", "password": "Passw0rd!" });
    for (method, path, body, status) in [
        (
            Method::POST,
            "/users?tenant=fabrikam",
            user.to_string(),
            201,
        ),
        (Method::POST, "/users?tenant=nowhere", user.to_string(), 404),
        (
            Method::PATCH,
            "/users/mary%40fabrikam.example?tenant=bbbbcccc-1111-dddd-2222-eeee3333ffff",
            json!({ "extension_LoyaltyId": "F-2" }).to_string(),
            200,
        ),
        (
            Method::PATCH,
            "/users/mary%40fabrikam.example?tenant=fabrikam",
            json!({ "extension_LoyaltyId": 2 }).to_string(),
            422,
        ),
        (
            Method::PATCH,
            "/users/joan%40fabrikam.example?tenant=fabrikam",
            json!({ "extension_LoyaltyId": null }).to_string(),
            200,
        ),
        (
            Method::POST,
            "/clients?tenant=woodgrove.onmicrosoft.com",
            json!({ "client_id": "more" }).to_string(),
            201,
        ),
        (
            Method::DELETE,
            "/clients/more?tenant=woodgrove",
            String::new(),
            204,
        ),
        (
            Method::PUT,
            "/state?tenant=woodgrove",
            "users = []".to_owned(),
            204,
        ),
        (Method::PUT, "/state?tenant=woodgrove", SEED.to_owned(), 422),
    ] {
        let page = admin.request(method, path, &headers, body.into()).await;
        assert_eq!(page.status, status, "{path}: {}", page.body);
    }
    assert_eq!(emulator.users().len(), 2);
    let users = emulator.in_tenant("fabrikam").unwrap().users().unwrap();
    assert_eq!(users[0].attribute("LoyaltyId"), None);
    assert_eq!(users[1].attribute("LoyaltyId"), Some(&"F-2".into()));
    let theirs = admin
        .request(Method::GET, "/state?tenant=fabrikam", &headers, Vec::new())
        .await;
    assert!(theirs.body.contains("[tenant]\nkind = \"b2c\""));
    assert!(theirs.body.contains("F-2"));
    assert!(!theirs.body.contains("woodgrove"));
    let woodgrove = emulator.in_tenant("woodgrove").unwrap();
    assert!(woodgrove.users().unwrap().is_empty());
    let own = woodgrove.export().unwrap();
    woodgrove.import(&own).unwrap();
    assert_eq!(woodgrove.export().unwrap(), own);
}

fn several(texts: &[String], numbers: &[i64], flags: &[bool]) -> EmulatorBuilder {
    let form = if flags[0] {
        IssuerForm::Tfp
    } else {
        IssuerForm::Default
    };
    let user = User::new(format!("x{}", texts[0]), &texts[1])
        .display_name(&texts[2])
        .phone_number(&texts[0])
        .attribute("Text", texts[3].as_str())
        .attribute("Number", numbers[0])
        .attribute("Flag", flags[1]);
    let described = |tenant: b2c_emulator::TenantBuilder| {
        tenant
            .attribute("Text", AttributeType::String)
            .attribute("Number", AttributeType::Int)
            .attribute("Flag", AttributeType::Boolean)
            .user(user.clone())
            .user_flow(UserFlow::sign_up_sign_in("B2C_1_x").attribute("Text"))
            .issuer_form(form)
            .client(Client::new(format!("c{}", texts[1]), &texts[2]).redirect_uri(&texts[3]))
            .link_user_flow(format!("c{}", texts[1]), "B2C_1_x")
    };
    let second = Tenant::b2c("second").custom_domain("login.second.example");
    let third = Tenant::external_id("third").verified_domain("third.example");
    let third = if flags[2] { third.unseeded() } else { third };
    Emulator::builder()
        .add_tenant(described(second))
        .add_tenant(described(third))
        .add_tenant(described(
            Tenant::entra("fourth").id(format!("id-{}", numbers[0])),
        ))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// An export of several tenants loses nothing.
    #[test]
    fn an_export_of_tenants_loses_nothing(
        texts in proptest::collection::vec("\\PC{0,16}|[\"'\\\\\\r\\n\\t#\\[\\]=]{0,8}", 4),
        numbers in proptest::collection::vec(any::<i64>(), 1),
        flags in proptest::collection::vec(any::<bool>(), 3),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let one = several(&texts, &numbers, &flags).start().await.unwrap();
            let exported = one.export();
            let other = Emulator::builder().start().await.unwrap();
            other.import(&exported).unwrap();
            assert_eq!(other.export(), exported);
            let third = Emulator::builder().seed(&exported).start().await.unwrap();
            assert_eq!(third.export(), exported);
        });
    }
}
