//! What can be wrong with a place on Unix.

mod linked;
mod mounted;

use std::fs::File;
use std::path::Path;

use libtest_mimic::Trial;
use rustix::fs::{FlockOperation, flock};

use crate::trial;

pub(crate) fn trials() -> Vec<Trial> {
    let mounts = mounted::can_mount();
    let without = (!mounts).then_some("needs to be root and allowed to mount");
    let mounted = |name: &str, test: fn()| {
        let name = without.map_or(name.to_owned(), |why| format!("{name} ({why})"));
        trial(&name, test).with_ignored_flag(!mounts)
    };
    vec![
        mounted(
            "a_full_disk_leaves_everything_as_it_was",
            mounted::full_disk,
        ),
        mounted("a_read_only_project_is_left_alone", mounted::read_only),
        trial("a_path_that_is_not_utf8_is_no_hindrance", linked::not_utf8),
        trial("a_link_out_of_the_project_is_refused", linked::linked_out),
        trial(
            "a_link_within_the_project_is_written_through",
            linked::linked_within,
        ),
    ]
}

/// Holds a lock as another process would.
pub(crate) fn hold(path: &Path) -> File {
    let file = File::options().write(true).open(path).expect("there");
    flock(&file, FlockOperation::LockExclusive).expect("locked");
    file
}
