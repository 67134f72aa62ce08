//! Names and links as only Unix has them for everyone.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::symlink;

use crate::program::Demo;
use crate::{TENANT, fails};

pub(crate) fn not_utf8() {
    let demo = Demo::named(OsStr::from_bytes(b"d\xe9mo"));
    demo.succeeds(TENANT);
    demo.succeeds(&["undo"]);
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(0));
    assert!(demo.json(&["tenant", "list", "--json"])["profiles"].is_array());
}

pub(crate) fn linked_out() {
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

pub(crate) fn linked_within() {
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
