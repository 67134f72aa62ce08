//! The files as this tool wrote them, to merge with later: `.b2c/base.txt`.
//!
//! One text file, committed with the project. Neither cargo nor an editor nor a formatter takes it
//! for code, as they would a second tree of sources; and `git diff` shows an update of it line by
//! line, as it does that of the files themselves. Each line of a file follows a space:
//!
//! ```text
//! === src/main.rs
//!  fn main() {
//!  }
//! ```

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::error::Error;

/// The files that are merged when they change, as they were written; lines end with `\n`.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Base(BTreeMap<String, String>);

impl Base {
    /// Where the base is in a project.
    pub(crate) const PATH: &str = ".b2c/base.txt";

    /// Reads the text of the file.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let mut files = BTreeMap::new();
        let mut current: Option<(String, String)> = None;
        for (number, line) in text.lines().enumerate() {
            if let Some(path) = line.strip_prefix(HEADING) {
                files.extend(current.replace((path.to_owned(), String::new())));
            } else if line == NO_NEWLINE {
                if let Some((_, text)) = &mut current {
                    text.pop();
                }
            } else if let Some((_, text)) = &mut current {
                // Tools that strip spaces at the ends of lines leave an empty one.
                let Some(line) = line.strip_prefix(' ').or(line.is_empty().then_some("")) else {
                    return Err(damaged(number + 1));
                };
                text.push_str(line);
                text.push('\n');
            } else if !line.starts_with('#') {
                return Err(damaged(number + 1));
            }
        }
        files.extend(current);
        Ok(Self(files))
    }

    /// The text of the file; the same files give the same bytes.
    pub(crate) fn to_text(&self) -> String {
        let mut text = COMMENT.to_owned();
        for (path, contents) in &self.0 {
            let _ = writeln!(text, "{HEADING}{path}");
            for line in contents.lines() {
                let _ = writeln!(text, " {line}");
            }
            if !contents.is_empty() && !contents.ends_with('\n') {
                let _ = writeln!(text, "{NO_NEWLINE}");
            }
        }
        text
    }

    /// A file as it was written.
    pub(crate) fn get(&self, path: &str) -> Option<&str> {
        self.0.get(path).map(String::as_str)
    }

    /// Notes a file as it is written now.
    pub(crate) fn set(&mut self, path: &str, contents: &str) {
        self.0.insert(path.to_owned(), contents.to_owned());
    }

    /// Forgets a file.
    pub(crate) fn remove(&mut self, path: &str) {
        self.0.remove(path);
    }
}

fn damaged(line: usize) -> Error {
    Error::refused(
        format!("{}: line {line} is not as it was written", Base::PATH),
        format!(
            "restore it from version control: git checkout -- {}",
            Base::PATH
        ),
    )
}

const HEADING: &str = "=== ";
const NO_NEWLINE: &str = "\\ No newline at end of file";
const COMMENT: &str = "\
# The files as cargo b2c-init wrote them; `update` merges what changed since. Commit it, and leave it
# as it is.
";

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn every_text_survives() {
        let mut base = Base::default();
        for (path, text) in [
            (
                "a",
                "one\n\n two\n=== three\n# four\n\\ No newline at end of file\n",
            ),
            ("b/c.toml", "no newline"),
            ("d", ""),
            ("e", "\n"),
            ("f", "trailing  \n\tand tabs\n\n\n"),
        ] {
            base.set(path, text);
        }
        let text = base.to_text();
        assert_eq!(Base::parse(&text).expect("readable"), base);
        assert_eq!(Base::parse(&text).expect("readable").to_text(), text);
    }

    #[test]
    fn a_damaged_base_is_refused_by_line() {
        let error = Base::parse("# comment\n=== a\n x\ny\n").expect_err("damaged");
        assert!(error.to_string().contains("line 4"), "{error}");
        assert!(Base::parse("<<<<<<< HEAD\n").is_err());
    }
}
