//! `tenant` in a profile of several providers, and the day on which a client secret ends.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod program;

use program::{Demo, stderr, stdout};
use serde_json::json;

const OLD_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const NEW_ID: &str = "22223333-cccc-4444-dddd-5555eeee6666";

/// A project on the move from B2C to External ID.
fn both() -> Demo {
    let demo = Demo::new();
    demo.succeeds(&["tenant", "set", "contoso", "--client-id", OLD_ID]);
    demo.succeeds(&["tenant", "use", "tenant"]);
    let migrate = ["migrate", "--to", "external-id", "--side-by-side"];
    let new = ["--tenant", "fabrikam", "--client-id", NEW_ID];
    demo.succeeds(&[migrate, new].concat());
    demo
}

fn provider(demo: &Demo, name: &str) -> toml::Table {
    let table: toml::Table = demo.read("b2c.toml").parse().expect("TOML");
    let providers = &table["profile"]["tenant"]["providers"];
    providers[name].as_table().expect("a provider").clone()
}

#[test]
fn every_provider_of_a_profile_is_listed() {
    let demo = both();
    let listed = stdout(&demo.run(&["tenant", "list"]));
    let words: Vec<Vec<_>> = listed
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    let id = "00001111-aaaa-2222-bbbb-3333cccc4444";
    assert_eq!(
        words,
        [
            vec!["PROFILE", "PROVIDER", "KIND", "TENANT", "CLIENT", "ID"],
            vec!["emulator", "-", "b2c", "b2cemulator.onmicrosoft.com", id],
            vec!["*", "tenant", "default", "b2c", "contoso", OLD_ID],
            vec!["external-id", "external-id", "fabrikam", NEW_ID],
        ]
    );
    let profiles = demo.json(&["tenant", "list", "--json"])["profiles"].clone();
    assert_eq!(profiles[0]["providers"], json!([]));
    assert_eq!(profiles[0]["kind"], "b2c");
    assert_eq!(
        profiles[1],
        json!({
            "name": "tenant", "active": true, "kind": null, "tenant": null, "client_id": null,
            "providers": [
                { "name": "default", "kind": "b2c", "tenant": "contoso", "client_id": OLD_ID },
                { "name": "external-id", "kind": "external-id", "tenant": "fabrikam", "client_id": NEW_ID },
            ],
        })
    );
}

#[test]
fn one_of_several_providers_is_set_by_its_name() {
    let demo = both();
    demo.replace(
        "b2c.toml",
        "tenant = \"fabrikam\"\n",
        "tenant = \"fabrikam\" # ours\n",
    );
    let before = demo.tree();
    let old = provider(&demo, "default");
    let other = "44445555-dddd-6666-eeee-7777ffff8888";
    let set = [
        "tenant",
        "set",
        "woodgrove",
        "--provider",
        "external-id",
        "--client-id",
        other,
    ];
    let more = [
        "--client-secret-stdin",
        "--client-secret-expires",
        "2031-01-31",
    ];
    let output = demo.run_with(&[&set[..], &more].concat(), "hunter2\n");
    assert!(output.status.success(), "{}", stderr(&output));
    let new = provider(&demo, "external-id");
    assert_eq!(new["tenant"].as_str(), Some("woodgrove"));
    assert_eq!(new["client_id"].as_str(), Some(other));
    assert_eq!(new["client_secret_expires"].as_str(), Some("2031-01-31"));
    assert!(demo.read("b2c.toml").contains("# ours"));
    assert!(
        demo.read(".env")
            .contains("B2C_EXTERNAL_ID_CLIENT_SECRET=hunter2")
    );
    assert_eq!(provider(&demo, "default"), old);
    demo.succeeds(&["update", "--check"]);
    let again = demo.tree();
    demo.succeeds(&set);
    assert_eq!(demo.tree(), again);
    demo.succeeds(&["undo"]);
    assert_eq!(demo.tree(), before);

    let flow = [
        "tenant",
        "set",
        "--provider",
        "default",
        "--sign-up-sign-in",
        "B2C_1_new",
    ];
    demo.succeeds(&flow);
    let flows = provider(&demo, "default")["user_flows"].clone();
    assert_eq!(flows["sign_up_sign_in"].as_str(), Some("B2C_1_new"));

    // When the last one of B2C is of another kind, the project's own files are for that.
    let kind = [
        "tenant",
        "set",
        "--provider",
        "default",
        "--kind",
        "entra",
        "--tenant",
        "a.com",
    ];
    let output = demo.run(&kind);
    let told = stderr(&output);
    assert!(told.contains("`sub` is another value"), "{told}");
    assert!(told.contains("cargo b2c-init update"), "{told}");
}

#[test]
fn which_of_several_is_asked_for_and_nothing_is_written() {
    let demo = both();
    let before = demo.tree();
    for (more, said) in [
        (
            &["contoso"][..],
            "--provider default or --provider external-id",
        ),
        (
            &["contoso", "--provider", "extrenal-id"],
            "has no provider \"extrenal-id\": --provider default or",
        ),
        (
            &["contoso", "--profile", "emulator", "--provider", "default"],
            "leave --provider away",
        ),
        (
            &["--provider", "default", "--prefer", "new"],
            "cannot be used with",
        ),
        (
            &[
                "--provider",
                "default",
                "--client-secret-expires",
                "2027-02-30",
            ],
            "a day such as 2027-01-31",
        ),
    ] {
        let output = demo.run(&[&["tenant", "set"], more].concat());
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{more:?}: {told}");
        assert!(told.contains(said), "{more:?}: {told}");
    }
    let wrong = [
        "tenant",
        "set",
        "--provider",
        "external-id",
        "--client-id",
        "x",
    ];
    let output = demo.run(&wrong);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains("providers.external-id.client_id"));
    assert_eq!(demo.tree(), before);
}

#[test]
fn a_provider_without_user_flows_is_given_none() {
    let demo = both();
    let before = demo.tree();
    let flow = ["--edit-profile-policy-id", "B2C_1_edit"];
    for (action, refused) in [
        ("set", &["--provider", "external-id"][..]),
        ("set", &["--profile", "emulator", "--kind", "external-id"]),
        ("add", &["staging", "--kind", "entra"]),
    ] {
        let output = demo.run(&[&["tenant", action], refused, &flow].concat());
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{refused:?}: {told}");
        assert!(told.contains("--edit-profile is for --kind b2c"), "{told}");
    }
    assert_eq!(demo.tree(), before);
    let entra = ["staging", "--kind", "entra", "--tenant", "contoso"];
    let none = ["--client-id", NEW_ID, "--edit-profile", "none", "-n"];
    demo.succeeds(&[&["tenant", "add"], &entra[..], &none].concat());
}

#[test]
fn a_new_secret_asks_for_its_day_and_an_update_keeps_it() {
    let demo = Demo::new();
    let day = [
        "tenant",
        "set",
        "contoso",
        "--client-id",
        OLD_ID,
        "--client-secret-expires",
    ];
    demo.succeeds(&[&day[..], &["2031-01-31"]].concat());
    demo.succeeds(&["update"]);
    demo.succeeds(&["update", "--check"]);
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret_expires = \"2031-01-31\"")
    );
    let output = demo.run_with(&["tenant", "set", "--client-secret-stdin"], "hunter2\n");
    let told = stderr(&output);
    assert!(
        told.contains("client_secret_expires is still 2031-01-31"),
        "{told}"
    );
    let both = [
        "tenant",
        "set",
        "--client-secret-stdin",
        "--client-secret-expires",
        "2033-01-31",
    ];
    let output = demo.run_with(&both, "hunter3\n");
    assert!(!stderr(&output).contains("is still"), "{}", stderr(&output));
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret_expires = \"2033-01-31\"")
    );

    // A move takes the new registration's along, not B2C's.
    let migrate = [
        "migrate",
        "--to",
        "external-id",
        "--tenant",
        "fabrikam",
        "--client-id",
        NEW_ID,
    ];
    let profile = ["--profile", "tenant"];
    let before = demo.tree();
    demo.succeeds(&[&migrate[..], &profile].concat());
    assert!(!demo.read("b2c.toml").contains("client_secret_expires"));
    demo.succeeds(&["undo"]);
    assert_eq!(demo.tree(), before);
    let day = ["--client-secret-expires", "2034-01-31"];
    demo.succeeds(&[&migrate[..], &profile, &day].concat());
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret_expires = \"2034-01-31\"")
    );
    demo.succeeds(&["update"]);
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret_expires = \"2034-01-31\"")
    );
}

/// What README says to do before the app goes into production.
fn takes_the_comment_signs_away(demo: &Demo) {
    for line in ["[profile.tenant.app]", "base_url = "] {
        let text = demo.read("b2c.toml");
        demo.write("b2c.toml", &text.replace(&format!("# {line}"), line));
    }
    let table = demo.read("b2c.toml").parse::<toml::Table>();
    let table = table.expect("TOML");
    let app = &table["profile"]["tenant"]["app"];
    assert_eq!(app["base_url"].as_str(), Some("https://app.contoso.com"));
    let findings = demo.json(&["doctor", "--offline", "--json"])["findings"].to_string();
    assert!(!findings.contains("not TOML"), "{findings}");
}

#[test]
fn the_address_of_the_app_can_be_uncommented_after_a_command_wrote_its_table() {
    let demo = both();
    takes_the_comment_signs_away(&demo);
    demo.succeeds(&["update"]);

    let demo = Demo::new();
    let address = ["--base-url", "https://other.contoso.com"];
    let id = ["--client-id", OLD_ID];
    demo.succeeds(&[&["tenant", "set", "contoso"][..], &address, &id].concat());
    let text = demo.read("b2c.toml");
    assert_eq!(text.matches("[profile.tenant.app]").count(), 1, "{text}");
    demo.succeeds(&["update"]);
    assert_eq!(demo.read("b2c.toml"), text);
    demo.replace("b2c.toml", "base_url = \"https://other.contoso.com\"\n", "");
    takes_the_comment_signs_away(&demo);
}

#[test]
fn what_is_said_of_a_missing_secret_works_as_it_is() {
    let demo = both();
    demo.replace(
        "b2c.toml",
        "{ env = \"B2C_CLIENT_SECRET\" }",
        "{ file = \"secrets/old one\" }",
    );
    let next = |demo: &Demo| demo.json(&["tenant", "use", "tenant", "--json"])["next"].clone();
    let set =
        "cargo b2c-init tenant set --profile tenant --provider external-id --client-secret-stdin";
    let file = "put the client secret into secrets/old one";
    assert_eq!(next(&demo), json!([file, set]));
    std::fs::create_dir(demo.root().join("secrets")).expect("created");
    demo.write("secrets/old one", "hunter2");
    let words: Vec<_> = set.split(' ').skip(2).collect();
    let output = demo.run_with(&words, "hunter3");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(next(&demo), json!([]));
}

#[test]
fn the_address_of_the_app_is_none_of_a_providers_settings() {
    let demo = both();
    let before = ["default", "external-id"].map(|name| provider(&demo, name));
    demo.succeeds(&["tenant", "set", "--base-url", "https://app.contoso.com"]);
    let table: toml::Table = demo.read("b2c.toml").parse().expect("TOML");
    let app = &table["profile"]["tenant"]["app"];
    assert_eq!(app["base_url"].as_str(), Some("https://app.contoso.com"));
    let after = ["default", "external-id"].map(|name| provider(&demo, name));
    assert_eq!(after, before);
    let id = ["--client-id", NEW_ID];
    let both = ["tenant", "set", "--base-url", "https://app.contoso.com"];
    let output = demo.run(&[&both[..], &id].concat());
    assert!(
        stderr(&output).contains("--provider"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn what_comes_next_is_said_for_where_the_project_is() {
    let demo = Demo::named("my demo");
    let set = ["tenant", "add", "staging", "--tenant", "contoso"];
    let rest = ["--client-id", OLD_ID, "--sign-up-sign-in", "B2C_1_susi"];
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    let program = program.arg("b2c-init").args(set).args(rest);
    let output = program
        .args(["-C", "my demo", "--json"])
        .current_dir(demo.outside())
        .output()
        .expect("the program runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let quote = if cfg!(windows) { '"' } else { '\'' };
    let step = format!("cargo b2c-init tenant use -C {quote}my demo{quote} staging");
    assert_eq!(said["next"], json!([step]));
}

#[test]
fn the_profile_that_the_environment_chooses_is_the_one_in_use() {
    let demo = Demo::new();
    demo.succeeds(&["tenant", "set", "contoso", "--client-id", OLD_ID]);
    let env = demo.read(".env");
    demo.write(".env", &format!("{env}B2C_PROFILE=tenant\n"));
    let used = |output: &std::process::Output| {
        let listed = stdout(output);
        let line = listed.lines().find(|line| line.starts_with('*'));
        line.map(|line| line.split_whitespace().nth(1).expect("a name").to_owned())
    };
    let output = demo.run(&["tenant", "list"]);
    assert_eq!(used(&output).as_deref(), Some("tenant"));
    let wins = "B2C_PROFILE is \"tenant\" in .env, and wins";
    assert!(stderr(&output).contains(wins), "{}", stderr(&output));
    let profiles = demo.json(&["tenant", "list", "--json"])["profiles"].clone();
    let active: Vec<_> = profiles.as_array().expect("profiles").iter().collect();
    let active = active.iter().filter(|profile| profile["active"] == true);
    let active: Vec<_> = active.map(|profile| &profile["name"]).collect();
    assert_eq!(active, ["tenant"]);

    let output = demo.run(&["tenant", "use", "emulator"]);
    assert!(stderr(&output).contains(wins), "{}", stderr(&output));
    let output = demo.run(&["tenant", "use", "tenant"]);
    assert!(!stderr(&output).contains("wins"), "{}", stderr(&output));
    // The process's own comes first, as for the app.
    demo.succeeds(&["tenant", "use", "emulator"]);
    for (own, expected, warned) in [
        ("tenant", "tenant", Some("here, and wins")),
        ("emulator", "emulator", None),
        ("", "emulator", None),
    ] {
        let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        program.args(["b2c-init", "tenant", "list", "-C"]);
        program.arg(demo.root()).env("B2C_PROFILE", own);
        let output = program.output().expect("the program runs");
        assert_eq!(used(&output).as_deref(), Some(expected), "{own:?}");
        let told = stderr(&output);
        assert_eq!(told.contains("wins"), warned.is_some(), "{own:?}: {told}");
        assert!(told.contains(warned.unwrap_or_default()), "{told}");
    }
}

#[test]
fn keys_that_are_no_settings_are_told_in_a_line() {
    let demo = Demo::new();
    let head = "[profile.tenant.provider]\n";
    demo.replace("b2c.toml", head, &format!("{head}cleint_id = \"x\"\n"));
    let set = ["tenant", "set", "contoso", "--client-id", OLD_ID];
    let output = demo.run(&set);
    let told = stderr(&output);
    assert!(output.status.success(), "{told}");
    assert!(
        told.contains("b2c.toml: profile.tenant.provider.cleint_id: there is no such setting"),
        "{told}"
    );
    assert!(told.contains("`client_id`"), "{told}");
    assert!(
        !told.contains("not complete yet: profile.tenant.provider.cl"),
        "{told}"
    );

    let more = (0..1000).map(|number| format!("key{number} = {number}\n"));
    let more = more.collect::<String>();
    demo.replace("b2c.toml", head, &format!("{head}{more}"));
    let output = demo.run(&set);
    let told = stderr(&output);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("1001 keys are no settings: "), "{told}");
    assert!(told.len() < 2000, "{} bytes: {told}", told.len());
    let output = demo.run(&["tenant", "use", "tenant"]);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("1001 keys are no settings: "), "{told}");
    assert!(told.len() < 2000, "{} bytes: {told}", told.len());
}
