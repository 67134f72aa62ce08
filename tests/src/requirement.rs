//! Tools that a test cannot do without.

use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};

/// Something that not every machine has.
#[derive(Clone, Debug)]
pub struct Requirement {
    name: &'static str,
    install: &'static str,
    found: Option<PathBuf>,
}

impl Requirement {
    /// A program on the `PATH`.
    pub fn program(name: &'static str, install: &'static str) -> Self {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let mut candidates = std::env::split_paths(&path).map(|directory| directory.join(name));
        Self {
            name,
            install,
            found: candidates.find(|candidate| candidate.is_file()),
        }
    }

    /// A file.
    pub fn file(name: &'static str, path: &Path, install: &'static str) -> Self {
        Self {
            name,
            install,
            found: path.is_file().then(|| path.to_owned()),
        }
    }

    /// Where it is, or why the test cannot run.
    pub fn path(&self) -> Result<&Path, Failed> {
        let missing = || {
            format!(
                "{} is missing; install it with: {}",
                self.name, self.install
            )
        };
        self.found.as_deref().ok_or_else(|| missing().into())
    }

    /// Makes a test of a function that needs these things. Where one is missing, the test is
    /// reported as ignored and says what to install; with `CI=true` it runs and fails.
    pub fn test(
        needs: &[Self],
        name: &str,
        run: impl FnOnce() -> Result<(), Failed> + Send + 'static,
    ) -> Trial {
        let needs = needs.to_vec();
        let missing = needs.iter().find(|need| need.found.is_none()).cloned();
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        let trial = Trial::test(name.to_owned(), move || {
            needs.iter().try_for_each(|need| need.path().map(|_| ()))?;
            run()
        });
        match missing {
            Some(missing) if !in_ci => trial
                .with_kind(format!("needs {}: {}", missing.name, missing.install))
                .with_ignored_flag(true),
            _ => trial,
        }
    }
}
