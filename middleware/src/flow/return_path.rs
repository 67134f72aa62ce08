//! Where a browser may be sent back to: this app, and nowhere else.

use percent_encoding::percent_decode_str;

/// The path and query if it stays on this origin however a browser or proxy reads it, else `None`.
///
/// It must begin with exactly one slash and keep doing so when percent-decoded again and again;
/// backslashes (which browsers read as slashes) and control characters (which they drop) are
/// refused. RFC 9700 §4.11.
pub(crate) fn local_path(path: &str) -> Option<&str> {
    if path.len() > LONGEST || !path.is_ascii() {
        return None;
    }
    let mut decoded = path.to_owned();
    for _ in 0..MOST_DECODINGS {
        if !is_local(&decoded) {
            return None;
        }
        let path_only = decoded.split(['?', '#']).next().unwrap_or_default();
        let next = percent_decode_str(path_only)
            .decode_utf8()
            .ok()?
            .into_owned();
        if next == path_only {
            return Some(path);
        }
        decoded = next;
    }
    None
}

fn is_local(path: &str) -> bool {
    let safe = |c: char| !c.is_control() && c != '\\';
    path.starts_with('/') && !path.starts_with("//") && path.chars().all(safe)
}

const LONGEST: usize = 1024;
const MOST_DECODINGS: usize = 5;

#[cfg(test)]
mod tests {
    use super::local_path;

    #[test]
    fn paths_of_this_app_pass_unchanged() {
        for path in [
            "/",
            "/profile",
            "/a/b?x=1&y=%2F%2Fevil",
            "/a%20b",
            "/?next=https://x.example/",
            "/@evil",
        ] {
            assert_eq!(local_path(path), Some(path));
        }
    }

    #[test]
    fn whatever_a_browser_could_read_as_another_origin_is_refused() {
        let long = format!("/{}", "a".repeat(1024));
        let cases = [
            "",
            "profile",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/%2fevil.example",
            "/%2Fevil.example",
            "/%5cevil.example",
            "/%252fevil.example",
            "/%25252fevil.example",
            "/\tevil",
            "/\n/evil",
            "/%09/evil.example",
            "/%0a/evil.example",
            " //evil",
            "javascript:alert(1)",
            "/é",
            "/%ff",
            long.as_str(),
        ];
        for path in cases {
            assert_eq!(local_path(path), None, "{path}");
        }
    }
}
