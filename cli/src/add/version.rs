//! The version of a dependency, as far as it is settled.

use std::path::Path;

/// Major and minor version of a dependency: those of the requirement, or where it is open those that
/// the lock file has.
pub(super) fn version(name: &str, requirement: &str, root: &Path) -> Option<(u64, u64)> {
    let is_open = requirement.starts_with(['>', '<', '*']);
    if !is_open {
        return numbers(requirement.trim_start_matches(['^', '=', '~', ' ']));
    }
    let text = std::fs::read_to_string(root.join("Cargo.lock")).ok()?;
    let lock: toml::Table = text.parse().ok()?;
    let packages = lock.get("package")?.as_array()?.iter();
    let same =
        packages.filter(|package| package.get("name").and_then(toml::Value::as_str) == Some(name));
    same.filter_map(|package| numbers(package.get("version")?.as_str()?))
        .max()
}

fn numbers(version: &str) -> Option<(u64, u64)> {
    let mut parts = version.split(['.', ',', '-', '+']);
    let major = parts.next()?.parse().ok()?;
    let minor = parts.next().and_then(|minor| minor.parse().ok());
    Some((
        major,
        minor.unwrap_or(if major == 0 { u64::MAX } else { 0 }),
    ))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::version;

    #[test]
    fn versions_are_read_from_requirements() {
        let version = |requirement| version("axum", requirement, Path::new("nowhere"));
        assert_eq!(version("^0.7.5"), Some((0, 7)));
        assert_eq!(version("=0.8.0-rc.1"), Some((0, 8)));
        assert_eq!(version("^1"), Some((1, 0)));
        // Whatever it is, it is not known to be too old.
        assert!(version("^0").is_some_and(|version| version > (0, 8)));
        assert_eq!(version("*"), None);
    }
}
