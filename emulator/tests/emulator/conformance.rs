//! The conformance suite's modules for clients: the page about them, and those that no other file
//! is about.

use std::{collections::BTreeSet, fs, path::Path};

use b2c_emulator::{Client, Emulator, Misbehaviour, Scope};
use base64::{Engine, engine::general_purpose::STANDARD};
use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::support::{Bench, SIGN_IN, changed, claims, encoded, genuine, header_of};

const PAGE: &str = include_str!("../../CONFORMANCE.md");

/// A row of the page.
struct Module {
    name: String,
    how: String,
    evidence: String,
}

fn rows(text: &str) -> Vec<Module> {
    let rows = text.lines().filter(|line| line.starts_with("| `oidcc-"));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        assert_eq!(cells.len(), 6, "{line}");
        let plain = |index: usize| cells[index].trim_matches('`').to_owned();
        Module {
            name: plain(1),
            how: plain(3),
            evidence: plain(4),
        }
    })
    .collect()
}

fn is_how(how: &str, modules: &[Module]) -> BTreeSet<String> {
    let modules = modules.iter().filter(|module| module.how == how);
    modules.map(|module| module.name.clone()).collect()
}

#[test]
fn the_page_lists_what_is_there() {
    let modules = rows(PAGE);
    let names: BTreeSet<&str> = modules.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names.len(), modules.len(), "a module is listed twice");
    let known: BTreeSet<String> = Misbehaviour::names()
        .filter(|name| name.starts_with("oidcc-client-test"))
        .map(ToOwned::to_owned)
        .collect();
    assert_eq!(is_how("misbehaviour", &modules), known);
    for module in &modules {
        let is_order = Misbehaviour::named(&module.name).is_ok();
        assert_eq!(is_order, module.how == "misbehaviour", "{}", module.name);
        let is_kind = ["misbehaviour", "behaviour", "does not apply"].contains(&&*module.how);
        assert!(is_kind, "{}: {}", module.name, module.how);
    }
}

#[test]
fn the_numbers_are_right() {
    let (of_the_version, _) = PAGE.split_once("Modules that not every version").unwrap();
    let modules = rows(of_the_version);
    let reproduced = modules.len() - is_how("does not apply", &modules).len();
    let sentence = format!("has {} modules that try a client", modules.len());
    assert!(PAGE.contains(&sentence), "{sentence}");
    let sentence = format!("reproduces the behaviour of {reproduced} of them");
    assert!(PAGE.contains(&sentence), "{sentence}");
    let readme = include_str!("../../README.md");
    let sentence = format!("{reproduced} of the {} modules", modules.len());
    assert!(readme.contains(&sentence), "README.md: {sentence}");
}

/// The test is there, and speaks of the module.
#[test]
fn every_row_names_its_evidence() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/emulator");
    for module in rows(PAGE) {
        if module.how == "does not apply" {
            assert!(!module.evidence.is_empty(), "{}", module.name);
            continue;
        }
        let (file, test) = module.evidence.split_once("::").unwrap();
        let source = fs::read_to_string(folder.join(format!("{file}.rs"))).unwrap();
        let start = format!("fn {test}(");
        let (_, body) = source
            .split_once(&start)
            .unwrap_or_else(|| panic!("{}: no {test} in {file}", module.name));
        let body = body.split("#[tokio::test]").next().unwrap();
        if module.how == "misbehaviour" {
            let last = module.name.strip_prefix("oidcc-client-test-").unwrap();
            let last = last.trim_start_matches("rp-backchannel-rpinitlogout-");
            assert!(body.contains(&format!("{last}\"")), "{test}: no {last}");
        }
    }
}

fn misbehave(bench: &Bench, name: &str) {
    bench.emulator.behave();
    let bad = Misbehaviour::named(name).unwrap();
    bench.emulator.misbehave_for(Scope::everything(), bad);
}

#[tokio::test]
async fn id_tokens_are_signed_by_rs256() {
    let mut bench = Bench::new().await;
    let tokens = bench.tokens(&bench.ask()).await;
    assert_eq!(header_of(&tokens["id_token"])["alg"], "RS256");
    assert!(genuine(&mut bench, &tokens["id_token"]).await);
}

#[tokio::test]
async fn a_secret_counts_in_the_header_alone() {
    let mut bench = Bench::new().await;
    misbehave(&bench, "oidcc-client-test-client-secret-basic");
    let code = bench.sign_in(&bench.ask()).await.code();
    let (_, text) = bench.redeem(&code).await.token_error();
    assert!(text.starts_with("AADB2C90079"), "{text}");

    let client = bench.emulator.client().clone();
    let form = changed(&bench.redemption(&code), "client_secret", None);
    let form: Vec<(&str, &str)> = form.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    let pair = format!("{}:{}", client.client_id(), client.client_secret());
    let authorization = format!("Basic {}", STANDARD.encode(pair));
    let headers = [
        ("authorization", authorization.as_str()),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    let body = encoded(&form).into_bytes();
    let page = bench.visitor.request(Method::POST, &path, &headers, body);
    assert_eq!(page.await.status, 200);
}

#[tokio::test]
async fn refreshed_id_tokens_have_another_audience_or_an_azp() {
    let mut bench = Bench::new().await;
    let first = bench.tokens(&bench.ask()).await;
    let healthy = claims(&first["id_token"]);
    assert!(healthy.get("azp").is_none());
    for (name, claim) in [
        ("oidcc-client-test-refresh-token-invalid-aud", "aud"),
        ("oidcc-client-test-refresh-token-invalid-azp", "azp"),
    ] {
        misbehave(&bench, name);
        let refreshed = bench
            .refresh(first["refresh_token"].as_str().unwrap())
            .await
            .json();
        let told = claims(&refreshed["id_token"]);
        for name in ["iss", "sub", "aud", "azp"] {
            assert_eq!(told.get(name) != healthy.get(name), name == claim, "{name}");
        }
        // Access tokens stay good.
        let me = bench.me(refreshed["access_token"].as_str().unwrap()).await;
        assert_eq!(me.status, 200, "{}", me.body);
    }
}

#[tokio::test]
async fn the_key_set_lists_keys_that_nobody_can_read() {
    let mut bench = Bench::new().await;
    misbehave(&bench, "oidcc-client-test-ignores-unparseable-key-in-jwks");
    let path = format!("/{}/{SIGN_IN}/discovery/v2.0/keys", bench.emulator.tenant());
    let keys = bench.visitor.get(&path).await.json();
    let kinds: Vec<&Value> = keys["keys"]
        .as_array()
        .unwrap()
        .iter()
        .map(|key| &key["kty"])
        .collect();
    assert_eq!(kinds, ["AKP", "invented", "RSA"]);
    let tokens = bench.tokens(&bench.ask()).await;
    assert!(genuine(&mut bench, &tokens["id_token"]).await);
}

#[tokio::test]
async fn somebody_else_starts_a_sign_in() {
    let client = Client::new("app", "secret")
        .redirect_uri("http://localhost:5000/a")
        .initiate_login_uri("http://localhost:5000/login?from=elsewhere");
    let mut bench = Bench::of(Emulator::builder().client(client)).await;
    let issuer = bench.metadata(SIGN_IN).await["issuer"].clone();
    let url = bench
        .emulator
        .third_party_login_url("app", Some("ada@emulator.example"))
        .unwrap();
    let url = Url::parse(&url).unwrap();
    assert_eq!(url.path(), "/login");
    let parameters: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let expected = [
        ("from", "elsewhere"),
        ("iss", issuer.as_str().unwrap()),
        ("login_hint", "ada@emulator.example"),
    ];
    assert_eq!(
        parameters,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    let other = bench.emulator.client().client_id();
    assert_eq!(bench.emulator.third_party_login_url(other, None), None);
}
