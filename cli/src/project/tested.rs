//! The versions that a generated project starts from.

/// The lock file of the workspace that this program was built in; a link in the repository, a file in
/// the package.
const WORKSPACE: &str = include_str!("../../tested.lock");

/// A `Cargo.lock` with what this version was tested with. cargo takes from it what a project needs at
/// the first build, and adds our own crates: before they are published nobody knows their checksums.
///
/// `None` where the link was checked out as text, which is what git does on Windows unless it is told
/// otherwise.
pub(super) fn lock_file() -> Option<String> {
    let mut parts = WORKSPACE.split(PACKAGE);
    let head = parts.next().unwrap_or_default();
    let theirs = parts.filter(|package| package.contains("\nsource = "));
    let packages: String = theirs.flat_map(|package| [PACKAGE, package]).collect();
    let ends_as_a_file = |packages: String| format!("{head}{}\n", packages.trim_end());
    (!packages.is_empty()).then(|| ends_as_a_file(packages))
}

const PACKAGE: &str = "[[package]]\n";

#[cfg(test)]
mod tests {
    use super::lock_file;

    #[test]
    fn others_crates_are_in_it_and_ours_are_not() {
        let lock_file = lock_file().unwrap();
        let table: toml::Table = lock_file.parse().unwrap();
        let packages = table["package"].as_array().unwrap();
        let names: Vec<_> = packages
            .iter()
            .filter_map(|package| package["name"].as_str())
            .collect();
        assert_eq!(table["version"].as_integer(), Some(4));
        for used in ["axum", "minijinja", "tokio", "tonic", "sqlx", "redis"] {
            assert!(names.contains(&used), "{used}");
        }
        for own in ["tower-b2c", "b2c-emulator", "cargo-b2c-init", "e2e"] {
            assert!(!names.contains(&own), "{own}");
        }
        assert!(lock_file.ends_with("]\n") || lock_file.ends_with("\"\n"));
    }
}
