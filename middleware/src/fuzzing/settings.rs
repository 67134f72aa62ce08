//! What the operator writes.

use super::canned::SECRET;
use crate::config::Config;

/// A configuration file.
pub(super) fn config_file(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // A setting may name a file to read, and there are files without an end.
    if text.contains("file") || text.contains('\\') {
        return;
    }
    let variables = [
        ("SECRET", SECRET),
        ("B2C__APP__BASE_URL", "https://app.example"),
    ];
    match Config::from_text(text).environment(variables).load() {
        Ok(config) => {
            assert_eq!(config.base_url(), "https://app.example");
            assert!(
                config.redirect_uris().next().is_some(),
                "a provider at least"
            );
            for uri in config.redirect_uris() {
                assert!(uri.starts_with("https://app.example/"), "{uri}");
            }
            assert!(!format!("{config:?}").contains(SECRET), "a secret is shown");
        }
        Err(error) => {
            assert!(!error.problems().is_empty(), "a refusal has a reason");
            let shown = format!("{error} {error:?}");
            assert!(!shown.contains(SECRET), "a secret is shown");
        }
    }
}
