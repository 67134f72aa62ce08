//! Texts as a shell takes them.

use std::path::Path;

use crate::file::real_path;

/// A text in quotes, in which a Unix shell replaces nothing.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as a word of a command line to be pasted into a shell of this system: in quotes only where it
/// needs them.
pub(crate) fn word(text: &str) -> String {
    if cfg!(windows) {
        word_of_windows(text)
    } else {
        word_of_unix(text)
    }
}

/// The option that leads from here to a project, if one is needed: ` -C DIR`.
pub(crate) fn option_to(directory: &Path) -> String {
    if directory == Path::new(".") {
        return String::new();
    }
    let here = std::env::current_dir().and_then(|here| real_path(&here));
    let inside = here.ok();
    let inside = inside.and_then(|here| directory.strip_prefix(here).ok());
    match inside.unwrap_or(directory) {
        path if path == Path::new("") => String::new(),
        path => format!(" -C {}", word(&path.to_string_lossy())),
    }
}

fn word_of_unix(text: &str) -> String {
    if is_plain(text, "/._-:,@+") {
        text.to_owned()
    } else {
        quoted(text)
    }
}

/// cmd and PowerShell agree on double quotes, which no file name has, and which a backslash at the end would
/// escape. In them PowerShell still replaces `$NAME`, unless it is after a backtick, and cmd `%NAME%`, whatever
/// is before it.
fn word_of_windows(text: &str) -> String {
    // PowerShell takes a comma for a list.
    if is_plain(text, "\\/._-:+") {
        text.to_owned()
    } else {
        let text = text.trim_end_matches('\\').replace('"', "");
        let text = text.replace('`', "``").replace('$', "`$");
        format!("\"{text}\"")
    }
}

fn is_plain(text: &str, others: &str) -> bool {
    let plain = |c: char| c.is_alphanumeric() || others.contains(c);
    !text.is_empty() && text.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::{quoted, word_of_unix, word_of_windows};

    #[test]
    fn paths_can_be_pasted_into_a_shell_of_unix() {
        assert_eq!(word_of_unix("/tmp/demo-1"), "/tmp/demo-1");
        assert_eq!(word_of_unix("else where"), "'else where'");
        assert_eq!(word_of_unix("ada's"), "'ada'\\''s'");
        assert_eq!(word_of_unix("~ada"), "'~ada'");
        assert_eq!(word_of_unix(""), "''");
        assert_eq!(quoted("demo"), "'demo'");
    }

    #[test]
    fn paths_can_be_pasted_into_a_shell_of_windows() {
        assert_eq!(word_of_windows(r"C:\src\demo"), r"C:\src\demo");
        assert_eq!(word_of_windows(r"C:\ada's app"), "\"C:\\ada's app\"");
        assert_eq!(
            word_of_windows("docker,kubernetes"),
            "\"docker,kubernetes\""
        );
        assert_eq!(word_of_windows(r"C:\my apps\"), r#""C:\my apps""#);
        assert_eq!(word_of_windows(r"C:\src\$app"), r#""C:\src\`$app""#);
        assert_eq!(word_of_windows(""), "\"\"");
    }
}
