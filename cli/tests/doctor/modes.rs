//! Files with secrets that others could read. Systems without modes have nothing to find here.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::Project;

#[test]
fn a_file_with_secrets_is_closed_to_others() {
    let project = Project::beside(8400);
    let path = project.directory().join(".env");
    let mode = || {
        let metadata = fs::metadata(&path).expect("a file");
        metadata.permissions().mode() & 0o777
    };
    fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).expect("changed");
    let found = project.doctor(&["--offline"]);
    assert_eq!(found.codes, ["B2C013"], "{}", found.text);

    let shown = project.doctor(&["--offline", "--fix", "--dry-run"]);
    assert_eq!((shown.exit, mode()), (Some(0), 0o644), "a warning");

    let mended = project.doctor(&["--offline", "--fix"]);
    assert_eq!(mended.exit, Some(0), "{}", mended.text);
    assert!(mended.codes.is_empty(), "{}", mended.text);
    assert_eq!(mode(), 0o600);
}
