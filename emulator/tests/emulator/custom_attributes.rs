//! Attributes that a tenant declares itself.

use b2c_emulator::{
    AttributeType, AttributeValue, Client, Emulator, EmulatorBuilder, Tenant, TenantKind, User,
    UserFlow,
};
use serde_json::json;

use crate::support::{Bench, EDIT, Page, SIGN_IN, Sts, claims};

const DETAILS: [(&str, &str); 7] = [
    ("newPassword", "Passw0rd!"),
    ("reenterPassword", "Passw0rd!"),
    ("displayName", "Mary Jackson"),
    ("givenName", "Mary"),
    ("surname", "Jackson"),
    ("city", "Hampton"),
    ("country", "USA"),
];

fn loyal() -> EmulatorBuilder {
    let asking = |flow: UserFlow| {
        flow.attribute("LoyaltyId")
            .attribute("extension_Points")
            .attribute("Newsletter")
    };
    Emulator::builder()
        .attribute("LoyaltyId", AttributeType::String)
        .attribute("Points", AttributeType::Int)
        .attribute("Newsletter", AttributeType::Boolean)
        .attribute("Secret", AttributeType::String)
        .user_flow(asking(UserFlow::sign_up_sign_in(SIGN_IN)))
        .user_flow(asking(UserFlow::profile_editing(EDIT)))
        .user(
            User::new("ada@emulator.example", "Passw0rd!")
                .attribute("LoyaltyId", "L-1")
                .attribute("Points", -7)
                .attribute("Newsletter", true),
        )
}

async fn at_details(bench: &mut Bench) -> Page {
    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    let page = bench.visitor.click(&page, "createAccount").await;
    let send = [("email", "mary@emulator.example"), ("action", "sendCode")];
    let page = bench.visitor.submit(&page, &send).await;
    let code = page.text_of("mailboxCode").unwrap();
    let verify = [
        ("verificationCode", code.as_str()),
        ("action", "verifyCode"),
    ];
    bench.visitor.submit(&page, &verify).await
}

#[tokio::test]
async fn they_are_claims_of_their_own_types() {
    let mut bench = Bench::of(loyal()).await;
    let tokens = bench.tokens(&bench.ask()).await;
    for token in ["id_token", "access_token"] {
        let claims = claims(&tokens[token]);
        assert_eq!(claims["extension_LoyaltyId"], "L-1", "{token}");
        assert_eq!(claims["extension_Points"], -7, "{token}");
        assert_eq!(claims["extension_Newsletter"], true, "{token}");
        assert!(claims.get("extension_Secret").is_none(), "{token}");
    }
    let refresh_token = tokens["refresh_token"].as_str().unwrap();
    let refreshed = bench.refresh(refresh_token).await.json();
    assert_eq!(claims(&refreshed["id_token"])["extension_Points"], -7);
}

#[tokio::test]
async fn metadata_lists_what_the_user_flow_tells() {
    let narrow = UserFlow::sign_up_sign_in("B2C_1_narrow").claims(["name", "extension_Points"]);
    let mut bench = Bench::of(loyal().user_flow(narrow)).await;
    let all = bench.metadata(SIGN_IN).await;
    let all = all["claims_supported"].as_array().unwrap();
    for name in ["LoyaltyId", "Points", "Newsletter", "Secret"] {
        assert!(all.contains(&format!("extension_{name}").into()), "{name}");
    }
    // The flow's own claims, then B2C's fixed tail.
    let narrow = bench.metadata("B2C_1_narrow").await;
    let expected = json!([
        "oid",
        "sub",
        "newUser",
        "name",
        "tfp",
        "extension_Points",
        "iss",
        "iat",
        "exp",
        "aud",
        "acr",
        "nonce",
        "auth_time"
    ]);
    assert_eq!(narrow["claims_supported"], expected);
}

#[tokio::test]
async fn entra_tells_an_application_what_it_asks_for() {
    for (tenant, kind) in [
        (Tenant::external_id("woodgrove"), TenantKind::ExternalId),
        (Tenant::entra("contoso"), TenantKind::Entra),
    ] {
        let ada = User::new("ada@emulator.example", "Passw0rd!")
            .attribute("Points", 3)
            .attribute("LoyaltyId", "L-1");
        let client = Client::new("app", "secret")
            .redirect_uri("http://localhost:5000/a")
            .optional_claims(["extension_Points", "sid", "xms_edov"]);
        let tenant = tenant
            .unseeded()
            .attribute("Points", AttributeType::Int)
            .attribute("LoyaltyId", AttributeType::String)
            .user(ada)
            .client(client);
        let mut sts = Sts::of(Emulator::builder().add_tenant(tenant), kind).await;
        let tokens = sts.tokens(&[]).await;
        for token in ["id_token", "access_token"] {
            let claims = claims(&tokens[token]);
            assert_eq!(claims["extension_Points"], 3, "{token}");
            assert!(claims.get("extension_LoyaltyId").is_none(), "{token}");
        }
        assert!(claims(&tokens["id_token"])["sid"].is_string());
        assert_eq!(claims(&tokens["id_token"])["xms_edov"], true);
    }
}

#[tokio::test]
async fn external_id_tells_them_in_id_tokens() {
    let ada = User::new("ada@emulator.example", "Passw0rd!").attribute("Points", 3);
    let tenant = Tenant::external_id("woodgrove").attribute("Points", AttributeType::Int);
    let builder = Emulator::builder().add_tenant(tenant.user(ada));
    let mut sts = Sts::of(builder, TenantKind::ExternalId).await;
    let tokens = sts.tokens(&[]).await;
    assert_eq!(claims(&tokens["id_token"])["extension_Points"], 3);
}

#[tokio::test]
async fn a_user_flow_chooses_them_like_other_claims() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).claims(["extension_Points"]);
    let mut bench = Bench::of(loyal().user_flow(flow)).await;
    let tokens = bench.tokens(&bench.ask()).await;
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["extension_Points"], -7);
    assert!(claims.get("extension_LoyaltyId").is_none());
}

#[tokio::test]
async fn people_enter_them_when_they_sign_up() {
    let mut bench = Bench::of(loyal()).await;
    let page = at_details(&mut bench).await;
    assert_eq!(
        page.attribute("extension_Points", "inputmode").as_deref(),
        Some("numeric")
    );
    assert_eq!(
        page.attribute("extension_Newsletter", "type").as_deref(),
        Some("checkbox")
    );
    assert!(!page.body.contains("extension_Secret"));
    let with = |custom: &[(&'static str, &'static str)]| [&DETAILS, custom].concat();

    let missing = bench
        .visitor
        .submit(&page, &with(&[("extension_Points", "7")]))
        .await;
    assert_eq!(
        missing.text_of("error").as_deref(),
        Some("This information is required.")
    );
    let wrong = [
        ("extension_LoyaltyId", "L < 2"),
        ("extension_Points", "many"),
    ];
    let wrong = bench.visitor.submit(&missing, &with(&wrong)).await;
    assert_eq!(
        wrong.text_of("error").as_deref(),
        Some("Please enter a whole number.")
    );
    assert_eq!(
        wrong.attribute("extension_LoyaltyId", "value").as_deref(),
        Some("L < 2")
    );
    let good = [("extension_LoyaltyId", "L < 2"), ("extension_Points", "12")];
    let code = bench.visitor.submit(&wrong, &with(&good)).await.code();
    let claims = claims(&bench.redeem(&code).await.json()["id_token"]);
    assert_eq!(claims["extension_LoyaltyId"], "L < 2");
    assert_eq!(claims["extension_Points"], 12);
    assert_eq!(claims["extension_Newsletter"], false);
    let mary = bench.emulator.users().pop().unwrap();
    assert_eq!(mary.attribute("Points"), Some(&AttributeValue::Int(12)));
}

#[tokio::test]
async fn people_change_them_in_their_profile() {
    let mut bench = Bench::of(loyal()).await;
    bench.tokens(&bench.ask()).await;
    let page = bench.open(&bench.ask().at(EDIT)).await;
    assert_eq!(
        page.attribute("extension_Points", "value").as_deref(),
        Some("-7")
    );
    assert!(page.body.contains("value=\"true\" checked"));
    let fields = [
        &DETAILS[2..],
        &[("extension_LoyaltyId", "L-9"), ("extension_Points", "8")],
    ]
    .concat();
    let code = bench.visitor.submit(&page, &fields).await.code();
    let tokens = bench.token(EDIT, &bench.redemption(&code)).await.json();
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["extension_LoyaltyId"], "L-9");
    assert_eq!(claims["extension_Points"], 8);
    assert_eq!(claims["extension_Newsletter"], false);
}

#[tokio::test]
async fn a_seed_declares_them_and_gives_values() {
    let seed = r#"
[[attribute]]
name = "LoyaltyId"
type = "string"

[[attribute]]
name = "Points"
type = "int"

[[users]]
sign_in_name = "ada@emulator.example"
password = "Passw0rd!"
extension_LoyaltyId = "L-3"
extension_Points = 4
"#;
    let mut bench = Bench::of(Emulator::builder().seed(seed)).await;
    let tokens = bench.tokens(&bench.ask()).await;
    let claims = claims(&tokens["id_token"]);
    assert_eq!(claims["extension_LoyaltyId"], "L-3");
    assert_eq!(claims["extension_Points"], json!(4));

    for (wrong, parts) in [
        (
            seed.replace("Points = 4", "Points = 'four'"),
            &[
                "users[0].extension_Points: found 'four'",
                "a value of type int",
            ][..],
        ),
        (
            seed.replace("extension_Points", "extension_Pints"),
            &[
                "users[0].extension_Pints: found '4'",
                "that the tenant declares",
            ],
        ),
        (
            seed.replace("extension_Points = 4", "extension_Points = 4.5"),
            &["extension_Points = 4.5", "a boolean or an int"],
        ),
        (
            seed.replace("\"int\"", "\"float\""),
            &["type = \"float\"", "`boolean`"],
        ),
        (
            seed.replace("\"Points\"", "\"LoyaltyId\""),
            &["attribute[1].name: found 'LoyaltyId' twice"],
        ),
        (
            seed.replace("\"Points\"", "\"Po ints\""),
            &["attribute[1].name: found 'Po ints', expected letters"],
        ),
        (
            seed.replace("extension_LoyaltyId", "extensionLoyaltyId"),
            &["line 13", "unknown field `extensionLoyaltyId`"],
        ),
    ] {
        let refused = Emulator::builder().seed(wrong).start().await;
        let message = refused.unwrap_err().to_string();
        for part in parts {
            assert!(message.contains(part), "{part:?} is not in {message}");
        }
    }
}

#[tokio::test]
async fn a_user_flow_cannot_ask_for_what_nobody_declares() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).attribute("Shoe");
    let refused = Emulator::builder().user_flow(flow).start().await;
    assert_eq!(
        refused.unwrap_err().to_string(),
        "user_flows[0].settings.attributes[0]: found 'Shoe', expected an attribute that the tenant declares"
    );
}
