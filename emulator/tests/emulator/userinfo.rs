//! Userinfo as OpenID Connect has it, where a switch offers it.

use b2c_emulator::{
    AttributeType, Emulator, Endpoint, Misbehaviour, Tenant, TenantKind, User, UserFlow,
};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Bench, Page, SIGN_IN, Sts, Visitor, claims, encoded, genuine};

/// A bench whose sign-in user flow has userinfo, with the URL of it.
async fn bench() -> (Bench, String) {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).userinfo();
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    let metadata = bench.metadata(SIGN_IN).await;
    let url = metadata["userinfo_endpoint"].as_str().unwrap().to_owned();
    (bench, url)
}

async fn by_header(visitor: &mut Visitor, method: Method, url: &str, token: &str) -> Page {
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_str())];
    visitor.request(method, url, &headers, Vec::new()).await
}

async fn by_body(visitor: &mut Visitor, url: &str, token: &str) -> Page {
    visitor.post(url, &[("access_token", token)]).await
}

/// Signs in and returns the claims of the ID token and the access token.
async fn sign_in(bench: &mut Bench) -> (Value, String) {
    let tokens = bench.tokens(&bench.ask()).await;
    let access_token = tokens["access_token"].as_str().unwrap().to_owned();
    (claims(&tokens["id_token"]), access_token)
}

fn misbehave(bench: &Bench, module: &str) {
    bench.emulator.behave();
    let name = format!("oidcc-client-test-{module}");
    let bad = Misbehaviour::named(&name).unwrap();
    bench.emulator.misbehave(Endpoint::UserInfo, bad);
}

#[tokio::test]
async fn the_bearer_is_told_by_get_and_post_by_header_and_body() {
    let (mut bench, url) = bench().await;
    let (id_token, token) = sign_in(&mut bench).await;
    let visitor = &mut bench.visitor;
    let expected = json!({
        "sub": id_token["sub"],
        "name": "Ada Lovelace",
        "family_name": "Lovelace",
        "given_name": "Ada",
        "email": "ada@emulator.example",
    });
    let answers = [
        by_header(visitor, Method::GET, &url, &token).await,
        by_header(visitor, Method::POST, &url, &token).await,
        by_body(visitor, &url, &token).await,
    ];
    for answer in answers {
        assert_eq!(answer.status, 200, "{}", answer.body);
        assert_eq!(answer.json(), expected);
        assert!(answer.header("cache-control").contains("no-store"));
    }
    let other = visitor.request(Method::PUT, &url, &[], Vec::new()).await;
    assert_eq!(other.status, 405);
}

#[tokio::test]
async fn strangers_are_refused_as_rfc_6750_says() {
    let (mut bench, url) = bench().await;
    let (_, token) = sign_in(&mut bench).await;
    let visitor = &mut bench.visitor;
    let nobody = visitor.get(&url).await;
    assert_eq!(nobody.status, 401);
    assert_eq!(nobody.header("www-authenticate"), "Bearer");

    // In the query it is no token at all (RFC 9700).
    let query = visitor.get(&format!("{url}?access_token={token}")).await;
    assert_eq!(query.status, 401);

    let authorization = format!("Bearer {token}");
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let body = encoded(&[("access_token", token.as_str())]).into_bytes();
    let twice = visitor.request(Method::POST, &url, &headers, body).await;
    assert_eq!(twice.status, 400);
    assert!(twice.header("www-authenticate").contains("invalid_request"));

    let spoilt = format!("{}AAAA", &token[..token.len() - 4]);
    let spoilt = by_header(visitor, Method::GET, &url, &spoilt).await;
    assert_eq!(spoilt.status, 401);
    assert!(spoilt.header("www-authenticate").contains("invalid_token"));

    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(3601));
    let late = by_body(&mut bench.visitor, &url, &token).await;
    assert_eq!(late.status, 401);
}

#[tokio::test]
async fn b2c_has_none_at_user_flows() {
    let mut bench = Bench::new().await;
    let metadata = bench.metadata(SIGN_IN).await;
    assert!(metadata.get("userinfo_endpoint").is_none());
    let (_, token) = sign_in(&mut bench).await;
    let url = format!(
        "/{}/{SIGN_IN}/openid/v2.0/userinfo",
        bench.emulator.tenant()
    );
    let page = by_header(&mut bench.visitor, Method::GET, &url, &token).await;
    assert_eq!(page.status, 404);
}

#[tokio::test]
async fn the_subject_is_another() {
    let (mut bench, url) = bench().await;
    let (id_token, token) = sign_in(&mut bench).await;
    misbehave(&bench, "userinfo-invalid-sub");
    let lie = by_header(&mut bench.visitor, Method::GET, &url, &token)
        .await
        .json();
    assert!(lie["sub"].is_string());
    assert_ne!(lie["sub"], id_token["sub"]);
    assert_eq!(lie["name"], "Ada Lovelace");
}

#[tokio::test]
async fn the_token_is_taken_in_one_place_alone() {
    let (mut bench, url) = bench().await;
    let (_, token) = sign_in(&mut bench).await;
    for (module, header, body) in [
        ("userinfo-bearer-header", 200, 400),
        ("userinfo-bearer-body", 400, 200),
    ] {
        misbehave(&bench, module);
        let page = by_header(&mut bench.visitor, Method::GET, &url, &token).await;
        assert_eq!(page.status, header, "{module}");
        let page = by_body(&mut bench.visitor, &url, &token).await;
        assert_eq!(page.status, body, "{module}");
    }
}

#[tokio::test]
async fn userinfo_is_signed() {
    let (mut bench, url) = bench().await;
    let (id_token, token) = sign_in(&mut bench).await;
    misbehave(&bench, "userinfo-signed");
    let page = by_header(&mut bench.visitor, Method::GET, &url, &token).await;
    assert_eq!(page.header("content-type"), "application/jwt");
    let signed: Value = page.body.into();
    assert!(genuine(&mut bench, &signed).await);
    let told = claims(&signed);
    for name in ["iss", "aud", "sub"] {
        assert_eq!(told[name], id_token[name], "{name}");
    }
}

#[tokio::test]
async fn claims_come_from_elsewhere() {
    let (mut bench, url) = bench().await;
    let (_, token) = sign_in(&mut bench).await;

    misbehave(&bench, "aggregated-claims");
    let told = by_header(&mut bench.visitor, Method::GET, &url, &token)
        .await
        .json();
    assert_eq!(told["_claim_names"], json!({ "credit_score": "src1" }));
    let aggregated = told["_claim_sources"]["src1"]["JWT"].clone();
    assert!(genuine(&mut bench, &aggregated).await);
    assert_eq!(claims(&aggregated)["credit_score"], 650);

    misbehave(&bench, "distributed-claims");
    let told = by_header(&mut bench.visitor, Method::GET, &url, &token)
        .await
        .json();
    let source = &told["_claim_sources"]["src1"];
    let endpoint = source["endpoint"].as_str().unwrap();
    let nobody = bench.visitor.get(endpoint).await;
    assert_eq!(nobody.status, 401);
    let token = source["access_token"].as_str().unwrap();
    let page = by_header(&mut bench.visitor, Method::GET, endpoint, token).await;
    let distributed: Value = page.body.into();
    assert!(genuine(&mut bench, &distributed).await);
    assert_eq!(claims(&distributed)["credit_score"], 650);
}

#[tokio::test]
async fn custom_attributes_are_there_as_far_as_the_user_flow_tells_them() {
    for (flow, is_told) in [
        (UserFlow::sign_up_sign_in(SIGN_IN), true),
        (UserFlow::sign_up_sign_in(SIGN_IN).claims(["name"]), false),
    ] {
        let builder = Emulator::builder()
            .attribute("LoyaltyId", AttributeType::String)
            .user(User::new("ada@emulator.example", "Passw0rd!").attribute("LoyaltyId", "A-1"))
            .user_flow(flow.userinfo());
        let mut bench = Bench::of(builder).await;
        let (_, token) = sign_in(&mut bench).await;
        let url = format!(
            "/{}/{SIGN_IN}/openid/v2.0/userinfo",
            bench.emulator.tenant()
        );
        let told = by_body(&mut bench.visitor, &url, &token).await.json();
        assert_eq!(told.get("extension_LoyaltyId").is_some(), is_told);
    }
}

#[tokio::test]
async fn entra_takes_the_tokens_of_microsoft_graph_and_tells_what_their_scopes_allow() {
    for (tenant, kind, flow) in [
        (
            Tenant::external_id("woodgrove"),
            TenantKind::ExternalId,
            UserFlow::sign_up_sign_in("SignUpSignIn"),
        ),
        (
            Tenant::entra("contoso"),
            TenantKind::Entra,
            UserFlow::sign_in("SignIn"),
        ),
    ] {
        let tenant = tenant.user_flow(flow.embedded_password_reset().userinfo());
        let mut sts = Sts::of(Emulator::builder().add_tenant(tenant), kind).await;
        let url = sts.metadata().await["userinfo_endpoint"]
            .as_str()
            .unwrap()
            .to_owned();
        assert!(url.starts_with(&sts.origin), "{url}");
        for (scope, members) in [
            ("openid", &["sub"][..]),
            ("openid email", &["sub", "email"]),
            (
                "openid profile",
                &[
                    "sub",
                    "name",
                    "family_name",
                    "given_name",
                    "preferred_username",
                ],
            ),
        ] {
            let tokens = sts.tokens(&[("scope", scope), ("prompt", "login")]).await;
            let token = tokens["access_token"].as_str().unwrap();
            let page = by_header(&mut sts.visitor, Method::GET, &url, token).await;
            let told = page.json();
            let found: Vec<&String> = told.as_object().unwrap().keys().collect();
            assert_eq!(found, members, "{scope}");
            assert_eq!(told["sub"], claims(&tokens["id_token"])["sub"]);
        }
        let api = "openid api://11112222-bbbb-3333-cccc-4444dddd5555/demo.read";
        let tokens = sts.tokens(&[("scope", api), ("prompt", "login")]).await;
        let token = tokens["access_token"].as_str().unwrap();
        let page = by_header(&mut sts.visitor, Method::GET, &url, token).await;
        assert_eq!(page.status, 401);
    }
}

#[tokio::test]
async fn a_seed_switches_it_on_for_a_custom_policy_too() {
    let seed = r#"
        [[user_flows]]
        name = "B2C_1A_signup_signin"
        kind = "sign_up_or_sign_in"
        settings = { userinfo = true }
    "#;
    let mut bench = Bench::of(Emulator::builder().seed(seed)).await;
    let ask = bench.ask().at("B2C_1A_signup_signin");
    let code = bench.sign_in(&ask).await.code();
    let form = bench.redemption(&code);
    let tokens = bench.token("B2C_1A_signup_signin", &form).await.json();
    let metadata = bench.metadata("B2C_1A_signup_signin").await;
    let url = metadata["userinfo_endpoint"].as_str().unwrap();
    let token = tokens["access_token"].as_str().unwrap();
    let told = by_body(&mut bench.visitor, url, token).await.json();
    assert_eq!(told["sub"], claims(&tokens["id_token"])["sub"]);
    assert_eq!(told["email"], "ada@emulator.example");
    assert!(told.get("objectId").is_none());
}
