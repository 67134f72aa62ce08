//! A directory that cannot be written to, by its mode.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::program::stderr;
use crate::{b2c, beside};

#[test]
fn what_cannot_be_written_stays_as_it_is() {
    let demo = b2c();
    let before = demo.tree();
    let read_only = fs::Permissions::from_mode(0o555);
    let usual = fs::metadata(demo.root()).expect("there").permissions();
    fs::set_permissions(demo.root(), read_only).expect("set");
    // Whoever is root may write anywhere.
    let may = fs::write(demo.root().join("probe"), "").is_ok();
    let output = demo.run(&beside());
    fs::set_permissions(demo.root(), usual).expect("set");
    if may {
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(demo.tree(), before);
}
