//! `b2c.lock`: committed, sorted, without times and without secrets.

use std::collections::BTreeMap;
use std::fmt::Write;

use b2c_templates::Kind;
use toml::{Table, Value};

use super::class::Class;
use crate::digest::sha256;
use crate::error::Error;

/// What was asked when the project was generated, and what each file was then.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct LockFile {
    /// The template's name, `web-app`.
    pub(crate) template: String,
    /// The answers, none of them secret.
    pub(crate) answers: Table,
    /// The provider of each profile that `tenant set` has written, none of it secret.
    pub(crate) tenants: BTreeMap<String, Table>,
    /// Each file that was written, by its path.
    pub(crate) files: BTreeMap<String, LockedFile>,
}

/// A file as it was written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct LockedFile {
    pub(crate) class: Class,
    /// The SHA-256 of its text with `\n`; `None` for secrets.
    pub(crate) sha256: Option<String>,
}

impl LockFile {
    /// Where the lock file is in a project.
    pub(crate) const PATH: &str = "b2c.lock";

    /// Reads the text of the file.
    pub(crate) fn parse(text: &str) -> Result<Self, Error> {
        let damaged = |what: &str| {
            Error::refused(
                format!("{}: {what}", Self::PATH),
                format!(
                    "restore it from version control: git checkout -- {}",
                    Self::PATH
                ),
            )
        };
        let mut table: Table = text
            .parse()
            .map_err(|error: toml::de::Error| damaged(&format!("not TOML: {}", error.message())))?;
        match table.get("version").and_then(Value::as_integer) {
            Some(VERSION) => {}
            Some(newer) => {
                return Err(Error::refused(
                    format!(
                        "{} is of version {newer}, this tool knows {VERSION}",
                        Self::PATH
                    ),
                    "install a newer cargo-b2c-init",
                ));
            }
            None => return Err(damaged("there is no version")),
        }
        let mut take = |key: &str| match table.remove(key) {
            Some(Value::Table(inner)) => inner,
            _ => Table::new(),
        };
        let (answers, tenants) = (take("answers"), take("tenants"));
        let tenants = tenants.into_iter().filter_map(|(name, value)| match value {
            Value::Table(table) => Some((name, table)),
            _ => None,
        });
        let tenants = tenants.collect();
        let entries = table.get("file").and_then(Value::as_array);
        let files = entries.into_iter().flatten().map(file);
        let files = files
            .collect::<Option<_>>()
            .ok_or_else(|| damaged("a [[file]] is incomplete"))?;
        let template = table
            .get("template")
            .and_then(Value::as_str)
            .unwrap_or_default();
        Ok(Self {
            template: template.to_owned(),
            answers,
            tenants,
            files,
        })
    }

    /// The text of the file; the same content gives the same bytes.
    pub(crate) fn to_text(&self) -> String {
        let mut text = format!("{COMMENT}version = {VERSION}\n");
        let quoted = |text: &str| Value::from(text).to_string();
        let _ = writeln!(text, "template = {}", quoted(&self.template));
        write_table(&mut text, "answers", &self.answers);
        for (name, tenant) in &self.tenants {
            write_table(&mut text, &format!("tenants.{}", key(name)), tenant);
        }
        for (path, file) in &self.files {
            let _ = writeln!(text, "\n[[file]]\npath = {}", quoted(path));
            let _ = writeln!(text, "class = {}", quoted(file.class.name()));
            if let Some(sha256) = &file.sha256 {
                let _ = writeln!(text, "sha256 = {}", quoted(sha256));
            }
        }
        text
    }

    /// The kind of provider that the files are for, the default where none is noted; `None` for one that
    /// this version does not know.
    pub(crate) fn kind(&self) -> Option<Kind> {
        let noted = self.answers.get(KIND).and_then(Value::as_str);
        noted.map_or(Some(Kind::default()), |kind| kind.parse().ok())
    }

    /// Notes that the files are for this kind of provider.
    pub(crate) fn set_kind(&mut self, kind: Kind) {
        self.answers.insert(KIND.to_owned(), kind.name().into());
    }

    /// Notes a file as it is written now, its text with `\n`.
    pub(crate) fn note(&mut self, path: &str, text: &str) {
        let class = Class::of(path);
        let sha256 = (class != Class::Secret).then(|| sha256(text.as_bytes()));
        self.files
            .insert(path.to_owned(), LockedFile { class, sha256 });
    }
}

impl LockedFile {
    /// Whether this text is what was written.
    pub(crate) fn is(&self, text: &str) -> bool {
        self.sha256.as_deref() == Some(sha256(text.as_bytes()).as_str())
    }
}

fn file(entry: &Value) -> Option<(String, LockedFile)> {
    let text = |key: &str| entry.get(key).and_then(Value::as_str);
    let file = LockedFile {
        class: Class::parse(text("class")?)?,
        sha256: text("sha256").map(str::to_owned),
    };
    Some((text("path")?.to_owned(), file))
}

fn write_table(text: &mut String, name: &str, table: &Table) {
    let mut entries: Vec<_> = table.iter().collect();
    entries.sort_by_key(|(key, _)| *key);
    let _ = writeln!(text, "\n[{name}]");
    for (name, value) in entries {
        let _ = writeln!(text, "{} = {value}", key(name));
    }
}

/// A key as TOML writes it.
fn key(name: &str) -> String {
    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if !name.is_empty() && name.chars().all(bare) {
        name.to_owned()
    } else {
        Value::from(name).to_string()
    }
}

/// The answer that says which kind of provider the files are for.
pub(crate) const KIND: &str = "kind";
const VERSION: i64 = 1;
const COMMENT: &str = "\
# What cargo b2c-init wrote, and with which answers; `update` and `tenant` read it. Commit it.
";

#[cfg(test)]
mod tests {
    use toml::{Table, Value};

    use super::LockFile;

    fn example() -> LockFile {
        let mut lock = LockFile {
            template: "web-app".to_owned(),
            ..LockFile::default()
        };
        lock.answers.insert("port".to_owned(), Value::from(5000));
        lock.answers
            .insert("name".to_owned(), Value::from("a \"b\""));
        let tenant = Table::from_iter([("kind".to_owned(), Value::from("b2c"))]);
        lock.tenants.insert("pro d".to_owned(), tenant);
        lock.note("src/main.rs", "fn main() {}\n");
        lock.note("b2c.toml", "");
        lock.note(".env", "SECRET=hunter2\n");
        lock
    }

    #[test]
    fn what_is_written_is_read_again() {
        let text = example().to_text();
        let lock = LockFile::parse(&text).expect("readable");
        assert_eq!(lock, example());
        assert_eq!(lock.to_text(), text);
        assert!(lock.files["src/main.rs"].is("fn main() {}\n"));
    }

    #[test]
    fn secrets_leave_no_trace() {
        let text = example().to_text();
        assert!(!text.contains("hunter2"));
        let lock = LockFile::parse(&text).expect("readable");
        assert_eq!(lock.files[".env"].sha256, None);
    }

    #[test]
    fn other_versions_and_damage_are_refused() {
        for text in [
            "",
            "version = 2\n",
            "version = 1\n[[file]]\npath = \"a\"\n",
            "<<<<<<<",
        ] {
            assert!(LockFile::parse(text).is_err(), "{text}");
        }
    }
}
