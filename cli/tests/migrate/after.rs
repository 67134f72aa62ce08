//! What `update` makes of a project after a move: its own files are for External ID then, and what people
//! wrote stays.

use std::collections::BTreeMap;
use std::path::PathBuf;

use cargo_b2c_init::{Kind, Template};

use super::program::{Demo, stderr, stdout};
use super::{NEW, b2c_of, beside, migrate, settings};

fn update(demo: &Demo) {
    demo.succeeds(&["update"]);
    demo.succeeds(&["update", "--check"]);
}

/// The files that the template makes, but for settings, secrets and records.
fn rendered(demo: &Demo) -> BTreeMap<PathBuf, Vec<u8>> {
    let tree = demo.tree().into_iter().map(|(path, bytes)| {
        let path = path.strip_prefix(demo.root()).expect("inside").to_owned();
        (path, bytes)
    });
    let is_own = |path: &str| {
        !path.starts_with(".env") && !path.starts_with(".b2c") && !path.starts_with("b2c.")
    };
    tree.filter(|(path, _)| is_own(&path.to_string_lossy()))
        .collect()
}

/// Those that are not the same.
fn differences(one: &Demo, other: &Demo) -> Vec<PathBuf> {
    let (one, other) = (rendered(one), rendered(other));
    let paths = one.keys().chain(other.keys());
    let differs = paths.filter(|path| one.get(*path) != other.get(*path));
    differs.cloned().collect()
}

#[test]
fn an_update_writes_the_files_of_a_project_of_external_id() {
    for template in Template::ALL {
        let fresh = Demo::with(|project| project.template(template).kind(Kind::ExternalId));
        let profile = ["--profile", "tenant"];
        let at_once = [migrate(&NEW), profile.to_vec()].concat();
        let finish = [migrate(&["--finish"]), profile.to_vec()].concat();
        let both = [beside(), profile.to_vec()].concat();
        for steps in [vec![at_once], vec![both, finish]] {
            let demo = b2c_of(template);
            let before = demo.tree();
            for step in &steps {
                // Until the old one is gone the files are for B2C.
                demo.succeeds(&["update", "--check"]);
                demo.succeeds(step);
            }
            let moved = demo.tree();
            let mut config = settings(&demo);
            let pending = demo.run(&["update", "--check"]);
            assert_eq!(pending.status.code(), Some(4), "{}", stderr(&pending));
            let shown = stdout(&demo.run(&["diff"]));
            assert!(shown.contains("+++ b/tests/support/mod.rs"), "{shown}");
            update(&demo);
            assert!(stdout(&demo.run(&["diff"])).is_empty());
            assert!(
                differences(&demo, &fresh).is_empty(),
                "{template} {steps:?}: {:?}",
                differences(&demo, &fresh)
            );
            // Nothing that a move has set is set otherwise.
            let mut after = settings(&demo);
            if template == Template::Grpc {
                // The example of an API's address is that of External ID.
                let own = |table: &mut toml::Table| {
                    table["profile"]["tenant"]
                        .as_table_mut()?
                        .remove("downstream")
                };
                let (was, is) = (own(&mut config), own(&mut after));
                assert_eq!(was.is_some(), is.is_some());
            }
            assert_eq!(after, config, "{template} {steps:?}");
            demo.succeeds(&["undo"]);
            assert_eq!(demo.tree(), moved);
            for _ in &steps {
                demo.succeeds(&["undo"]);
            }
            assert_eq!(demo.tree(), before);
        }
    }
}

#[test]
fn what_people_wrote_stays_theirs_and_conflicts_with_nothing() {
    for at_once in [true, false] {
        let demo = b2c_of(Template::WebApp);
        let test = "\n#[tokio::test]\nasync fn ours() {\n    assert_eq!(\"B2C_1_susi\", \"B2C_1_susi\");\n}\n";
        demo.write(
            "tests/journeys.rs",
            &format!("{}{test}", demo.read("tests/journeys.rs")),
        );
        let page = "/// Asks B2C_1_signupsignin1 at contoso.b2clogin.com.\npub const OURS: &str = \"emails\";\n";
        demo.write(
            "src/pages.rs",
            &format!("{}{page}", demo.read("src/pages.rs")),
        );
        demo.write("README.md", "# Ours, at Azure AD B2C\n");
        let own = "# Ask Ada.\nresponse_mode = \"query\" # ours\n";
        demo.replace(
            "b2c.toml",
            "client_secret = { env = \"B2C_CLIENT_SECRET\" }\n",
            &format!("client_secret = {{ env = \"B2C_CLIENT_SECRET\" }}\n{own}"),
        );
        if at_once {
            demo.succeeds(&[migrate(&NEW), vec!["--mark"]].concat());
        } else {
            demo.succeeds(&[beside(), vec!["--mark"]].concat());
            demo.succeeds(&migrate(&["--finish"]));
        }
        update(&demo);
        let journeys = demo.read("tests/journeys.rs");
        let lines = journeys.lines().filter(|line| !line.contains("// TODO"));
        let unmarked = lines.flat_map(|line| [line, "\n"]).collect::<String>();
        assert!(unmarked.ends_with(test), "{journeys}");
        assert!(!demo.read("tests/journeys.rs").contains("/edit-profile"));
        assert!(
            demo.read("src/pages.rs")
                .ends_with("pub const OURS: &str = \"emails\";\n")
        );
        assert!(
            demo.read("src/pages.rs")
                .contains("Asks B2C_1_signupsignin1")
        );
        assert_eq!(demo.read("README.md"), "# Ours, at Azure AD B2C\n");
        // What is in the old provider's table goes with it.
        assert!(
            !at_once || demo.read("b2c.toml").contains(own),
            "{}",
            demo.read("b2c.toml")
        );
        assert!(
            demo.read("tests/support/mod.rs")
                .contains("Tenant::external_id")
        );
    }
}

#[test]
fn an_api_that_people_named_is_no_example() {
    let demo = b2c_of(Template::Grpc);
    let ours = "https://contoso.onmicrosoft.com/notes";
    demo.replace("b2c.toml", "https://contoso.onmicrosoft.com/demo-api", ours);
    demo.succeeds(&[migrate(&NEW), vec!["--profile", "tenant"]].concat());
    update(&demo);
    let api = settings(&demo)["profile"]["tenant"]["downstream"][0].clone();
    assert_eq!(api["resource"].as_str(), Some(ours));
}

#[test]
fn places_that_an_update_brings_along_are_no_work_for_people() {
    let demo = b2c_of(Template::WebApp);
    let command = |demo: &Demo, more: &[&str]| demo.json(&[migrate(more), vec!["--json"]].concat());
    for step in [
        &[][..],
        &[
            "--tenant",
            "fabrikam",
            "--client-id",
            super::NEW_ID,
            "--side-by-side",
        ],
        &["--finish"],
        &[],
    ] {
        let document = command(&demo, step);
        let found = super::findings(&document);
        assert!(
            !found.iter().any(|one| one.contains("must-change tests/")),
            "{step:?}: {found:#?}"
        );
        let brought = document["brought_by_update"].to_string();
        assert!(brought.contains("tests/support/mod.rs"), "{brought}");
    }
    let next = command(&demo, &[])["next"].to_string();
    assert!(next.contains("cargo b2c-init update"), "{next}");
    update(&demo);
    let document = command(&demo, &[]);
    assert_eq!(document["brought_by_update"], serde_json::json!([]));
    assert_eq!(document["next"], serde_json::json!([]));
}

#[test]
fn another_kind_is_followed_however_it_is_chosen() {
    let kind = |demo: &Demo| {
        let lock: toml::Table = demo.read("b2c.lock").parse().expect("TOML");
        lock["answers"]["kind"].as_str().map(str::to_owned)
    };
    let external = Some("external-id".to_owned());
    let demo = b2c_of(Template::WebApp);
    let before = demo.tree();
    let set = [
        "tenant",
        "set",
        "--kind",
        "external-id",
        "--tenant",
        "fabrikam",
    ];
    let output = demo.run(&set);
    let told = stderr(&output);
    assert!(told.contains("cargo b2c-init update"), "{told}");
    assert_eq!(kind(&demo), external);
    update(&demo);
    let emulator = settings(&demo)["profile"]["emulator"]["provider"].clone();
    assert_eq!(emulator["kind"].as_str(), Some("external-id"));
    assert!(emulator.get("user_flows").is_none());
    for _ in 0..2 {
        demo.succeeds(&["undo"]);
    }
    assert_eq!(demo.tree(), before);

    // Another profile says nothing before it is in use; the emulator's never does.
    let id = ["--client-id", super::NEW_ID];
    let add = [
        "tenant",
        "add",
        "staging",
        "--kind",
        "external-id",
        "--tenant",
        "fabrikam",
    ];
    demo.succeeds(&[&add[..], &id].concat());
    assert_eq!(kind(&demo).as_deref(), Some("b2c"));
    demo.succeeds(&["tenant", "use", "staging"]);
    assert_eq!(kind(&demo), external);
    demo.succeeds(&["tenant", "use", "emulator"]);
    assert_eq!(kind(&demo), external);
    update(&demo);
    demo.succeeds(&["tenant", "use", "tenant"]);
    assert_eq!(kind(&demo).as_deref(), Some("b2c"));
    update(&demo);
    let emulator = settings(&demo)["profile"]["emulator"]["provider"].clone();
    assert_eq!(emulator["kind"].as_str(), Some("b2c"));
    assert!(demo.read("README.md").contains("/edit-profile"));

    // Whoever has made it the active one by hand is followed, too.
    demo.replace(
        "b2c.toml",
        "active_profile = \"tenant\"",
        "active_profile = \"staging\"",
    );
    let output = demo.run(&["tenant", "use", "staging"]);
    let told = stderr(&output);
    assert!(told.contains("cargo b2c-init update"), "{told}");
    assert_eq!(kind(&demo), external);
}

#[test]
fn another_kind_that_is_imported_asks_for_an_update() {
    let demo = b2c_of(Template::WebApp);
    let settings = r#"{"AzureAd": {"Instance": "https://login.microsoftonline.com/", "TenantId":
        "22223333-cccc-4444-dddd-5555eeee6666", "ClientId": "00001111-aaaa-2222-bbbb-3333cccc4444"}}"#;
    let file = demo.outside().join("appsettings.json");
    std::fs::write(&file, settings).expect("written");
    let file = file.to_string_lossy();
    let output = demo.run(&["import", &file, "--into", ".", "--prefer", "new"]);
    let told = stderr(&output);
    assert!(output.status.success(), "{told}");
    assert!(demo.read("b2c.lock").contains("kind = \"entra\""));
    let next = told.lines().find(|line| line.starts_with("next: to write"));
    let next = next.expect("what comes next");
    assert!(next.ends_with(": cargo b2c-init update"), "{told}");
}

#[test]
fn a_profile_that_moves_while_another_is_in_use_takes_nothing_along() {
    let demo = b2c_of(Template::WebApp);
    let id = [
        "--client-id",
        super::OLD_ID,
        "--sign-up-sign-in",
        "B2C_1_susi",
    ];
    demo.succeeds(
        &[
            &["tenant", "add", "staging", "--tenant", "contosostaging"][..],
            &id,
        ]
        .concat(),
    );
    demo.succeeds(&[migrate(&NEW), vec!["--profile", "staging"]].concat());
    assert!(demo.read("b2c.lock").contains("kind = \"b2c\""));
    let emulator = settings(&demo)["profile"]["emulator"]["provider"].clone();
    assert_eq!(emulator["kind"].as_str(), Some("b2c"));
    demo.succeeds(&["update", "--check"]);
}
