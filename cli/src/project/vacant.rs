//! Whether a directory leaves room for a project.

use std::fs;
use std::io;
use std::path::Path;

use crate::error::Error;

/// The names of what is in the way of a project in this directory, sorted: everything that is there but the
/// repository that `git init` made for it.
///
/// # Errors
///
/// It cannot be read.
pub(super) fn in_the_way(directory: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(directory)? {
        let name = entry?.file_name();
        if name != REPOSITORY {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// The refusal of a directory that has these, as it was asked for.
pub(super) fn not_empty(directory: &Path, names: &[String]) -> Error {
    let (shown, more) = names.split_at(names.len().min(SHOWN));
    let more = match more.len() {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    Error::NotEmpty {
        directory: directory.to_owned(),
        found: shown.join(", ") + &more,
    }
}

/// How many names are told.
const SHOWN: usize = 5;
const REPOSITORY: &str = ".git";
