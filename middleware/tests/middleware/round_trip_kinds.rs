//! The round trip with each of Microsoft's kinds of provider, by the emulator.

use axum::Router;
use b2c_emulator::{Client, ClientCertificate, Emulator, Tenant};
use http::StatusCode;
use rcgen::{CertificateParams, KeyPair, PKCS_RSA_SHA256};
use tower_b2c::testing::ManualClock;

use crate::support::{Browser, SITE, instances};

const CLIENT: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";

const SECRET: &str = "a secret for tests";

/// A sign-in at a tenant of this kind, with `more` in the configuration, by the secret that is
/// registered there.
async fn sign_in(kind: &str, more: &str) {
    let client = Client::new(CLIENT, SECRET);
    let credential = "client_secret = { env = \"SECRET\" }";
    sign_in_as(client, SECRET, kind, &format!("{credential}\n{more}")).await;
}

/// As [`sign_in`], by `secret`, which the configuration knows as the variable `SECRET`.
async fn sign_in_as(client: Client, secret: &str, kind: &str, more: &str) {
    let redirect_uri = format!("{SITE}/getAToken");
    let client = client.redirect_uri(redirect_uri).issue_id_tokens();
    let (tenant, flows) = match kind {
        "b2c" => (
            Tenant::b2c("woodgrove"),
            "user_flows = { sign_up_sign_in = \"B2C_1_signupsignin1\" }",
        ),
        "external-id" => (Tenant::external_id("woodgrove"), ""),
        _ => (Tenant::entra("woodgrove"), ""),
    };
    let emulator = Emulator::builder().add_tenant(tenant.client(client));
    let emulator = emulator.start().await.unwrap();
    let instance = emulator.base_url();
    let settings = format!(
        "[app]\nbase_url = \"{SITE}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n[provider]\n\
         kind = \"{kind}\"\nemulator = true\ninstance = \"{instance}\"\ntenant = \"woodgrove\"\n\
         client_id = \"{CLIENT}\"\n{flows}\n{more}"
    );
    let clock = ManualClock::default();
    let (app, second) = instances(&settings, secret, &clock, &Router::new());
    let mut browser = Browser::new(app, SITE);
    let page = browser.opens("/private").await;
    assert!(page.url.starts_with(instance), "{}", page.body);
    // By the time that the answer comes, another instance takes it.
    browser.is_routed_to(&second);
    let values = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let page = browser.submits(&page, "signInName", &values).await;
    assert_eq!(page.status, StatusCode::OK, "{kind} {more}: {}", page.body);
    assert_eq!(page.url, format!("{SITE}/private"), "{kind} {more}");
}

#[tokio::test]
async fn every_kind_answers_by_query_by_form_and_with_an_id_token() {
    for kind in ["b2c", "external-id", "entra"] {
        for more in [
            "",
            "response_mode = \"form_post\"",
            "response_mode = \"form_post\"\nresponse_type = \"code id_token\"",
            "client_authentication = \"client_secret_basic\"",
        ] {
            sign_in(kind, more).await;
        }
    }
}

#[tokio::test]
async fn a_certificate_proves_the_app_where_assertions_are_taken() {
    let key = KeyPair::generate_for(&PKCS_RSA_SHA256).unwrap();
    let certificate = CertificateParams::new(["app.example".to_owned()]).unwrap();
    let certificate = certificate.self_signed(&key).unwrap().pem();
    let both = key.serialize_pem() + &certificate;
    for kind in ["external-id", "entra"] {
        for algorithm in ["PS256", "RS256"] {
            let registered: ClientCertificate = certificate.parse().unwrap();
            let client = Client::new(CLIENT, SECRET).certificate(registered);
            let more = format!(
                "client_authentication = \"private_key_jwt\"\nclient_key = {{ env = \"SECRET\" }}\n\
                 client_assertion_algorithm = \"{algorithm}\""
            );
            sign_in_as(client, &both, kind, &more).await;
        }
    }
}
