//! The files to run the app with: what is generated follows the move, what people edited is told of.

use cargo_b2c_init::{Deploy, Store, Template};
use serde_json::Value;

use super::program::{Demo, stderr};
use super::{NEW, beside, findings, migrate, sign_in_at_b2c};

const OLD: &str = "B2C_CLIENT_SECRET";
const NEWER: &str = "B2C_EXTERNAL_ID_CLIENT_SECRET";
const FILES: [&str; 3] = [
    "deploy/app.service",
    "deploy/container-app.yaml",
    "deploy/kubernetes.yaml",
];

fn everywhere() -> Demo {
    let demo = Demo::with(|project| project.store(Store::Redis).deploy(Deploy::PLACES));
    sign_in_at_b2c(&demo);
    demo
}

/// Whether a file names a variable, not as a part of another one's name.
fn names(demo: &Demo, path: &str, variable: &str) -> bool {
    let text = demo.read(path);
    let mut words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    words.any(|word| word == variable)
}

fn still_named(document: &Value) -> Vec<&str> {
    let places = document["still_named"].as_array().expect("a list");
    places.iter().filter_map(Value::as_str).collect()
}

#[test]
fn generated_files_follow_each_step() {
    for steps in [
        vec![(migrate(&NEW), [false, true])],
        vec![
            (beside(), [true, true]),
            (migrate(&["--finish"]), [false, true]),
        ],
    ] {
        let demo = everywhere();
        let before = demo.tree();
        for (step, expected) in &steps {
            let document = demo.json(&[&step[..], &["--json"]].concat());
            for path in FILES {
                let found = [OLD, NEWER].map(|variable| names(&demo, path, variable));
                assert_eq!(found, *expected, "{path} after {step:?}");
            }
            assert!(still_named(&document).is_empty(), "{document}");
            let found = findings(&document);
            let of_files = found
                .iter()
                .filter(|one| one.contains("must-change deploy/"));
            assert_eq!(of_files.count(), 0, "{found:#?}");
        }
        // The emulator of compose.yaml is of the kind that the app expects.
        assert!(demo.read("deploy/emulator.toml").contains("external-id"));
        demo.succeeds(&["update"]);
        demo.succeeds(&["update", "--check"]);
        for _ in 0..=steps.len() {
            demo.succeeds(&["undo"]);
        }
        assert_eq!(demo.tree(), before);
    }
}

#[test]
fn a_look_leaves_no_work_on_generated_files() {
    let demo = everywhere();
    demo.replace("deploy/container-app.yaml", "<registry>", "contoso");
    let document = demo.json(&migrate(&["--json"]));
    let brought = document["brought_by_move"].to_string();
    assert!(brought.contains("deploy/kubernetes.yaml"), "{brought}");
    assert!(!brought.contains("container-app"), "{brought}");
    let found = findings(&document);
    let of = |path: &str| found.iter().any(|one| one.contains(path));
    assert!(of("must-change deploy/container-app.yaml"), "{found:#?}");
    assert!(!of("deploy/kubernetes.yaml"), "{found:#?}");
}

#[test]
fn edited_files_that_want_the_old_secret_are_told_of_before_it_goes() {
    let demo = everywhere();
    for path in ["deploy/kubernetes.yaml", "deploy/container-app.yaml"] {
        demo.write(path, &format!("{}# Ours.\n", demo.read(path)));
    }
    let kept = demo.read("deploy/kubernetes.yaml");
    let document = demo.json(&[&beside()[..], &["--json"]].concat());
    let found = findings(&document);
    let of = |path: &str| found.iter().any(|one| one.contains(path));
    assert!(
        of("EXT019 must-change deploy/kubernetes.yaml"),
        "{found:#?}"
    );
    // Somebody adds the new one, and leaves the old one there.
    let variable = "            - name: B2C_CLIENT_SECRET\n";
    let more = format!(
        "            - name: {NEWER}\n              valueFrom:\n                secretKeyRef:\n                  \
         name: demo\n                  key: {NEWER}\n{variable}"
    );
    demo.replace("deploy/kubernetes.yaml", variable, &more);
    assert_ne!(demo.read("deploy/kubernetes.yaml"), kept);

    let shown = demo.json(&migrate(&["--finish", "-n", "--json"]));
    let document = demo.json(&migrate(&["--finish", "--json"]));
    assert_eq!(still_named(&shown), still_named(&document));
    let text = demo.read("deploy/kubernetes.yaml");
    let lines = text
        .lines()
        .zip(1..)
        .filter(|(line, _)| line.ends_with(OLD) && !line.ends_with(NEWER));
    let expected: Vec<_> = lines
        .map(|(_, number)| format!("deploy/kubernetes.yaml:{number} {OLD}"))
        .collect();
    assert_eq!(expected.len(), 2, "the variable and its key: {text}");
    let told = still_named(&document);
    for place in &expected {
        assert!(told.contains(&place.as_str()), "{place} in {told:#?}");
    }
    let of_app = told
        .iter()
        .filter(|place| place.starts_with("deploy/container-app.yaml:"));
    assert_eq!(of_app.count(), 1, "{told:#?}");
    assert_eq!(
        told.len(),
        3,
        "no comment, and no generated file: {told:#?}"
    );
}

#[test]
fn the_advice_comes_after_the_places() {
    let demo = everywhere();
    demo.write(
        "deploy/kubernetes.yaml",
        &format!("{}# Ours.\n", demo.read("deploy/kubernetes.yaml")),
    );
    demo.succeeds(&beside());
    let told = stderr(&demo.run(&migrate(&["--finish"])));
    let places = told.find("deploy/kubernetes.yaml:").expect("the places");
    let advice = told
        .find("take B2C's client secret out")
        .expect("the advice");
    assert!(places < advice, "{told}");
}

#[test]
fn a_secret_that_another_profile_has_stays_where_it_is() {
    let demo = everywhere();
    demo.replace(
        "b2c.toml",
        "client_secret = { env = \"B2C_EMULATOR_CLIENT_SECRET\" }",
        "client_secret = { env = \"B2C_CLIENT_SECRET\" }",
    );
    demo.write(
        "deploy/kubernetes.yaml",
        &format!("{}# Ours.\n", demo.read("deploy/kubernetes.yaml")),
    );
    demo.succeeds(&beside());
    let document = demo.json(&migrate(&["--finish", "--json"]));
    assert!(still_named(&document).is_empty(), "{document}");
}

#[test]
fn files_of_secrets_are_told_of_as_variables_are() {
    let demo = everywhere();
    demo.succeeds(&[
        "tenant",
        "set",
        "--profile",
        "tenant",
        "--client-secret-file",
        "/run/secrets/b2c-secret",
    ]);
    demo.succeeds(&["update"]);
    demo.write(
        "deploy/kubernetes.yaml",
        &format!("{}# Ours.\n", demo.read("deploy/kubernetes.yaml")),
    );
    demo.succeeds(&beside());
    let document = demo.json(&migrate(&["--finish", "--json"]));
    let told = still_named(&document);
    assert_eq!(told.len(), 2, "key and path: {told:#?}");
    assert!(
        told.iter().all(|place| place.ends_with(" b2c-secret")),
        "{told:#?}"
    );
}

#[test]
fn another_secret_of_the_tenant_asks_for_an_update_of_these_files() {
    let demo = everywhere();
    let set = [
        "tenant",
        "set",
        "--profile",
        "tenant",
        "--client-secret-file",
        "/run/secrets/b2c-secret",
    ];
    let told = stderr(&demo.run(&set));
    assert!(told.contains("cargo b2c-init update"), "{told}");
    assert!(told.contains("deploy/kubernetes.yaml"), "{told}");
    demo.succeeds(&["update"]);
    assert!(
        demo.read("deploy/kubernetes.yaml")
            .contains("mountPath: /run/secrets")
    );
    let told = stderr(&demo.run(&set));
    assert!(!told.contains("cargo b2c-init update"), "{told}");
}

#[test]
fn a_project_without_such_files_is_told_of_none() {
    let demo = super::b2c_of(Template::WebApp);
    demo.succeeds(&beside());
    let document = demo.json(&migrate(&["--finish", "--json"]));
    assert!(still_named(&document).is_empty(), "{document}");
    assert!(!demo.has("deploy"));
}
