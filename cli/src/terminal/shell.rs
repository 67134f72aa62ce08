//! Texts as a shell takes them.

/// A text in quotes, in which the shell replaces nothing.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text as a word of a command line to be pasted: in quotes only where it needs them.
pub(crate) fn word(text: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "/._-:,@+".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        text.to_owned()
    } else {
        quoted(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{quoted, word};

    #[test]
    fn paths_can_be_pasted_into_a_shell() {
        assert_eq!(word("/tmp/demo-1"), "/tmp/demo-1");
        assert_eq!(word("else where"), "'else where'");
        assert_eq!(word("ada's"), "'ada'\\''s'");
        assert_eq!(word("~ada"), "'~ada'");
        assert_eq!(word(""), "''");
        assert_eq!(quoted("demo"), "'demo'");
    }
}
