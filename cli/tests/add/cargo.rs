//! `cargo check` before and after, and what it leaves behind.

use super::existing::{Existing, said};
use super::stand_in;

/// A cargo that answers `metadata`, and does this for `check`.
fn with_cargo(shop: &Existing, check: &str) -> std::process::Output {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let tools = tempfile::tempdir().expect("a directory");
    let path = tools.path().join("cargo");
    let script = format!("#!/bin/sh\n[ \"$1\" = metadata ] && exec {cargo} \"$@\"\n{check}\n");
    stand_in::write(&path, &script);
    let mut program = std::process::Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .args(["b2c-init", "add", "--wire"])
        .current_dir(shop.root());
    program.env("CARGO", &path).output().expect("it runs")
}

#[test]
fn a_build_that_is_interrupted_leaves_everything_as_it_was() {
    // A build takes a while, in which the interrupt gets to where it is heard.
    let interrupt = "kill -INT $PPID; sleep 1";
    for check in [
        interrupt.to_owned(),
        format!("[ -f b2c.toml ] || exit 0\ntouch Cargo.lock\n{interrupt}"),
    ] {
        let shop = Existing::axum();
        let before = shop.tree();
        let output = with_cargo(&shop, &check);
        assert_eq!(output.status.code(), Some(130), "{}", said(&output));
        assert!(shop.tree() == before, "{check}");
    }
}

#[test]
fn what_cargo_makes_of_its_lock_file_is_undone_with_the_rest() {
    let shop = Existing::axum();
    shop.write("Cargo.lock", "version = 4\n");
    let before = shop.tree();
    let output = with_cargo(
        &shop,
        "[ -f b2c.toml ] && echo '# more' >> Cargo.lock; exit 0",
    );
    assert!(output.status.success(), "{}", said(&output));
    assert_eq!(shop.read("Cargo.lock"), "version = 4\n# more\n");
    shop.says(&["undo"]);
    assert!(shop.tree() == before);

    let output = with_cargo(
        &shop,
        "[ -f b2c.toml ] || exit 0; echo '# more' >> Cargo.lock; exit 1",
    );
    assert_eq!(output.status.code(), Some(5), "{}", said(&output));
    assert!(shop.tree() == before);
}
