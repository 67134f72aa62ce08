//! A project whose profiles move one after the other, and files with the line endings of Windows.

use super::program::{Demo, stderr};
use super::{NEW_ID, OLD_ID, migrate, settings};

/// Runs a step, and keeps what was there before.
fn step(demo: &Demo, before: &mut Vec<Vec<(String, Vec<u8>)>>, arguments: &[&str]) {
    before.push(tree(demo));
    demo.succeeds(arguments);
}

fn tree(demo: &Demo) -> Vec<(String, Vec<u8>)> {
    let files = demo.tree().into_iter();
    files
        .map(|(path, bytes)| (path.to_string_lossy().into_owned(), bytes))
        .collect()
}

#[test]
fn two_profiles_move_one_after_the_other_and_come_back() {
    let demo = Demo::new();
    let id = ["--client-id", OLD_ID];
    demo.succeeds(&[&["tenant", "set", "contoso"][..], &id].concat());
    let add = [
        "tenant",
        "add",
        "prod",
        "--tenant",
        "contosoprod",
        "--sign-up-sign-in",
        "B2C_1_p",
    ];
    demo.succeeds(&[&add[..], &id].concat());
    demo.succeeds(&["tenant", "use", "prod"]);
    let ours = "\n# Ours.\n[profile.prod.session]\nidle_minutes = 7 # B2C's was 5\n";
    demo.write("b2c.toml", &format!("{}{ours}", demo.read("b2c.toml")));
    let code = "\n/// B2C_1_susi at contoso.b2clogin.com.\npub const OURS: u8 = 1;\n";
    demo.write(
        "src/pages.rs",
        &format!("{}{code}", demo.read("src/pages.rs")),
    );

    let of = |profile: &'static str, more: &[&'static str]| {
        [migrate(more), vec!["--profile", profile]].concat()
    };
    let beside = |profile: &'static str, tenant: &'static str| {
        of(
            profile,
            &["--side-by-side", "--tenant", tenant, "--client-id", NEW_ID],
        )
    };
    let mut before = Vec::new();
    step(&demo, &mut before, &beside("tenant", "fabrikam"));
    step(&demo, &mut before, &beside("prod", "fabrikamprod"));
    demo.succeeds(&["update", "--check"]);
    // The one that is in use takes the project's own files along, the other one does not.
    step(&demo, &mut before, &of("prod", &["--finish"]));
    step(&demo, &mut before, &["update"]);
    step(&demo, &mut before, &of("tenant", &["--finish"]));
    demo.succeeds(&["update", "--check"]);

    let profiles = settings(&demo)["profile"].clone();
    let secret = |profile: &str| {
        let new = profiles[profile]["providers"]["external-id"].clone();
        new["client_secret"]["env"].as_str().map(str::to_owned)
    };
    // Each has a secret of its own.
    assert_ne!(secret("tenant"), secret("prod"));
    assert!(demo.read("b2c.toml").contains(ours.trim_start()));
    assert!(demo.read("src/pages.rs").ends_with(code));
    for tree_before in before.iter().rev() {
        demo.succeeds(&["undo"]);
        assert!(tree(&demo) == *tree_before, "undo left something behind");
    }
}

#[test]
fn files_of_windows_stay_what_they_are() {
    let demo = super::b2c();
    for (path, bytes) in demo.tree() {
        let text = String::from_utf8(bytes).expect("UTF-8");
        let path = path.strip_prefix(demo.root()).expect("inside");
        demo.write(&path.to_string_lossy(), &text.replace('\n', "\r\n"));
    }
    let mut before = Vec::new();
    step(&demo, &mut before, &super::beside());
    demo.succeeds(&["update", "--check"]);
    step(&demo, &mut before, &migrate(&["--finish", "--mark"]));
    step(&demo, &mut before, &["update"]);
    let check = demo.run(&["update", "--check"]);
    assert_eq!(check.status.code(), Some(0), "{}", stderr(&check));
    for (path, bytes) in demo.tree() {
        let text = String::from_utf8(bytes).expect("UTF-8");
        // What was added to is as it was; what is new has the endings of this system.
        let lines = (text.matches("\r\n").count(), text.matches('\n').count());
        assert!(lines.0 == lines.1 || lines.0 == 0, "{}", path.display());
    }
    assert!(
        demo.read("tests/support/mod.rs")
            .contains("Tenant::external_id")
    );
    assert!(demo.read("tests/support/mod.rs").contains("\r\n"));
    for tree_before in before.iter().rev() {
        demo.succeeds(&["undo"]);
        assert!(tree(&demo) == *tree_before, "undo left something behind");
    }
}
