//! Disks that are full or cannot be written to, for whoever may mount some.

use std::process::Command;

use crate::program::{Demo, stderr, stdout};

pub(crate) fn can_mount() -> bool {
    // In a container a mount namespace may be allowed, and mounting in it not.
    let mounts = r#"d=$(mktemp -d) && trap 'rmdir "$d"' EXIT && mount -t tmpfs tmpfs "$d" \
        && mount -o remount,ro,bind "$d" && umount "$d""#;
    let mount = Command::new("unshare")
        .args(["--mount", "sh", "-c", mounts])
        .output();
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

pub(crate) fn full_disk() {
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

pub(crate) fn read_only() {
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
