//! `register`, where something is there already, or where only an id is known.

use cargo_b2c_init::Template;
use serde_json::json;

use super::bench::Bench;
use super::program::{Demo, stderr, stdout};

/// Makes an application of this name that has the tag of the project.
async fn somebody_registers(bench: &Bench, name: &str) -> String {
    let graph = bench
        .emulator
        .graph_url("b2cemulator")
        .expect("an admin API");
    let body = json!({ "displayName": name, "tags": ["b2c-init:demo:tenant"] });
    let request = reqwest::Client::builder()
        .no_proxy()
        .build()
        .expect("a client")
        .post(format!("{graph}/v1.0/applications"))
        .bearer_auth(bench.token())
        .header("content-type", "application/json")
        .body(body.to_string());
    let answer = request.send().await.expect("an answer");
    assert!(answer.status().is_success(), "{}", answer.status());
    let made = answer.bytes().await.expect("a body");
    let made: serde_json::Value = serde_json::from_slice(&made).expect("JSON");
    made["appId"].as_str().expect("an id").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn of_several_applications_with_the_tag_none_is_adopted() {
    let bench = Bench::new().await;
    let ids = [
        somebody_registers(&bench, "one").await,
        somebody_registers(&bench, "two").await,
    ];
    let before = (bench.changes().len(), bench.demo.tree());
    for flags in [&["--adopt"][..], &[]] {
        let output = bench.register(flags);
        assert_eq!(output.status.code(), Some(5), "{flags:?}");
        let said = stderr(&output);
        assert!(said.contains("several applications"), "{said}");
        assert!(ids.iter().all(|id| said.contains(id)), "{said}");
        assert!(
            said.contains("tenant set --profile tenant --client-id ID"),
            "{said}"
        );
        assert!(!said.contains("--adopt"), "it does not help: {said}");
    }
    assert!(before == (bench.changes().len(), bench.demo.tree()));
    bench
        .demo
        .succeeds(&["tenant", "set", "--client-id", &ids[1]]);
    bench.succeeds(&[]);
    assert_eq!(bench.setting("client_id"), ids[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_for_an_app_that_is_registered_is_warned_about() {
    let bench = Bench::new().await;
    let first = bench.register(&["--print"]);
    assert!(first.status.success());
    assert!(!stderr(&first).contains("warning"), "{}", stderr(&first));
    bench.succeeds(&[]);
    let again = bench.register(&["--print"]);
    assert!(again.status.success());
    let said = stderr(&again);
    let id = bench.setting("client_id");
    assert!(
        said.contains(&format!("has client_id = \"{id}\" already")),
        "{said}"
    );
    assert!(stdout(&again).starts_with("#!/bin/sh"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_id_of_a_tenant_is_no_part_of_a_domain() {
    let bench = Bench::new().await;
    let id = "5b1a7c3e-0d42-4f6b-9a58-c7e21f90d384";
    bench.demo.succeeds(&[
        "tenant",
        "set",
        id,
        "--instance",
        "https://contoso.b2clogin.com",
    ]);
    let output = bench.register(&["--print"]);
    let script = stdout(&output);
    assert!(
        script.contains(&format!("az login --tenant {id} --allow-no-subscriptions")),
        "{script}"
    );
    assert!(!script.contains(&format!("{id}.")), "{script}");
    assert!(
        !stderr(&output).contains("Expose an API"),
        "it exposes none"
    );

    let text = bench.demo.read("b2c.toml");
    let text = text + "\n[profile.tenant.api]\naudiences = [\"x\"]\nscopes = [\"demo.read\"]\n";
    bench.demo.write("b2c.toml", &text);
    let output = bench.register(&["--print"]);
    let (script, said) = (stdout(&output), stderr(&output));
    assert!(!script.contains(&format!("https://{id}/")), "{script}");
    assert!(said.contains("Expose an API"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_accepts_the_tokens_for_its_registration() {
    let bench = Bench::with(Demo::of(Template::Api), "b2cemulator", "b2c").await;
    let audiences = || {
        let document: toml::Table = bench.demo.read("b2c.toml").parse().expect("TOML");
        document["profile"]["tenant"]["api"]["audiences"].clone()
    };
    assert_eq!(audiences(), toml::Value::Array(Vec::new()));
    let printed = bench.register(&["--print"]);
    let said = stderr(&printed);
    assert!(said.contains("profile.tenant.api.audiences"), "{said}");
    let dry = bench.register(&["--dry-run"]);
    assert!(dry.status.success(), "{}", stderr(&dry));
    assert_eq!(audiences(), toml::Value::Array(Vec::new()));

    let said = bench.succeeds(&[]);
    let id = bench.setting("client_id");
    assert_eq!(audiences(), toml::Value::from(vec![id.clone()]), "{said}");
    assert!(
        said.contains(&format!("audiences of profile.tenant.api: {id}")),
        "{said}"
    );
    // What people write there stays.
    bench
        .demo
        .replace("b2c.toml", &format!("[\"{id}\"]"), "[\"api://mine\"]");
    bench.succeeds(&[]);
    assert_eq!(
        audiences(),
        toml::Value::from(vec!["api://mine".to_owned()])
    );
}
