//! `private_key_jwt` at External ID and Entra ID: certificates and federated credentials.

use std::{sync::LazyLock, time::Duration};

use b2c_emulator::{Client, Emulator, FederatedCredential, Tenant, TenantKind};
use serde_json::{Value, json};

use crate::support::{Bench, Page, SIGN_IN, Signer, Sts, VERIFIER, claims, sts_error};

const APP: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const GUID: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const REDIRECT: &str = "https://daemon.example/";
const ISSUER: &str = "https://issuer.example";
const SUBJECT: &str = "system:serviceaccount:shop:orders";
const EXCHANGE: &str = "api://AzureADTokenExchange";
const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

static APPLICATION: LazyLock<Signer> = LazyLock::new(|| Signer::until(2049));
static STRANGER: LazyLock<Signer> = LazyLock::new(|| Signer::until(2049));
static EXPIRED: LazyLock<Signer> = LazyLock::new(|| Signer::until(2021));

fn application(id: &str) -> Client {
    let keys = STRANGER.key_set("k1").try_into().unwrap();
    Client::new(id, "")
        .redirect_uri(REDIRECT)
        .app_roles(["demo.all"])
        .certificate(APPLICATION.pem.parse().unwrap())
        .certificate(EXPIRED.pem.parse().unwrap())
        .federated_credential(FederatedCredential::new(ISSUER, SUBJECT, keys))
}

async fn sts(kind: TenantKind) -> Sts {
    let tenant = match kind {
        TenantKind::ExternalId => Tenant::external_id("fabrikam"),
        _ => Tenant::entra("contoso"),
    };
    let tenant = tenant
        .id(GUID)
        .client(application(APP))
        .client(application(API));
    Sts::of(Emulator::builder().add_tenant(tenant), kind).await
}

/// The present time of the emulator.
fn now() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_secs()).unwrap()
}

fn header() -> Value {
    json!({ "alg": "PS256", "typ": "JWT", "x5t#S256": APPLICATION.x5t_s256() })
}

fn payload(sts: &Sts, client_id: &str) -> Value {
    json!({
        "iss": client_id, "sub": client_id, "aud": sts.url("oauth2/v2.0/token"),
        "jti": "1", "nbf": now(), "iat": now(), "exp": now() + 300,
    })
}

fn with(mut value: Value, name: &str, member: Value) -> Value {
    value[name] = member;
    value
}

fn without(mut value: Value, name: &str) -> Value {
    value.as_object_mut().unwrap().remove(name);
    value
}

async fn present(sts: &mut Sts, assertion: &str, more: &[(&str, &str)]) -> Page {
    let mut form = vec![
        ("client_id", APP),
        ("client_assertion_type", TYPE),
        ("client_assertion", assertion),
    ];
    form.retain(|(name, _)| more.iter().all(|(other, _)| other != name));
    form.extend(more.iter().filter(|(_, value)| !value.is_empty()));
    sts.token(&form).await
}

async fn ask(sts: &mut Sts, assertion: &str) -> Page {
    let scope = format!("api://{API}/.default");
    let fields = [("grant_type", "client_credentials"), ("scope", &scope)];
    present(sts, assertion, &fields).await
}

#[tokio::test]
async fn an_assertion_goes_for_a_secret() {
    for kind in [TenantKind::Entra, TenantKind::ExternalId] {
        let mut sts = sts(kind).await;
        let headers = [
            header(),
            json!({ "alg": "RS256", "typ": "JWT", "x5t": APPLICATION.x5t() }),
            json!({ "alg": "RS256", "kid": APPLICATION.hexadecimal() }),
            json!({ "alg": "PS256", "kid": APPLICATION.x5t() }),
        ];
        for header in headers {
            let assertion = APPLICATION.sign(&header, &payload(&sts, APP));
            let page = ask(&mut sts, &assertion).await;
            assert_eq!(page.status, 200, "{header}: {}", page.body);
            let token = claims(&page.json()["access_token"]);
            assert_eq!(
                (&token["azp"], &token["azpacr"]),
                (&json!(APP), &json!("2"))
            );
        }
    }
}

#[tokio::test]
async fn every_name_of_the_authorization_server_is_an_audience() {
    let mut sts = sts(TenantKind::Entra).await;
    let origin = sts.origin.clone();
    for path in [
        format!("{GUID}/oauth2/v2.0/token"),
        format!("{GUID}/oauth2/token"),
        format!("{GUID}/v2.0"),
        "contoso.onmicrosoft.com/oauth2/v2.0/token".to_owned(),
        "common/oauth2/v2.0/token".to_owned(),
    ] {
        let aud = json!(format!("{origin}/{path}"));
        let claims = with(payload(&sts, APP), "aud", aud);
        let page = ask(&mut sts, &APPLICATION.sign(&header(), &claims)).await;
        assert_eq!(page.status, 200, "{path}: {}", page.body);
    }
    for aud in [
        "https://elsewhere.example/token".to_owned(),
        format!("{origin}/elsewhere.onmicrosoft.com/oauth2/v2.0/token"),
        format!("{origin}/{GUID}/oauth2/v2.0/authorize"),
        APP.to_owned(),
    ] {
        let claims = with(payload(&sts, APP), "aud", json!(aud));
        let page = ask(&mut sts, &APPLICATION.sign(&header(), &claims)).await;
        assert_eq!(
            sts_error(&page),
            (700_023, "invalid_client".into()),
            "{aud}"
        );
    }
}

#[tokio::test]
async fn codes_and_refresh_tokens_are_redeemed_with_one() {
    let mut sts = sts(TenantKind::Entra).await;
    let changes = [("client_id", APP), ("redirect_uri", REDIRECT)];
    let code = sts.sign_in(&changes).await.code();
    let assertion = APPLICATION.sign(&header(), &payload(&sts, APP));
    let redeem = [
        ("grant_type", "authorization_code"),
        ("redirect_uri", REDIRECT),
        ("code", &code),
        ("code_verifier", VERIFIER),
    ];
    // A bad one is refused, and the code is still good.
    let forged = STRANGER.sign(&header(), &payload(&sts, APP));
    let page = present(&mut sts, &forged, &redeem).await;
    assert_eq!(sts_error(&page).0, 700_027);
    let page = present(&mut sts, &assertion, &redeem).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let answer = page.json();
    let token = answer["refresh_token"].as_str().unwrap();
    let refresh = [("grant_type", "refresh_token"), ("refresh_token", token)];
    // The same one again: clients keep theirs for as long as it lives.
    let page = present(&mut sts, &assertion, &refresh).await;
    assert_eq!(page.status, 200, "{}", page.body);
    // One application's assertion redeems nothing of another one.
    let other = APPLICATION.sign(&header(), &payload(&sts, API));
    let fields = [&refresh[..], &[("client_id", API)]].concat();
    let page = present(&mut sts, &other, &fields).await;
    assert_eq!(sts_error(&page), (70_000, "invalid_grant".into()));
}

#[tokio::test]
async fn an_api_acts_for_its_user_with_one() {
    let mut sts = sts(TenantKind::Entra).await;
    let scope = format!("openid api://{API}/demo.read");
    let tokens = sts.tokens(&[("scope", &scope)]).await;
    let fields = [
        ("client_id", API),
        ("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
        ("assertion", tokens["access_token"].as_str().unwrap()),
        ("requested_token_use", "on_behalf_of"),
        ("scope", "https://graph.microsoft.com/User.Read"),
    ];
    let assertion = APPLICATION.sign(&header(), &payload(&sts, API));
    let page = present(&mut sts, &assertion, &fields).await;
    assert_eq!(page.status, 200, "{}", page.body);
}

#[tokio::test]
async fn what_is_wrong_is_named_in_entras_words() {
    let mut sts = sts(TenantKind::Entra).await;
    let claims = payload(&sts, APP);
    let old = json!({ "alg": "PS256", "x5t": EXPIRED.x5t() });
    let unnamed = json!({ "alg": "PS256" });
    let unknown = json!({ "alg": "RS256", "x5t": STRANGER.x5t() });
    let key_not_found = format!(
        "The certificate with identifier used to sign the client assertion is not registered on \
         application. [Reason - The key was not found., Thumbprint of key used by client: '{}', \
         Please visit the Azure Portal",
        STRANGER.hexadecimal()
    );
    let bad_signature = format!(
        "Client assertion contains an invalid signature. [Reason - The provided signature value \
         did not match the expected signature value., Thumbprint of key used by client: '{}', \
         Found key 'Start=01/01/2020 00:00:00, End=01/01/2049 00:00:00', Please visit",
        APPLICATION.hexadecimal()
    );
    let late = with(claims.clone(), "exp", json!(1_768_470_639));
    let late = without(late, "nbf");
    let early = with(claims.clone(), "nbf", json!(now() + 3600));
    let cases = [
        (
            STRANGER.sign(&unknown, &claims),
            700_027,
            key_not_found.as_str(),
        ),
        (
            APPLICATION.sign(&unnamed, &claims),
            700_027,
            "The certificate with identifier used to sign the client assertion is not registered \
             on application. [Reason - The key was not found., Please visit",
        ),
        (STRANGER.sign(&header(), &claims), 700_027, &bad_signature),
        (
            EXPIRED.sign(&old, &claims),
            700_027,
            "Client assertion contains an invalid signature. [Reason - The key used is expired.,",
        ),
        (
            APPLICATION.sign(&header(), &with(claims.clone(), "sub", json!("another"))),
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ),
        (
            APPLICATION.sign(&header(), &payload(&sts, API)),
            700_021,
            "Client assertion application identifier doesn't match 'client_id' parameter.",
        ),
        (
            APPLICATION.sign(&header(), &early),
            700_024,
            "Client assertion is not within its valid time range. Current time: 20",
        ),
        (
            APPLICATION.sign(&with(header(), "alg", json!("RS512")), &claims),
            5_002_730,
            "Invalid JWT token. Unsupported key for the signing algorithm.",
        ),
        (
            APPLICATION.sign(&with(header(), "alg", json!("none")), &claims),
            5_002_730,
            "Invalid JWT token.",
        ),
        (
            "a.b.c".to_owned(),
            50_027,
            "JWT token is invalid or malformed.",
        ),
        ("x".to_owned(), 50_027, "JWT token is invalid or malformed."),
    ];
    for (assertion, code, text) in cases {
        let page = ask(&mut sts, &assertion).await;
        assert_eq!(sts_error(&page), (code, "invalid_client".into()), "{text}");
        assert_eq!(page.status, 401);
        let document = page.json();
        let description = document["error_description"].as_str().unwrap();
        let start = format!("AADSTS{code}: {text}");
        assert!(description.starts_with(&start), "{description}\n{start}");
    }
    let page = ask(&mut sts, &APPLICATION.sign(&header(), &late)).await;
    let description = page.json()["error_description"].to_string();
    assert!(
        description.contains(
            "assertion valid from 1970-01-01T00:00:00.0000000Z, expiry time of assertion \
             2026-01-15T09:50:39.0000000Z. Review the documentation at"
        ),
        "{description}"
    );
}

#[tokio::test]
async fn an_assertion_lives_no_longer_than_it_says() {
    let mut sts = sts(TenantKind::Entra).await;
    let assertion = APPLICATION.sign(&header(), &payload(&sts, APP));
    assert_eq!(ask(&mut sts, &assertion).await.status, 200);
    sts.emulator.advance_clock(Duration::from_secs(301));
    let page = ask(&mut sts, &assertion).await;
    assert_eq!(sts_error(&page).0, 700_024);
}

#[tokio::test]
async fn times_may_have_fractions() {
    let mut sts = sts(TenantKind::Entra).await;
    let claims: Value = format!("{}.25", now() + 300).parse().unwrap();
    let claims = with(payload(&sts, APP), "exp", claims);
    let page = ask(&mut sts, &APPLICATION.sign(&header(), &claims)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    for bad in [json!("tomorrow"), json!(-1), json!(null)] {
        let claims = with(payload(&sts, APP), "exp", bad);
        let page = ask(&mut sts, &APPLICATION.sign(&header(), &claims)).await;
        assert_eq!(page.status, 401, "{}", page.body);
    }
}

#[tokio::test]
async fn the_request_says_what_kind_of_assertion_it_has() {
    let mut sts = sts(TenantKind::Entra).await;
    let assertion = APPLICATION.sign(&header(), &payload(&sts, APP));
    for (changed, code) in [
        (("client_assertion_type", ""), 900_144),
        (("client_assertion_type", "saml"), 90_023),
        (("client_id", ""), 900_144),
        (("client_id", "nobody"), 700_016),
    ] {
        let fields = [("grant_type", "client_credentials"), changed];
        let page = present(&mut sts, &assertion, &fields).await;
        assert_eq!(sts_error(&page).0, code, "{changed:?}");
    }
}

#[tokio::test]
async fn a_workload_shows_the_token_of_its_own_issuer() {
    let mut sts = sts(TenantKind::Entra).await;
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let good = json!({ "iss": ISSUER, "sub": SUBJECT, "aud": [EXCHANGE], "exp": now() + 300 });
    let page = ask(&mut sts, &STRANGER.sign(&header, &good)).await;
    assert_eq!(page.status, 200, "{}", page.body);
    let cases = [
        (
            "iss",
            json!(format!("{ISSUER}/")),
            700_211,
            "issuer 'https://issuer.example/'",
        ),
        (
            "sub",
            json!("System:serviceaccount:shop:orders"),
            700_213,
            "subject 'System:",
        ),
        ("aud", json!("api://else"), 700_212, "audience 'api://else'"),
        (
            "exp",
            json!(now() - 1),
            700_024,
            "not within its valid time range",
        ),
    ];
    for (name, value, code, text) in cases {
        let assertion = STRANGER.sign(&header, &with(good.clone(), name, value));
        let page = ask(&mut sts, &assertion).await;
        assert_eq!(sts_error(&page), (code, "invalid_client".into()));
        let description = page.json()["error_description"].to_string();
        assert!(description.contains(text), "{description}");
    }
    let forged = APPLICATION.sign(&header, &good);
    assert_eq!(sts_error(&ask(&mut sts, &forged).await).0, 50_013);
    let unknown = STRANGER.sign(&json!({ "alg": "RS256", "kid": "k2" }), &good);
    assert_eq!(sts_error(&ask(&mut sts, &unknown).await).0, 50_013);
}

#[tokio::test]
async fn seeds_register_certificates_and_federated_credentials() {
    let emulator = Emulator::builder().start().await.unwrap();
    let key_set = STRANGER.key_set("k1");
    let seed = |certificate: &str, keys: &str| {
        format!(
            "[[clients]]\nclient_id = \"{APP}\"\ncertificates = ['''{certificate}''']\n\
             federated_credentials = [{{ issuer = \"{ISSUER}\", subject = \"s\", jwks = '''{keys}''' }}]"
        )
    };
    emulator.import(&seed(&APPLICATION.pem, &key_set)).unwrap();
    let exported = emulator.export();
    assert!(exported.contains("BEGIN CERTIFICATE") && exported.contains(EXCHANGE));
    emulator.import(&exported).unwrap();
    assert_eq!(emulator.export(), exported);
    for (certificate, keys, text) in [
        (
            "-----BEGIN",
            key_set.as_str(),
            "this is no certificate of an application",
        ),
        (APPLICATION.pem.as_str(), "{}", "this is no key set"),
        (
            APPLICATION.pem.as_str(),
            "{\"keys\":[]}",
            "this is no key set",
        ),
    ] {
        let problem = emulator.import(&seed(certificate, keys)).unwrap_err();
        assert!(problem.to_string().contains(text), "{problem}");
    }
}

#[tokio::test]
async fn b2c_takes_none() {
    let builder = Emulator::builder().client(application(APP));
    let mut bench = Bench::of(builder).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", APP),
        ("client_assertion_type", TYPE),
        ("client_assertion", "a.b.c"),
    ];
    let form: Vec<(String, String)> = form
        .iter()
        .map(|(a, b)| ((*a).into(), (*b).into()))
        .collect();
    let (error, text) = bench.token(SIGN_IN, &form).await.token_error();
    assert_eq!(error, "invalid_request");
    assert!(text.starts_with("AADB2C99027: "), "{text}");
}
