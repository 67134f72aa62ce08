//! `doctor` looks at the files of a project: each mistake has its own finding.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use program::{Demo, stderr};
use serde_json::Value;

/// The codes of what is found without the network, and the exit code.
fn found(demo: &Demo) -> (Vec<String>, Option<i32>) {
    let output = demo.run(&["doctor", "--offline", "--json"]);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let codes = findings.filter_map(|finding| finding["code"].as_str().map(str::to_owned));
    // That the tenant is still to be filled in is so in every new project.
    let codes = codes.filter(|code| code != "B2C003");
    (codes.collect(), output.status.code())
}

#[test]
fn sessions_that_do_not_fit_into_cookies_are_foretold() {
    let demo = Demo::new();
    demo.replace("b2c.toml", "[session]\n", "[session]\nstore = \"cookie\"\n");
    assert_eq!(found(&demo), (vec![], Some(0)));
    let config = tower_b2c::Config::from_file(demo.root().join("b2c.toml")).load();
    let forecast = config
        .expect("settings")
        .session_forecasts()
        .remove(0)
        .bytes();
    for (most, codes) in [
        (forecast, vec![]),
        (forecast - 1, vec!["B2C020".to_owned()]),
    ] {
        demo.replace(
            "b2c.toml",
            "[session]\n",
            &format!("[session]\ncookie_max_bytes = {most}\n"),
        );
        assert_eq!(found(&demo), (codes, Some(0)), "{most}");
        demo.replace("b2c.toml", &format!("cookie_max_bytes = {most}\n"), "");
    }
}

#[test]
fn other_versions_of_the_layer_are_found() {
    let demo = Demo::new();
    let own = env!("CARGO_PKG_VERSION");
    let lock = |version: &str| {
        format!("version = 4\n\n[[package]]\nname = \"tower-b2c\"\nversion = \"{version}\"\n")
    };
    demo.write("Cargo.lock", &lock(own));
    assert_eq!(found(&demo), (vec![], Some(0)));
    demo.write("Cargo.lock", &lock("9.9.9"));
    assert_eq!(found(&demo), (vec!["B2C030".to_owned()], Some(0)));

    let manifest = demo.read("Cargo.toml");
    let without = manifest
        .lines()
        .filter(|line| !line.starts_with("tower-b2c"));
    demo.write("Cargo.toml", &without.collect::<Vec<_>>().join("\n"));
    assert!(found(&demo).0.contains(&"B2C031".to_owned()));
}

#[test]
fn a_lock_file_that_is_damaged_or_gone_is_found() {
    let demo = Demo::new();
    let lock = demo.read("b2c.lock");
    demo.write("b2c.lock", &format!("<<<<<<< ours\n{lock}"));
    assert_eq!(found(&demo), (vec!["B2C041".to_owned()], Some(6)));
    demo.write("b2c.lock", &lock.replace("version = 1", "version = 2"));
    assert_eq!(found(&demo), (vec!["B2C041".to_owned()], Some(6)));
    demo.remove("b2c.lock");
    assert_eq!(found(&demo), (vec!["B2C040".to_owned()], Some(0)));
}

/// The settings of the emulator, for a provider of another kind in it.
fn beside(port: u16, kind: &str, tenant: &str, more: &str) -> Demo {
    let demo = Demo::new();
    let text = demo.read("b2c.toml");
    let (before, rest) = text
        .split_once("[profile.emulator.provider]")
        .expect("the profile");
    let (_, after) = rest.split_once("# --- Your").expect("the tenant's profile");
    let own = format!(
        "[profile.emulator.provider]\nkind = \"{kind}\"\nemulator = true\n\
         instance = \"http://localhost:{port}\"\ntenant = \"{tenant}\"\n\
         client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
         client_secret = {{ env = \"B2C_EMULATOR_CLIENT_SECRET\" }}\n{more}\n\n# --- Your"
    );
    demo.write("b2c.toml", &format!("{before}{own}{after}"));
    demo
}

/// Asks the emulator, and returns the codes of errors and warnings with everything that was said.
fn asked(demo: &Demo) -> (Vec<String>, String) {
    let output = demo.run(&["doctor", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &stderr(&output);
    let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = document["findings"].as_array().expect("findings").iter();
    let serious = findings.filter(|finding| finding["severity"] != "note");
    let codes = serious.filter_map(|finding| finding["code"].as_str().map(str::to_owned));
    (codes.collect(), text)
}

async fn emulator(redirect_uri: &str) -> b2c_emulator::Emulator {
    use b2c_emulator::{Client, Emulator, Tenant};
    let client = || {
        let id = "00001111-aaaa-2222-bbbb-3333cccc4444";
        Client::new(id, "emulator-secret-not-for-production").redirect_uri(redirect_uri)
    };
    let emulator = Emulator::builder()
        .port(0)
        .add_tenant(Tenant::external_id("woodgrove").client(client()))
        .add_tenant(Tenant::entra("contoso").client(client()));
    emulator.start().await.expect("started")
}

#[tokio::test(flavor = "multi_thread")]
async fn kinds_without_user_flows_are_asked_in_their_own_way() {
    let right = emulator("http://localhost:5000/getAToken").await;
    let wrong = emulator("http://localhost:5000/elsewhere").await;
    for (kind, tenant) in [
        ("entra", "contoso.onmicrosoft.com"),
        ("external-id", "woodgrove.onmicrosoft.com"),
    ] {
        for more in ["", "response_mode = \"form_post\""] {
            let (codes, text) = asked(&beside(right.port(), kind, tenant, more));
            assert!(codes.is_empty(), "{kind} {more}: {text}");
        }
        let (codes, text) = asked(&beside(wrong.port(), kind, tenant, ""));
        assert!(codes.contains(&"B2C053".to_owned()), "{kind}: {text}");
    }
}
