//! Places in this checkout.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The checkout that the tests belong to.
#[derive(Clone, Copy, Debug)]
pub struct Workspace;

impl Workspace {
    /// Its root.
    pub fn root() -> PathBuf {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
        tests.parent().unwrap_or(tests).to_owned()
    }

    /// Where everything is built.
    pub fn target() -> PathBuf {
        let set = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
        let directory = set.unwrap_or_else(|| PathBuf::from("target"));
        Self::root().join(directory)
    }

    /// A directory of the tests' own, emptied.
    pub fn scratch(name: &str) -> std::io::Result<PathBuf> {
        let directory = Self::target().join("e2e").join(name);
        if directory.exists() {
            std::fs::remove_dir_all(&directory)?;
        }
        std::fs::create_dir_all(&directory)?;
        Ok(directory)
    }

    /// Lets servers' workers read a file of the tests', or look into a directory, but not what is in it;
    /// started by root, they are somebody else.
    pub fn open_to_workers(path: &Path) -> std::io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = if path.is_dir() { 0o755 } else { 0o644 };
            std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode))?;
        }
        let _ = path;
        Ok(())
    }

    /// cargo, to be run in the root.
    pub fn cargo() -> Command {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.current_dir(Self::root());
        // What cargo told this test about itself must not reach the cargo inside.
        for (name, _) in std::env::vars_os() {
            let told = name.to_string_lossy().starts_with("CARGO_PKG_")
                || name == "CARGO_MANIFEST_DIR"
                || name == "CARGO_MANIFEST_PATH";
            if told {
                cargo.env_remove(name);
            }
        }
        cargo
    }
}
