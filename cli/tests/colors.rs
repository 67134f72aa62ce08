//! Diffs have colours where they are asked for, and nowhere else.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use std::process::Command;

use program::{Demo, stdout};

#[test]
fn a_diff_has_colours_where_they_are_asked_for() {
    let demo = Demo::new();
    let set = ["tenant", "set", "contoso", "--diff", "--color"];
    let plain = stdout(&demo.run(&[&set[..], &["never"]].concat()));
    assert!(
        plain.contains("\n+tenant = \"contoso\"\n") && !plain.contains('\u{1b}'),
        "{plain}"
    );
    // No terminal reads this.
    assert_eq!(stdout(&demo.run(&[&set[..], &["auto"]].concat())), plain);

    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .arg("b2c-init")
        .args(set)
        .arg("always")
        .env("NO_COLOR", "1");
    let output = program.current_dir(demo.root()).output().expect("it runs");
    let colored = stdout(&output);
    assert!(
        colored.contains("\u{1b}[32m+tenant = \"contoso\"\u{1b}[0m\n"),
        "{colored}"
    );
    assert!(colored.contains("\u{1b}[31m-tenant"), "{colored}");
    // The same text below.
    let mut bare = String::new();
    let mut rest = colored.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        bare.push_str(before);
        rest = after.split_once('m').expect("the end of a colour").1;
    }
    assert_eq!(bare + rest, plain);

    demo.replace("src/pages.rs", "use ", "// Mine.\nuse ");
    let drift = stdout(&demo.run(&["diff", "--drift", "--color", "always"]));
    assert!(drift.contains("\u{1b}[32m+// Mine.\u{1b}[0m"), "{drift}");
}
