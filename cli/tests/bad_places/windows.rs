//! What can be wrong with a place on Windows.

use std::fs::File;
use std::os::windows::fs::OpenOptionsExt;
use std::path::Path;

use libtest_mimic::Trial;

use crate::program::Demo;
use crate::{TENANT, fails, trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![trial(
        "a_file_that_another_program_has_open_is_left_alone",
        open_elsewhere,
    )]
}

/// Holds a lock as another process would.
pub(crate) fn hold(path: &Path) -> File {
    shared(path, 0)
}

/// As an editor may have it: others can read it, and not replace it.
fn open_elsewhere() {
    let demo = Demo::new();
    let open = shared(&demo.root().join("b2c.toml"), FILE_SHARE_READ);
    let message = fails(&demo, 1);
    assert!(message.contains("write b2c.toml"), "{message}");
    drop(open);
    demo.succeeds(TENANT);
}

fn shared(path: &Path, mode: u32) -> File {
    let mut options = File::options();
    options.read(true).write(true).share_mode(mode);
    options.open(path).expect("there")
}

/// <https://learn.microsoft.com/windows/win32/api/fileapi/nf-fileapi-createfilew>
const FILE_SHARE_READ: u32 = 1;
