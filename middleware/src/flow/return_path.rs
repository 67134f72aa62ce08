//! Where a browser may be sent back to: this app, and nowhere else.

use percent_encoding::percent_decode_str;

/// The path and query if it stays on this origin however a browser or proxy reads it, else `None`.
///
/// It must begin with exactly one slash and keep doing so when percent-decoded again and again;
/// backslashes (which browsers read as slashes) and control characters (which they drop) are
/// refused. So are dot segments in front of further slashes: `/..//host` is a path of this origin,
/// but what it is normalised to, `//host`, is not one any more. RFC 9700 §4.11.
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
    path.strip_prefix('/')
        .is_some_and(|rest| !rest.starts_with(SLASHES))
        && path.chars().all(safe)
        && !is_normalised_to_a_host(path)
}

/// RFC 3986 §5.2.4: dot segments and what they undo disappear, and an empty segment may then come
/// first. Readers differ in what `..` undoes (a drive letter stays for some), so no path may have
/// both. Browsers know dots percent-encoded, too (URL Standard, "double-dot URL path segment").
fn is_normalised_to_a_host(path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let segments = || path.split('/').skip(1);
    let is_dots = |segment: &str| {
        let dots = segment.to_ascii_lowercase().replace("%2e", ".");
        dots == "." || dots == ".."
    };
    let inner = segments().count().saturating_sub(1);
    segments().any(is_dots) && segments().take(inner).any(str::is_empty)
}

/// The slash and what servers that fold Unicode take for one.
const SLASHES: [char; 9] = ['/', '／', '＼', '⁄', '∕', '∖', '╱', '⧵', '⧸'];

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
            "/a//b",
            "/a/../b",
            "/./",
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
            "/%ef%bc%8fevil.example",
            "/%25252fevil.example",
            "/\tevil",
            "/\n/evil",
            "/%09/evil.example",
            "/%0a/evil.example",
            "/..//evil.example",
            "/.///%2E%2E/e2/e:/%2E%2E/%2E%2E",
            "/a/.././/evil.example",
            "/..//.",
            "/%2e%2e//evil.example",
            "/a%2fb/%2E./%2e%2e//evil.example",
            "/a/%252e%252e/%252fevil.example",
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
