//! Projects in places where writing fails, or where it must not happen: nothing is left half done.

#![cfg(unix)]
#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;
use std::process::Command;

use libtest_mimic::{Arguments, Failed, Trial};
use program::{Demo, stderr, stdout};

fn main() {
    let mounts = can_mount();
    let without = (!mounts).then_some("needs to be root and allowed to mount");
    let trial = |name: &str, test: fn()| {
        Trial::test(name, move || {
            test();
            Ok::<(), Failed>(())
        })
    };
    let mounted = |name: &str, test: fn()| {
        let name = without.map_or(name.to_owned(), |why| format!("{name} ({why})"));
        trial(&name, test).with_ignored_flag(!mounts)
    };
    let tests = vec![
        mounted("a_full_disk_leaves_everything_as_it_was", full_disk),
        mounted("a_read_only_project_is_left_alone", read_only),
        trial("a_path_that_is_not_utf8_is_no_hindrance", not_utf8),
        trial("a_link_out_of_the_project_is_refused", linked_out),
        trial(
            "a_link_within_the_project_is_written_through",
            linked_within,
        ),
        trial(
            "inside_another_workspace_nothing_else_changes",
            another_workspace,
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
    libtest_mimic::run(&Arguments::from_args(), tests).exit();
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

fn can_mount() -> bool {
    let mount = Command::new("unshare").args(["--mount", "true"]).output();
    mount.is_ok_and(|output| output.status.success())
}

/// Runs a script in the project with mounts of its own.
fn with_mounts(demo: &Demo, script: &str) {
    let program = env!("CARGO_BIN_EXE_cargo-b2c-init");
    let output = Command::new("unshare")
        .args(["--mount", "bash", "-euc", script, "bash", program])
        .arg(demo.root())
        .output()
        .expect("unshare runs");
    let said = stdout(&output) + &stderr(&output);
    assert!(output.status.success(), "{said}");
}

fn full_disk() {
    // Room for the project and the journal, not for the new files.
    let script = r#"
        mkdir "$2/../small" && mount -t tmpfs -o size=16m tmpfs "$2/../small" && cd "$2/../small"
        cp -a "$2" demo && cp -a demo before && cd demo
        for free in 0 4 8 16 32 48 64 96; do
            dd if=/dev/zero of=../fill bs=1k count=20000 2>/dev/null || true
            truncate -s "-${free}k" ../fill
            if "$1" tenant set contoso -q 2>"$2/../said"; then
                test "$free" -gt 0
                rm ../fill
                "$1" undo -q
            else
                grep -q 'No space left' "$2/../said"
            fi
            rm -f ../fill
            diff -r --exclude undo . ../before
        done
        "$1" tenant set contoso -q
    "#;
    with_mounts(&Demo::new(), script);
}

fn read_only() {
    let script = r#"
        mount --bind "$2" "$2" && mount -o remount,ro,bind "$2" && cd "$2"
        if "$1" tenant set contoso -q 2>../said; then exit 1; fi
        grep -q 'Read-only' ../said
        "$1" tenant set contoso -n
        "$1" tenant list
        "$1" update --check
    "#;
    with_mounts(&Demo::new(), script);
}

fn not_utf8() {
    let demo = Demo::named(OsStr::from_bytes(b"d\xe9mo"));
    demo.succeeds(TENANT);
    demo.succeeds(&["undo"]);
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(0));
    assert!(demo.json(&["tenant", "list", "--json"])["profiles"].is_array());
}

fn linked_out() {
    let demo = Demo::new();
    let outside = demo.outside().join("elsewhere.toml");
    fs::rename(demo.root().join("b2c.toml"), &outside).expect("moved");
    symlink(&outside, demo.root().join("b2c.toml")).expect("linked");
    let message = fails(&demo, 5);
    assert!(
        message.contains("b2c.toml leads out of the project"),
        "{message}"
    );

    let demo = Demo::new();
    fs::rename(demo.root().join(".b2c"), demo.outside().join("b2c")).expect("moved");
    symlink(demo.outside().join("b2c"), demo.root().join(".b2c")).expect("linked");
    fails(&demo, 5);
    assert!(!demo.outside().join("b2c/undo").exists());
}

fn linked_within() {
    let demo = Demo::new();
    fs::create_dir(demo.root().join("config")).expect("created");
    fs::rename(
        demo.root().join("b2c.toml"),
        demo.root().join("config/real.toml"),
    )
    .expect("moved");
    symlink("config/real.toml", demo.root().join("b2c.toml")).expect("linked");
    demo.succeeds(TENANT);
    let link = fs::symlink_metadata(demo.root().join("b2c.toml")).expect("there");
    assert!(link.is_symlink());
    assert!(demo.read("config/real.toml").contains("\"contoso\""));
    demo.succeeds(&["undo"]);
    assert!(!demo.read("config/real.toml").contains("\"contoso\""));
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
    let lock = fs::File::options()
        .write(true)
        .open(demo.root().join(".b2c/undo/lock"));
    let lock = lock.expect("there");
    rustix::fs::flock(&lock, rustix::fs::FlockOperation::LockExclusive).expect("locked");
    let message = fails(&demo, 5);
    assert!(message.contains("another process"), "{message}");
    drop(lock);
    demo.succeeds(TENANT);
}
