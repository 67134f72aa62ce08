//! Projects in places where writing fails, or where it must not happen: nothing is left half done.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

#[path = "../program/mod.rs"]
mod program;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

use std::fs;
use std::path::Path;
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use program::{Demo, run_from, stderr, stdout};
#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

fn main() {
    let mut tests = vec![
        trial(
            "inside_another_workspace_nothing_else_changes",
            another_workspace,
        ),
        trial(
            "a_workspace_that_takes_all_for_its_members_is_told_of_the_new_one",
            members_by_pattern,
        ),
        trial("git_may_be_dirty_detached_or_missing", any_git),
        trial("a_file_that_is_no_toml_is_shown_with_a_caret", not_toml),
        trial("a_file_that_is_no_text_is_refused", not_text),
        trial("a_damaged_record_is_refused", damaged_record),
        trial(
            "what_an_interrupted_process_left_is_taken_back",
            interrupted,
        ),
        trial("two_processes_do_not_write_at_once", locked),
    ];
    tests.extend(system::trials());
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
}

fn trial(name: &str, test: fn()) -> Trial {
    Trial::test(name, move || {
        test();
        Ok::<(), Failed>(())
    })
}

const TENANT: &[&str] = &["tenant", "set", "contoso"];

/// Runs `tenant set`, which has to fail and leave everything as it was.
fn fails(demo: &Demo, code: i32) -> String {
    let before = demo.tree();
    let output = demo.run(TENANT);
    assert_eq!(output.status.code(), Some(code), "{}", stderr(&output));
    assert!(demo.tree() == before, "nothing was written");
    stderr(&output)
}

fn another_workspace() {
    let demo = Demo::new();
    let manifest = demo.outside().join("Cargo.toml");
    fs::write(&manifest, "[workspace]\nmembers = [\"demo\"]\n").expect("written");
    demo.succeeds(TENANT);
    demo.succeeds(&["update"]);
    assert_eq!(
        fs::read_to_string(manifest).expect("text"),
        "[workspace]\nmembers = [\"demo\"]\n"
    );
    assert_eq!(
        fs::read_dir(demo.outside()).expect("a directory").count(),
        2
    );
}

/// Whether cargo can read the manifest in a directory, offline.
fn cargo_reads(directory: &Path) -> bool {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "metadata",
        "--offline",
        "--no-deps",
        "--format-version",
        "1",
    ]);
    let output = cargo.current_dir(directory).output().expect("cargo runs");
    output.status.success()
}

fn members_by_pattern() {
    let demo = Demo::new();
    let root = demo.outside().join("others");
    fs::create_dir_all(root.join("crates/first/src")).expect("created");
    let first = "[package]\nname = \"first\"\nversion = \"0.1.0\"\n";
    fs::write(root.join("crates/first/Cargo.toml"), first).expect("written");
    fs::write(root.join("crates/first/src/lib.rs"), "").expect("written");
    let manifest = root.join("Cargo.toml");
    let workspace = "[workspace]\nresolver = \"3\"\nmembers = [\"crates/*\"]\n";
    fs::write(&manifest, workspace).expect("written");
    let new = |path: &str| run_from(&root, &["new", path, "--yes"], "");

    let before = program::tree(demo.outside());
    let output = new("crates/web");
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(5), "{told}");
    // By a way that leads through other directories it is the same one.
    for way in ["crates/first/../web", "../others/crates/web"] {
        let output = new(way);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(5), "{way}: {told}");
        assert!(told.contains("crates/web"), "{told}");
    }
    let line = "exclude = [\"crates/web\"]";
    assert!(told.contains(line) && told.contains("crates/*"), "{told}");
    assert!(
        program::tree(demo.outside()) == before,
        "nothing was written"
    );

    fs::write(&manifest, format!("{workspace}{line}\n")).expect("written");
    for path in ["crates/web", "apps/web"] {
        let output = new(path);
        assert!(output.status.success(), "{path}: {}", stderr(&output));
        assert!(
            cargo_reads(&root) && cargo_reads(&root.join(path)),
            "{path}"
        );
    }

    // Whoever is named is a member, excluded or not.
    let named =
        "[workspace]\nmembers = [\"crates/first\", \"crates/api\"]\nexclude = [\"crates/api\"]\n";
    fs::write(&manifest, named).expect("written");
    let told = stderr(&new("crates/api"));
    assert!(told.contains("out of members"), "{told}");
}

fn any_git() {
    let demo = Demo::new();
    demo.git(&["init", "-q"]);
    demo.git(&["add", "-A"]);
    demo.git(&["commit", "-qm", "one"]);
    demo.git(&["checkout", "-q", "--detach"]);
    demo.write("src/lib.rs", "// dirty\n");
    demo.succeeds(TENANT);
    let status = Command::new("git")
        .arg("-C")
        .arg(demo.root())
        .args(["status", "--porcelain"])
        .output();
    let status = stdout(&status.expect("git runs"));
    assert!(
        !status.contains("undo"),
        "journals are not for version control: {status}"
    );

    let demo = Demo::new();
    let mut program = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    program
        .args(TENANT)
        .current_dir(demo.root())
        .env("PATH", "");
    assert!(program.output().expect("runs").status.success());
}

fn not_toml() {
    let demo = Demo::new();
    demo.replace("b2c.toml", "kind = \"b2c\"", "kind = b2c\"");
    let line = demo
        .read("b2c.toml")
        .lines()
        .position(|line| line.contains("= b2c\""));
    let message = fails(&demo, 1);
    assert!(
        message.contains(&format!("b2c.toml:{}:", line.expect("there") + 1)),
        "{message}"
    );
    assert!(message.contains('^'), "{message}");
}

fn not_text() {
    let demo = Demo::new();
    fs::write(demo.root().join("b2c.toml"), b"a = \"\xff\"").expect("written");
    let message = fails(&demo, 5);
    assert!(message.contains("UTF-8"), "{message}");
}

fn damaged_record() {
    for (path, text) in [
        ("b2c.lock", "<<<<<<< HEAD\n"),
        (".b2c/base.txt", "<<<<<<< HEAD\n"),
    ] {
        let demo = Demo::new();
        demo.write(path, text);
        let message = fails(&demo, 5);
        assert!(
            message.contains(&format!("git checkout -- {path}")),
            "{message}"
        );
    }
}

/// The state that a process leaves that ends between two renames.
fn interrupted() {
    let demo = Demo::new();
    let before = demo.tree();
    demo.succeeds(TENANT);
    let after = demo.read("b2c.lock");
    let undo = demo.root().join(".b2c/undo");
    demo.succeeds(&["undo"]);
    demo.succeeds(TENANT);
    fs::rename(undo.join("1"), undo.join("pending")).expect("moved");
    // Of three files, the second is as if it had not been reached.
    let lock = before.get(&demo.root().join("b2c.lock")).expect("there");
    fs::write(demo.root().join("b2c.lock"), lock).expect("written");
    assert!(demo.read("b2c.lock") != after);

    let output = demo.run(&["tenant", "list"]);
    assert!(
        stderr(&output).contains("Took back a change"),
        "{}",
        stderr(&output)
    );
    assert!(demo.tree() == before, "the next command takes it back");
    assert_eq!(demo.run(&["undo"]).status.code(), Some(5));
}

fn locked() {
    let demo = Demo::new();
    demo.succeeds(TENANT);
    demo.succeeds(&["undo"]);
    let lock = system::hold(&demo.root().join(".b2c/undo/lock"));
    let message = fails(&demo, 5);
    assert!(message.contains("another process"), "{message}");
    drop(lock);
    demo.succeeds(TENANT);
}
