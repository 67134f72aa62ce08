//! Programs that somebody else wrote.

use std::path::PathBuf;

/// Finds a program, or says what to install.
///
/// Beside the `PATH` it looks where Debian keeps servers, which is on the `PATH` of root alone.
pub(crate) fn find(name: &str, package: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
    let mut candidates = directories.map(|directory| directory.join(name));
    candidates
        .find(|candidate| candidate.is_file())
        .ok_or_else(|| {
            format!(
                "{name} is missing, which the cluster runs; install it, for example with\n  \
                 apt-get install {package}      (Debian, Ubuntu)\n  \
                 brew install {brew}        (macOS)",
                brew = package.trim_end_matches("-server"),
            )
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_its_package() {
        let refusal = find("no-such-proxy", "some-proxy").unwrap_err();
        assert!(refusal.starts_with("no-such-proxy is missing"), "{refusal}");
        assert!(refusal.contains("apt-get install some-proxy"), "{refusal}");
        assert!(find("sh", "dash").is_ok_and(|path| path.ends_with("sh")));
    }
}
