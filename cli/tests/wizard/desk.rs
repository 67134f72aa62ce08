//! Somebody at a terminal, and the questions that they are asked.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_b2c_init::Template;
use tempfile::TempDir;

use super::program;
use super::pty::Pty;

pub(crate) const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";

/// An empty directory with somebody at a terminal in it.
pub(crate) struct Desk {
    sandbox: TempDir,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self {
            sandbox: tempfile::tempdir().expect("a directory"),
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.sandbox.path()
    }

    pub(crate) fn new_project(&self, arguments: &[&str]) -> Pty {
        self.new_project_on(80, arguments, &[])
    }

    pub(crate) fn new_project_on(
        &self,
        columns: u16,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Pty {
        let arguments = [&["new"], arguments].concat();
        Pty::run(self.path(), &arguments, columns, environment)
    }

    /// The files of a project, without what is random.
    pub(crate) fn tree(&self, name: &str) -> BTreeMap<PathBuf, String> {
        let root = self.path().join(name);
        let tree = program::tree(&root).into_iter().map(|(path, bytes)| {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let lines = text
                .lines()
                .filter(|line| !line.starts_with("B2C_COOKIE_KEY="));
            let text = lines.collect::<Vec<_>>().join("\n");
            (path.strip_prefix(&root).expect("inside").to_owned(), text)
        });
        tree.collect()
    }

    pub(crate) fn is_empty(&self) -> bool {
        fs::read_dir(self.path())
            .expect("readable")
            .next()
            .is_none()
    }
}

/// The questions, in their order, with an answer to each that leads to the next one.
pub(crate) fn questions() -> Vec<(&'static str, &'static str)> {
    let mut all = vec![
        ("Where to?", "demo\r"),
        ("What sort of project?", "web-app\r"),
        ("Who signs the users in?", "b2c\r"),
        ("Your tenant?", "contoso\r"),
        (
            "The application (client) id?",
            "00001111-aaaa-2222-bbbb-3333cccc4444\r",
        ),
        ("The user flows?", "B2C_1_susi, none, B2C_1_reset\r"),
        ("The client secret?", "hunter2\r"),
        ("Where are sessions kept?", "redis\r"),
        ("Files to run and check it with?", "compose, github\r"),
        ("Write it?", "y\r"),
    ];
    if Template::ALL.len() == 1 {
        all.remove(1);
    }
    all
}
