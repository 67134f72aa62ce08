//! A checkout of this repository, where the crates are used from beside the generator.

use std::path::{Component, Path, PathBuf};

use toml::Value;

use crate::file::real_path;

/// The checkout that this program was built in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// The checkout, if there still is one; nothing where the program was installed, or is a release's
    /// (`.ci/release archive` says so to the compiler): where that was built, somebody may have another
    /// checkout.
    pub fn find() -> Option<Self> {
        if option_env!("B2C_INIT_OF_A_RELEASE").is_some() {
            return None;
        }
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
        let present = root.join("middleware/Cargo.toml").is_file();
        present.then(|| Self {
            root: root.to_owned(),
        })
    }

    /// The directory that holds the workspace.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Where the workspace is built.
    pub(crate) fn target_directory(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The versions that the workspace was tested with.
    pub(crate) fn lock_file(&self) -> Option<String> {
        std::fs::read_to_string(self.root.join("Cargo.lock")).ok()
    }

    /// The path of a crate for the manifest of a project: relative inside the checkout, so that
    /// both can be moved together, else absolute.
    fn path_of(&self, krate: &str, project: &Path) -> String {
        let root = real_path(&self.root).unwrap_or_else(|_| self.root.clone());
        let inside = project.strip_prefix(root).ok();
        let depth = inside.map(|path| path.components().filter(is_normal).count());
        let base = depth.map_or_else(|| self.root.clone(), |depth| "../".repeat(depth).into());
        base.join(krate).to_string_lossy().replace('\\', "/")
    }
}

fn is_normal(component: &Component<'_>) -> bool {
    matches!(component, Component::Normal(_))
}

/// The manifest's value for a dependency on one of our crates.
pub(super) fn dependency(
    krate: &str,
    options: &str,
    checkout: Option<&Checkout>,
    project: &Path,
) -> String {
    format!("{{ {}, {options} }}", requirement(krate, checkout, project))
}

/// Where one of our crates comes from, for a manifest in this directory: `path = …, version = …`.
pub(crate) fn requirement(krate: &str, checkout: Option<&Checkout>, directory: &Path) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let path =
        checkout.map(|checkout| Value::String(checkout.path_of(krate_directory(krate), directory)));
    let path = path.map_or_else(String::new, |path| format!("path = {path}, "));
    format!("{path}version = \"{version}\"")
}

fn krate_directory(krate: &str) -> &str {
    match krate {
        "tower-b2c" => "middleware",
        "b2c-emulator" => "emulator",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{Checkout, dependency};

    #[test]
    fn paths_are_relative_inside_the_checkout_and_absolute_outside() {
        let checkout = Checkout {
            root: "/src/tower-b2c".into(),
        };
        let dependency = |project| {
            dependency(
                "tower-b2c",
                "features = [\"axum\"]",
                Some(&checkout),
                Path::new(project),
            )
        };
        assert!(dependency("/src/tower-b2c/demo").contains("path = \"../middleware\""));
        assert!(dependency("/src/tower-b2c/a/b").contains("path = \"../../middleware\""));
        assert!(dependency("/home/ada/demo").contains("path = \"/src/tower-b2c/middleware\""));
    }

    #[test]
    fn an_installed_generator_asks_for_its_own_version() {
        let value = dependency(
            "tower-b2c",
            "features = [\"axum\"]",
            None,
            Path::new("/demo"),
        );
        let version = env!("CARGO_PKG_VERSION");
        assert_eq!(
            value,
            format!("{{ version = \"{version}\", features = [\"axum\"] }}")
        );
    }
}
