use b2c_emulator::{Client, Emulator, EmulatorBuilder, Tenant, TenantKind, Tls, UserFlow};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::{Sts, Visitor, claims, header_of, sts_error};

const GUID: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

fn builder() -> EmulatorBuilder {
    Emulator::builder().add_tenant(
        Tenant::external_id("fabrikam")
            .id(GUID)
            .custom_domain("login.fabrikam.example"),
    )
}

async fn sts() -> Sts {
    Sts::of(builder(), TenantKind::ExternalId).await
}

async fn sts_over_tls() -> Sts {
    Sts::of(builder().tls(Tls::ephemeral()), TenantKind::ExternalId).await
}

#[tokio::test]
async fn metadata_has_entras_members_and_the_guid_as_host() {
    let mut sts = sts_over_tls().await.at("fabrikam.ciamlogin.com");
    let document = sts.metadata().await;
    let members: Vec<&String> = document.as_object().unwrap().keys().collect();
    assert_eq!(
        members[..3],
        [
            "token_endpoint",
            "token_endpoint_auth_methods_supported",
            "jwks_uri"
        ]
    );
    assert_eq!(members.len(), 23);
    let port = sts.emulator.port();
    assert_eq!(
        document["issuer"],
        format!("https://{GUID}.ciamlogin.com:{port}/{GUID}/v2.0")
    );
    assert_eq!(
        document["token_endpoint"],
        format!("https://fabrikam.ciamlogin.com:{port}/{GUID}/oauth2/v2.0/token")
    );
    assert_eq!(document["tenant_region_scope"], "WW");
}

#[tokio::test]
async fn every_form_of_the_authority_is_known() {
    let mut sts = sts_over_tls().await;
    let path = "v2.0/.well-known/openid-configuration";
    let port = sts.emulator.port();
    let guid_host = format!("{GUID}.ciamlogin.com");
    for host in [
        "fabrikam.ciamlogin.com",
        &guid_host,
        "login.fabrikam.example",
    ] {
        let origin = format!("https://{host}:{port}");
        let mut visitor = Visitor::at(&origin, &sts.emulator);
        for segment in ["fabrikam.onmicrosoft.com/", &format!("{GUID}/"), ""] {
            let page = visitor.get(&format!("/{segment}{path}")).await;
            assert_eq!(page.status, 200, "{host} {segment}");
        }
        let page = visitor
            .get(&format!("/contoso.onmicrosoft.com/{path}"))
            .await;
        assert_eq!(page.status, 404, "{host}");
    }
    // Where the host is no name of the tenant, it stays as it is.
    let base = sts.emulator.base_url().to_owned();
    assert_eq!(
        sts.metadata().await["issuer"],
        format!("{base}/{GUID}/v2.0")
    );
    let mut custom = sts.at("login.fabrikam.example");
    assert_eq!(
        custom.metadata().await["issuer"],
        format!("https://login.fabrikam.example:{port}/{GUID}/v2.0")
    );
}

#[tokio::test]
async fn keys_have_certificates() {
    let mut sts = sts().await;
    let uri = sts.metadata().await["jwks_uri"]
        .as_str()
        .unwrap()
        .to_owned();
    let keys = sts.visitor.get(&uri).await.json();
    let key = &keys["keys"][0];
    let members: Vec<&String> = key.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["kty", "use", "kid", "x5t", "n", "e", "x5c", "issuer"]
    );
    assert_eq!(key["kid"], key["x5t"]);
    assert_eq!(key["kid"].as_str().unwrap().len(), 27);
    assert!(key["x5c"][0].as_str().unwrap().starts_with("MII"));

    // They are not B2C's, and they rotate, too.
    let token = sts.tokens(&[]).await["id_token"].clone();
    assert_eq!(header_of(&token)["kid"], key["kid"]);
    sts.emulator.rotate_signing_key();
    let rotated = sts.visitor.get(&uri).await.json();
    assert_eq!(rotated["keys"].as_array().unwrap().len(), 2);
    assert_eq!(rotated["keys"][1], *key);
}

#[tokio::test]
async fn tokens_are_those_of_version_2() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    let members: Vec<&String> = tokens.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        [
            "token_type",
            "scope",
            "expires_in",
            "ext_expires_in",
            "access_token",
            "refresh_token",
            "id_token",
            "client_info"
        ]
    );
    assert_eq!(tokens["scope"], "openid profile email");
    let id = claims(&tokens["id_token"]);
    assert_eq!(id["ver"], "2.0");
    assert_eq!(id["iss"], format!("{}/{GUID}/v2.0", sts.origin));
    assert_eq!(id["tid"], GUID);
    assert_eq!(id["oid"], "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");
    assert_eq!(id["preferred_username"], "ada@emulator.example");
    assert_eq!(id["email"], "ada@emulator.example");
    assert_eq!(id["name"], "Ada Lovelace");
    assert_eq!(id["nonce"], "n1");
    assert_eq!(id["b2c_emulator"], true);
    assert_ne!(id["sub"], id["oid"]);
    for absent in ["tfp", "acr", "emails", "newUser", "idp"] {
        assert_eq!(id[absent], Value::Null, "{absent}");
    }
    let info = URL_SAFE_NO_PAD.decode(tokens["client_info"].as_str().unwrap());
    let info: Value = serde_json::from_slice(&info.unwrap()).unwrap();
    assert_eq!(info, json!({ "uid": id["oid"], "utid": GUID }));
    // Without a resource the access token is Graph's.
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], "00000003-0000-0000-c000-000000000000");
}

#[tokio::test]
async fn subjects_are_pairwise() {
    let other = Client::new("22223333-cccc-4444-dddd-5555eeee6666", "a secret for tests")
        .redirect_uri("https://shop.example/signin-oidc");
    let tenant = Tenant::external_id("fabrikam").client(other.clone());
    let mut sts = Sts::of(
        Emulator::builder().add_tenant(tenant),
        TenantKind::ExternalId,
    )
    .await;
    let first = claims(&sts.tokens(&[]).await["id_token"]);
    let same = claims(&sts.tokens(&[("prompt", "login")]).await["id_token"]);
    assert_eq!(first["sub"], same["sub"]);
    let uri = other.redirect_uris()[0].clone();
    let changes = [("client_id", other.client_id()), ("redirect_uri", &uri)];
    let code = sts.open(&changes).await.code();
    let fields = [
        ("grant_type", "authorization_code"),
        ("client_id", other.client_id()),
        ("client_secret", other.client_secret()),
        ("redirect_uri", &uri),
        ("code", &code),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let second = claims(&sts.token(&fields).await.json()["id_token"]);
    assert_eq!(first["oid"], second["oid"]);
    assert_ne!(first["sub"], second["sub"]);
}

#[tokio::test]
async fn an_api_of_the_tenant_takes_its_tokens() {
    let mut sts = sts().await;
    let scope = format!("openid offline_access api://{API}/demo.read");
    let tokens = sts.tokens(&[("scope", &scope)]).await;
    let access = claims(&tokens["access_token"]);
    assert_eq!(access["aud"], API);
    assert_eq!(access["scp"], "demo.read");
    assert_eq!(access["azp"], sts.client().client_id());
    let authorization = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    let headers = [("authorization", authorization.as_str())];
    let me = sts
        .visitor
        .request(reqwest::Method::GET, "/api/me", &headers, Vec::new())
        .await;
    assert_eq!(me.status, 200, "{}", me.body);
    assert_eq!(claims(&tokens["id_token"])["email"], Value::Null);
}

#[tokio::test]
async fn a_refresh_token_is_not_bound_to_a_scope() {
    let mut sts = sts().await;
    let tokens = sts.tokens(&[]).await;
    let scope = format!("api://{API}/demo.read");
    let refresh = tokens["refresh_token"].as_str().unwrap();
    let fields = [
        ("grant_type", "refresh_token"),
        ("refresh_token", refresh),
        ("scope", scope.as_str()),
    ];
    let page = sts.ask(&fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let renewed = page.json();
    assert_eq!(claims(&renewed["access_token"])["aud"], API);
    assert!(renewed["refresh_token"].is_string() && renewed["id_token"].is_string());
}

#[tokio::test]
async fn a_forgotten_password_is_reset_in_the_page() {
    let mut sts = sts().await;
    let page = sts.open(&[]).await;
    let page = sts.visitor.click(&page, "forgotPassword").await;
    assert_eq!(page.status, 200);
    let ada = [("email", "ada@emulator.example")];
    let page = sts.visitor.submit(&page, &ada).await;
    let code = page.text_of("mailboxCode").unwrap();
    let page = sts
        .visitor
        .submit(&page, &[("verificationCode", &code)])
        .await;
    let password = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
    ];
    let code = sts.visitor.submit(&page, &password).await.code();
    assert_eq!(sts.redeem(&code).await.status, 200);
}

#[tokio::test]
async fn people_sign_up() {
    let mut sts = sts().await;
    let page = sts.open(&[]).await;
    let page = sts.visitor.click(&page, "createAccount").await;
    let joan = [("email", "joan@fabrikam.example")];
    let page = sts.visitor.submit(&page, &joan).await;
    let code = page.text_of("mailboxCode").unwrap();
    let page = sts
        .visitor
        .submit(&page, &[("verificationCode", &code)])
        .await;
    let fields = [
        ("newPassword", "N3w-Passw0rd"),
        ("reenterPassword", "N3w-Passw0rd"),
        ("displayName", "Joan"),
        ("givenName", "Joan"),
        ("surname", "Clarke"),
        ("city", "London"),
        ("country", "United Kingdom"),
    ];
    let code = sts.visitor.submit(&page, &fields).await.code();
    let id = claims(&sts.redeem(&code).await.json()["id_token"]);
    assert_eq!(id["preferred_username"], "joan@fabrikam.example");
    assert_eq!(id["newUser"], Value::Null);
}

#[tokio::test]
async fn hybrid_answers_carry_a_token_of_version_2() {
    let client = Client::new("00001111-aaaa-2222-bbbb-3333cccc4444", "secret")
        .redirect_uri("https://shop.example/signin-oidc")
        .issue_id_tokens();
    let tenant = Tenant::external_id("fabrikam").id(GUID).client(client);
    let builder = Emulator::builder().add_tenant(tenant);
    let mut sts = Sts::of(builder, TenantKind::ExternalId).await;
    let hybrid = [("response_type", "code id_token")];
    let location = sts.sign_in(&hybrid).await.location().to_owned();
    let (_, fragment) = location.split_once('#').unwrap();
    let token = fragment
        .split('&')
        .find_map(|pair| pair.strip_prefix("id_token="));
    let id = claims(&json!(token.unwrap()));
    assert_eq!((&id["ver"], &id["tid"]), (&json!("2.0"), &json!(GUID)));
    assert_eq!(id["c_hash"].as_str().unwrap().len(), 22);
    assert!(fragment.contains("&session_state="));
}

#[tokio::test]
async fn a_single_page_application_needs_no_secret_but_a_challenge() {
    let id = "33334444-dddd-5555-eeee-6666ffff7777";
    let uri = "http://localhost:3000/";
    let tenant = Tenant::external_id("fabrikam").client(Client::public(id).spa_redirect_uri(uri));
    let builder = Emulator::builder().add_tenant(tenant);
    let mut sts = Sts::of(builder, TenantKind::ExternalId).await;
    let ours = [("client_id", id), ("redirect_uri", uri)];
    let page = sts
        .open(&[&ours[..], &[("code_challenge", "")]].concat())
        .await;
    assert_eq!(page.error_code(), "AADSTS9002325");
    let code = sts.sign_in(&ours).await.code();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", id),
        ("redirect_uri", uri),
        ("code", &code),
        ("code_verifier", crate::support::VERIFIER),
    ];
    let secret = sts
        .token(&[&form[..], &[("client_secret", "x")]].concat())
        .await;
    assert_eq!(sts_error(&secret), (700_025, "invalid_client".into()));
    assert_eq!(sts.token(&form).await.status, 200);
}

#[tokio::test]
async fn the_application_decides_on_the_user_flow() {
    let client = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let tenant = Tenant::external_id("fabrikam")
        .user_flow(UserFlow::sign_in("StaffOnly"))
        .link_user_flow(client, "StaffOnly");
    let mut sts = Sts::of(
        Emulator::builder().add_tenant(tenant),
        TenantKind::ExternalId,
    )
    .await;
    let page = sts.open(&[]).await;
    assert!(page.body.contains("StaffOnly"), "{}", page.body);
    let page = sts.tokens(&[]).await;
    assert!(page["id_token"].is_string());
    // No user flow has an endpoint of its own.
    let url = sts.url("StaffOnly/v2.0/.well-known/openid-configuration");
    assert_eq!(sts.visitor.get(&url).await.status, 404);
}

#[tokio::test]
async fn cancelling_is_a_refused_consent() {
    let mut sts = sts().await;
    let page = sts.open(&[]).await;
    let page = sts.visitor.submit(&page, &[("action", "cancel")]).await;
    assert_eq!(page.parameter("error").unwrap(), "access_denied");
    assert_eq!(page.parameter("error_subcode").unwrap(), "cancel");
    assert_eq!(page.error_code(), "AADSTS65004");
    assert_eq!(page.parameter("state").unwrap(), "s1");
}

#[tokio::test]
async fn what_has_no_place_to_go_is_told_on_a_page() {
    let mut sts = sts().await;
    for (name, value, code) in [
        ("redirect_uri", "https://elsewhere.example/", "AADSTS50011"),
        ("redirect_uri", "", "AADSTS900971"),
        ("client_id", "nobody", "AADSTS700016"),
        ("client_id", "", "AADSTS900144"),
    ] {
        let page = sts.open(&[(name, value)]).await;
        assert_eq!(page.status, 400, "{code}");
        assert!(page.body.contains(code), "{code}: {}", page.body);
        assert!(page.body.contains("Trace ID: "));
    }
}

#[tokio::test]
async fn what_has_one_is_told_there() {
    let mut sts = sts().await;
    for (name, value, error, code) in [
        ("prompt", "none", "login_required", "AADSTS50058"),
        ("prompt", "nonsense", "invalid_request", "AADSTS90023"),
        ("scope", "openid nonsense", "invalid_scope", "AADSTS70011"),
        ("scope", "", "invalid_request", "AADSTS900144"),
        (
            "response_type",
            "id_token",
            "unsupported_response_type",
            "AADSTS700054",
        ),
    ] {
        let page = sts.open(&[(name, value), ("response_mode", "query")]).await;
        assert_eq!(page.parameter("error").unwrap(), error, "{code}");
        assert_eq!(page.error_code(), code);
        assert!(
            page.parameter("error_uri")
                .unwrap()
                .contains("/error?code=")
        );
    }
}

#[tokio::test]
async fn token_errors_have_all_fields() {
    let mut sts = sts().await;
    let code = sts.sign_in(&[]).await.code();
    let client = sts.client();
    let id = client.client_id().to_owned();

    let no_grant = sts.ask(&[]).await;
    assert_eq!(sts_error(&no_grant), (900_144, "invalid_request".into()));
    let unknown = sts.ask(&[("grant_type", "magic")]).await;
    assert_eq!(
        sts_error(&unknown),
        (70_003, "unsupported_grant_type".into())
    );
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
    ];
    let stranger = sts
        .token(&[&grant[..], &[("client_id", "nobody")]].concat())
        .await;
    assert_eq!(
        sts_error(&stranger),
        (700_016, "unauthorized_client".into())
    );
    let anonymous = sts
        .token(&[&grant[..], &[("client_id", id.as_str())]].concat())
        .await;
    assert_eq!(sts_error(&anonymous), (7_000_218, "invalid_client".into()));
    assert_eq!(anonymous.status, 401);
    let wrong = [("client_id", id.as_str()), ("client_secret", "wrong")];
    let wrong = sts.token(&[&grant[..], &wrong].concat()).await;
    assert_eq!(sts_error(&wrong), (7_000_215, "invalid_client".into()));
    assert_eq!(wrong.status, 401);
    let garbage = sts.redeem("garbage").await;
    assert_eq!(sts_error(&garbage), (9_002_313, "invalid_grant".into()));

    assert_eq!(sts.redeem(&code).await.status, 200);
    let again = sts.redeem(&code).await;
    assert_eq!(sts_error(&again), (54_005, "invalid_grant".into()));
    assert_eq!(again.status, 400);
    assert!(again.header("cache-control").contains("no-store"));
    assert_eq!(again.header("expires"), "-1");
    assert_eq!(again.header("x-ms-request-id").len(), 36);
}

#[tokio::test]
async fn old_grants_expire() {
    let mut sts = sts().await;
    let code = sts.sign_in(&[]).await.code();
    sts.emulator
        .advance_clock(std::time::Duration::from_secs(601));
    let page = sts.redeem(&code).await;
    assert_eq!(sts_error(&page), (70_008, "invalid_grant".into()));
}
