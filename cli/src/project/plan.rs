//! What would be written.

use std::path::{Path, PathBuf};

use b2c_templates::File;
use serde_json::{Value, json};

use super::name::ProjectName;
use super::write::write;
use crate::change::{Action, ChangeSet};
use crate::digest::sha256;
use crate::error::Error;
use crate::lock::Base;

/// The files of a project, rendered and not yet written.
#[derive(Clone, Debug)]
pub struct Plan {
    path: PathBuf,
    directory: PathBuf,
    name: ProjectName,
    files: Vec<File>,
    lock_file: Option<String>,
}

impl Plan {
    pub(super) fn new(
        path: PathBuf,
        directory: PathBuf,
        name: ProjectName,
        files: Vec<File>,
        lock_file: Option<String>,
    ) -> Self {
        Self {
            path,
            directory,
            name,
            files,
            lock_file,
        }
    }

    /// The name of the package.
    pub fn name(&self) -> &ProjectName {
        &self.name
    }

    /// The directory of the project, absolute.
    pub fn directory(&self) -> &Path {
        &self.directory
    }

    /// The directory of the project as it was asked for.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The files, in the order of their paths.
    pub fn files(&self) -> &[File] {
        &self.files
    }

    /// The `Cargo.lock` to start from: the versions that this generator was tested with, of which cargo
    /// keeps what the project needs at the first build.
    pub fn lock_file(&self) -> Option<&str> {
        self.lock_file.as_deref()
    }

    /// Writes the project, whole or not at all.
    pub fn write(&self) -> Result<(), Error> {
        self.write_unless(&|| false)
    }

    /// As [`write`](Self::write), unless somebody stops it before it is in its place.
    pub(crate) fn write_unless(&self, stopped: &dyn Fn() -> bool) -> Result<(), Error> {
        write(self, stopped)
    }

    /// For `--json`: path and digest of each file, of secret ones the path alone.
    pub(crate) fn to_json(&self) -> Value {
        let files = self.files.iter().map(|file| {
            let mut entry = json!({ "path": file.path(), "action": Action::Create.name() });
            if file.is_secret() {
                entry["secret"] = true.into();
            } else {
                entry["sha256"] = sha256(file.contents().as_bytes()).into();
            }
            entry
        });
        files.collect()
    }

    /// The files as a unified diff; of secret ones no more than that they are made.
    pub(crate) fn diff(&self) -> String {
        let diffs = self.files.iter().map(|file| {
            if file.is_secret() {
                format!("# create {}: secrets are not shown\n", file.path())
            } else if file.path() == Base::PATH {
                let path = file.path();
                format!("# create {path}: this tool's own copy of what it wrote, not shown\n")
            } else {
                ChangeSet::creation(file.path(), file.contents())
            }
        });
        diffs.collect()
    }

    /// The files as a tree, one line each.
    pub(crate) fn tree(&self) -> Vec<String> {
        let lock_file = self.lock_file.iter().map(|_| LOCK_FILE);
        let mut paths: Vec<_> = self.files.iter().map(File::path).chain(lock_file).collect();
        paths.sort_unstable();
        let paths: Vec<Vec<&str>> = paths.iter().map(|path| path.split('/').collect()).collect();
        let mut lines = vec![format!("{}/", self.path.display())];
        branch(&paths, "", &mut lines);
        lines
    }
}

/// The lines of one directory: its directories, then its files.
fn branch(paths: &[Vec<&str>], indent: &str, lines: &mut Vec<String>) {
    let mut directories: Vec<(&str, Vec<Vec<&str>>)> = Vec::new();
    let mut files = Vec::new();
    for path in paths {
        match path.as_slice() {
            [] => {}
            [file] => files.push(*file),
            [directory, below @ ..] => match directories.last_mut() {
                Some((last, group)) if last == directory => group.push(below.to_vec()),
                _ => directories.push((directory, vec![below.to_vec()])),
            },
        }
    }
    let count = directories.len() + files.len();
    let marks = |index: usize| {
        if index + 1 == count {
            ("└── ", "    ")
        } else {
            ("├── ", "│   ")
        }
    };
    for (index, (directory, below)) in directories.iter().enumerate() {
        let (mark, rest) = marks(index);
        lines.push(format!("{indent}{mark}{directory}/"));
        branch(below, &format!("{indent}{rest}"), lines);
    }
    for (index, file) in files.iter().enumerate() {
        let (mark, _) = marks(directories.len() + index);
        lines.push(format!("{indent}{mark}{file}"));
    }
}

/// What cargo calls the versions it has chosen.
pub(super) const LOCK_FILE: &str = "Cargo.lock";

#[cfg(test)]
mod tests {
    use super::branch;

    #[test]
    fn a_tree_shows_directories_first() {
        let paths = [
            "Cargo.toml",
            "src/lib.rs",
            "src/main.rs",
            "tests/support/mod.rs",
        ];
        let paths: Vec<Vec<&str>> = paths.iter().map(|path| path.split('/').collect()).collect();
        let mut lines = Vec::new();
        branch(&paths, "", &mut lines);
        let expected = "\
├── src/
│   ├── lib.rs
│   └── main.rs
├── tests/
│   └── support/
│       └── mod.rs
└── Cargo.toml";
        assert_eq!(lines.join("\n"), expected);
    }
}
