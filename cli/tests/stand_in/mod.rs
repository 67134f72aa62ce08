//! Programs that stand in for others.

use std::path::Path;
use std::process::Command;

/// Writes a script that can be run at once. Another process does it: a file that this one has open for
/// writing is open in whatever another test starts at that moment, too, and does not run meanwhile.
pub(crate) fn write(path: &Path, script: &str) {
    let mut writer = Command::new("sh");
    let write = r#"printf %s "$1" >"$0" && chmod 755 "$0""#;
    writer.args(["-c", write]).arg(path).arg(script);
    assert!(writer.status().expect("sh runs").success());
}
