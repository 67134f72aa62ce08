//! Comments in files of settings as they are shown: without the secrets that somebody commented out.

use super::masked::{BLOT, is_secret, sounds_secret, without_password};

/// Comments that nobody can read as TOML: what follows the name of a secret goes, but for a reference, and so
/// do the next lines where it is a list, a table or a text that ends on one of them.
pub(super) fn masked_comments(text: &str) -> String {
    let mut until = None;
    let lines = text.split_inclusive('\n').map(|line| {
        let Some(at) = line.find('#') else {
            until = None;
            return line.to_owned();
        };
        let (before, comment) = line.split_at(at);
        let value = comment.trim_start_matches('#').trim();
        if let Some(end) = until {
            if value.ends_with(end) || value.starts_with(end) {
                until = None;
            }
            if value == end || is_written_reference(value) {
                return line.to_owned();
            }
            return format!("{before}# {BLOT}{}", line_end(line));
        }
        let (comment, value) = masked_comment(comment);
        until = value.and_then(end_of);
        format!("{before}{comment}")
    });
    lines.collect()
}

/// A comment, with the value that went.
fn masked_comment(comment: &str) -> (String, Option<&str>) {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    for (at, _) in comment.match_indices(['=', ':']) {
        let key = comment[..at].trim_end().trim_end_matches(['"', '\'']);
        let start = key.rfind(|c| !is_name(c)).map_or(0, |before| before + 1);
        let value = comment[at + 1..].trim();
        let name = &key[start..];
        let is_named = is_secret(name) || sounds_secret(name);
        if is_named && !value.is_empty() && !is_written_reference(value) {
            let shown = format!("{} \"{BLOT}\"{}", &comment[..=at], line_end(comment));
            return (shown, Some(value));
        }
    }
    (without_password(comment), None)
}

/// What ends a value that its first line does not.
fn end_of(value: &str) -> Option<&'static str> {
    let ends = [("[", "]"), ("{", "}"), ("\"\"\"", "\"\"\""), ("'''", "'''")];
    let (start, end) = ends.iter().find(|(start, _)| value.starts_with(start))?;
    (!value[start.len()..].ends_with(end)).then_some(*end)
}

/// Whether a value as somebody wrote it in a comment refers to a secret: `{ env = …`, `{ file = …`.
fn is_written_reference(value: &str) -> bool {
    let key = value
        .strip_prefix('{')
        .and_then(|table| table.split_once('='));
    key.is_some_and(|(key, _)| ["env", "file"].contains(&key.trim()))
}

/// The end of a line, as far as it has one.
pub(super) fn line_end(line: &str) -> &'static str {
    if line.ends_with('\n') { "\n" } else { "" }
}

#[cfg(test)]
mod tests {
    use super::masked_comments;

    #[test]
    fn comments_show_references_alone() {
        for secret in [
            "# cookie_keys = [\n#   \"hunter2\",\n#   \"hunter2\"\n# ]\n",
            "# cookie_keys = [ # two\n# \"hunter2]\", \"x\",\n# \"hunter2\"]\n",
            "# client_secret = { value = \"hunter2\" }\n",
            "# client_secret = {\n#  value = \"hunter2\",\n# }\n",
            "# client_secret = \"\"\"\n# hunter2\n# \"\"\"\n",
            "# db_pw = 'hunter2'\n",
            "# passphrase: hunter2\n",
            "# client_assertion = hunter2\n",
            "# the old one is redis://app:hunter2/x@db/0\n",
        ] {
            let text = format!("a = 1\n{secret}# b = 2\n");
            let shown = masked_comments(&text);
            assert!(!shown.contains("hunter2"), "{shown}");
            assert!(shown.ends_with("# b = 2\n"), "{shown}");
            assert_eq!(shown.lines().count(), text.lines().count());
        }
        for kept in [
            "# client_secret = { env = \"NAME\" }\n",
            "# client_secret = {file = \"/run/secrets/a\"}\n",
            "# at postgres://db/app, which is ada@contoso.com's\n",
        ] {
            assert_eq!(masked_comments(kept), kept);
        }
    }
}
