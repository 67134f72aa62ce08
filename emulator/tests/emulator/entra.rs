use b2c_emulator::{Client, Emulator, EmulatorBuilder, Tenant, TenantKind, Tls};
use serde_json::Value;

use crate::support::{Sts, claims, sts_error};

const GUID: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const OTHER: &str = "33334444-dddd-5555-eeee-6666ffff7777";

fn builder() -> EmulatorBuilder {
    let daemon = Client::new(OTHER, "a secret for tests")
        .redirect_uri("https://daemon.example/")
        .app_roles(["demo.all"]);
    Emulator::builder().add_tenant(
        Tenant::entra("contoso")
            .id(GUID)
            .client(daemon)
            .client(Client::new(API, "the secret of the api")),
    )
}

async fn sts() -> Sts {
    Sts::of(builder(), TenantKind::Entra).await
}

#[tokio::test]
async fn metadata_by_name_and_by_guid() {
    let mut sts = Sts::of(builder().tls(Tls::ephemeral()), TenantKind::Entra)
        .await
        .at("login.microsoftonline.com");
    let port = sts.emulator.port();
    let host = format!("https://login.microsoftonline.com:{port}");
    for segment in ["contoso.onmicrosoft.com", GUID] {
        segment.clone_into(&mut sts.segment);
        let document = sts.metadata().await;
        assert_eq!(document["issuer"], format!("{host}/{GUID}/v2.0"));
        assert_eq!(
            document["end_session_endpoint"],
            format!("{host}/{GUID}/oauth2/v2.0/logout")
        );
    }
}

#[tokio::test]
async fn the_redirect_carries_a_session_state() {
    let mut sts = sts().await;
    let page = sts.sign_in(&[]).await;
    assert_eq!(page.parameter("session_state").unwrap().len(), 36);
    assert_eq!(page.parameter("state").unwrap(), "s1");
    // So does the one that a session answers at once, also as a form.
    let page = sts.open(&[]).await;
    assert!(page.parameter("session_state").is_some());
    let page = sts.open(&[("response_mode", "form_post")]).await;
    assert!(page.body.contains("session_state"), "{}", page.body);
}

#[tokio::test]
async fn nobody_signs_up_here() {
    let mut sts = sts().await;
    let page = sts.open(&[]).await;
    assert!(!page.body.contains("local=signup"), "{}", page.body);
}

#[tokio::test]
async fn an_application_on_its_own() {
    let mut sts = sts().await;
    let scope = format!("api://{API}/.default");
    let mut form = vec![
        ("grant_type", "client_credentials"),
        ("client_id", OTHER),
        ("client_secret", "a secret for tests"),
        ("scope", scope.as_str()),
    ];
    let page = sts.token(&form).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let answer = page.json();
    let members: Vec<&String> = answer.as_object().unwrap().keys().collect();
    assert_eq!(
        members,
        ["token_type", "expires_in", "ext_expires_in", "access_token"]
    );
    let token = claims(&answer["access_token"]);
    assert_eq!(token["aud"], API);
    assert_eq!(token["roles"][0], "demo.all");
    assert_eq!(token["azp"], OTHER);
    assert_eq!(token["sub"], token["oid"]);
    assert_eq!(token["scp"], Value::Null);

    form[3].1 = "openid";
    assert_eq!(sts_error(&sts.token(&form).await).0, 70_011);
    form[2].1 = "wrong";
    assert_eq!(sts_error(&sts.token(&form).await).0, 7_000_215);
}

#[tokio::test]
async fn an_api_calls_another_one_for_its_user() {
    let mut sts = sts().await;
    let scope = format!("openid api://{API}/demo.read");
    let tokens = sts.tokens(&[("scope", &scope)]).await;
    let assertion = tokens["access_token"].as_str().unwrap();
    let form = |assertion, secret| {
        [
            ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            ("client_id", API),
            ("client_secret", secret),
            ("assertion", assertion),
            (
                "scope",
                "https://graph.microsoft.com/User.Read offline_access",
            ),
            ("requested_token_use", "on_behalf_of"),
        ]
    };
    let secret = "the secret of the api";
    let page = sts.token(&form(assertion, secret)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let answer = page.json();
    let token = claims(&answer["access_token"]);
    assert_eq!(token["aud"], "00000003-0000-0000-c000-000000000000");
    assert_eq!(token["scp"], "User.Read");
    assert_eq!(token["azp"], API);
    assert_eq!(token["oid"], "aaaaaaaa-0000-1111-2222-bbbbbbbbbbbb");
    assert!(answer["refresh_token"].is_string());

    // The token must be meant for the API, genuine and fresh.
    let graph = answer["access_token"].as_str().unwrap();
    assert_eq!(sts_error(&sts.token(&form(graph, secret)).await).0, 500_131);
    assert_eq!(
        sts_error(&sts.token(&form("a.b.c", secret)).await).0,
        50_013
    );
    assert_eq!(
        sts_error(&sts.token(&form(assertion, "wrong")).await).0,
        7_000_215
    );
    let incomplete = &form(assertion, secret)[..5];
    assert_eq!(sts_error(&sts.token(incomplete).await).0, 900_144);
    sts.emulator
        .advance_clock(std::time::Duration::from_secs(3601));
    assert_eq!(
        sts_error(&sts.token(&form(assertion, secret)).await).0,
        500_133
    );
}

#[tokio::test]
async fn sign_out_leads_to_registered_places_only() {
    let mut sts = sts().await;
    sts.sign_in(&[]).await;
    let home = sts.client().redirect_uris()[0].clone();
    let url = sts.url("oauth2/v2.0/logout");
    let page = sts
        .visitor
        .get(&format!("{url}?post_logout_redirect_uri={home}&state=x"))
        .await;
    assert_eq!(page.location(), format!("{home}?state=x"));
    // The session is over.
    let page = sts.open(&[("prompt", "none")]).await;
    assert_eq!(page.error_code(), "AADSTS50058");
    let elsewhere = "https://elsewhere.example/";
    let page = sts
        .visitor
        .get(&format!("{url}?post_logout_redirect_uri={elsewhere}"))
        .await;
    assert_eq!(page.status, 200);
    // A form will do.
    let page = sts
        .visitor
        .post(&url, &[("post_logout_redirect_uri", &home)])
        .await;
    assert_eq!(page.location(), home);
}

#[tokio::test]
async fn msal_learns_about_the_instance() {
    let mut sts = sts().await;
    let asked = sts.url("oauth2/v2.0/authorize");
    let url = format!(
        "{}/common/discovery/instance?api-version=1.1&authorization_endpoint={asked}",
        sts.origin
    );
    let document = sts.visitor.get(&url).await.json();
    assert_eq!(
        document["tenant_discovery_endpoint"],
        sts.url("v2.0/.well-known/openid-configuration")
    );
    assert_eq!(document["api-version"], "1.1");
}

#[tokio::test]
async fn another_tenant_takes_no_token_of_this_one() {
    let builder = builder().add_tenant(Tenant::external_id("fabrikam"));
    let mut sts = Sts::of(builder, TenantKind::Entra).await;
    let code = sts.sign_in(&[]).await.code();
    "fabrikam.onmicrosoft.com".clone_into(&mut sts.segment);
    let page = sts.redeem(&code).await;
    assert_eq!(sts_error(&page), (9_002_313, "invalid_grant".into()));
}
