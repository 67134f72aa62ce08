//! Reads one TOML table key by key and remembers each mistake, so that all are told at once.

mod placeholder;
mod values;

use toml::{Table, Value};

use super::nearest::nearest;
use super::sources::{ACTIVE_PROFILE, PROFILE, Sources};

pub(super) use placeholder::is_placeholder;

/// A table that is being read; what nobody asked for is reported as unknown when it is closed.
pub(in crate::config) struct Section {
    path: String,
    table: Table,
    known: Vec<&'static str>,
}

impl Section {
    pub(in crate::config) fn root(table: Table) -> Self {
        Self {
            path: String::new(),
            table,
            // Read before the tables are.
            known: vec![ACTIVE_PROFILE, PROFILE],
        }
    }

    /// The dotted key of this table.
    pub(in crate::config) fn place(&self) -> &str {
        &self.path
    }

    /// The dotted key of `key` in this table.
    pub(in crate::config) fn path(&self, key: &str) -> String {
        if self.path.is_empty() {
            key.to_owned()
        } else {
            format!("{}.{key}", self.path)
        }
    }

    pub(in crate::config) fn section(&mut self, key: &'static str, sources: &mut Sources) -> Self {
        let path = self.path(key);
        let table = match self.take(key) {
            Some(Value::Table(table)) => table,
            None => Table::new(),
            Some(other) => {
                sources.report(&path, describe(&other), "a table");
                Table::new()
            }
        };
        Self {
            path,
            table,
            known: Vec::new(),
        }
    }

    /// The tables of an array of tables (`[[key]]`).
    pub(in crate::config) fn sections(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Vec<Self> {
        let path = self.path(key);
        let items = match self.take(key) {
            Some(Value::Array(items)) => items,
            None => Vec::new(),
            Some(other) => {
                sources.report(&path, describe(&other), format!("tables headed [[{path}]]"));
                Vec::new()
            }
        };
        let numbered = items.into_iter().enumerate();
        numbered
            .filter_map(|(index, item)| match item {
                Value::Table(table) => Some(Self {
                    path: format!("{path}[{index}]"),
                    table,
                    known: Vec::new(),
                }),
                other => {
                    sources.report(&path, describe(&other), "a table");
                    None
                }
            })
            .collect()
    }

    /// The tables within a table (`[key.NAME]`), by name.
    pub(in crate::config) fn named(
        &mut self,
        key: &'static str,
        sources: &mut Sources,
    ) -> Vec<(String, Self)> {
        let mut outer = self.section(key, sources);
        let inner = std::mem::take(&mut outer.table).into_iter();
        inner
            .filter_map(|(name, value)| match value {
                Value::Table(table) => {
                    let path = outer.path(&name);
                    let known = Vec::new();
                    Some((name, Self { path, table, known }))
                }
                other => {
                    sources.report(&outer.path(&name), describe(&other), "a table");
                    None
                }
            })
            .collect()
    }

    /// Whether the operator wrote this key.
    pub(in crate::config) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Whether the operator wrote this word for this key.
    pub(in crate::config) fn is(&self, key: &str, word: &str) -> bool {
        self.table.get(key).and_then(Value::as_str) == Some(word)
    }

    /// What stands at a key that nobody asked for yet and that was probably meant to be this one.
    pub(in crate::config) fn misspelt(&self, key: &'static str) -> Option<&Value> {
        let mut others = self.table.iter();
        let (_, value) = others.find(|(other, _)| nearest(other, &self.known) == Some(key))?;
        Some(value)
    }

    /// Everything in the table: its names are the operator's own.
    pub(in crate::config) fn all(&mut self) -> Table {
        std::mem::take(&mut self.table)
    }

    /// All strings that nobody asked for by name: the operator's own.
    pub(in crate::config) fn others(&mut self, sources: &mut Sources) -> Vec<(String, String)> {
        let rest = std::mem::take(&mut self.table).into_iter();
        rest.filter_map(|(name, value)| match value {
            Value::String(text) => Some((name, text)),
            other => {
                sources.report(&self.path(&name), describe(&other), "a string");
                None
            }
        })
        .collect()
    }

    /// Passes over keys that exist, whether they are there or not.
    pub(in crate::config) fn forget(&mut self, keys: &[&'static str]) {
        for key in keys {
            self.table.remove(*key);
            if !self.known.contains(key) {
                self.known.push(key);
            }
        }
    }

    /// Reports what is left in the table as unknown.
    pub(in crate::config) fn close(self, sources: &mut Sources) {
        for key in self.table.keys() {
            let path = self.path(key);
            if self.known.contains(&key.as_str()) {
                sources.report(&path, "a value", "nothing but in the file, at its top");
                continue;
            }
            let expected = format!("one of {}", self.known.join(", "));
            let meant = nearest(key, &self.known).map(|name| (name, self.path(name)));
            sources.report_unknown(&path, expected, meant);
        }
    }

    fn take(&mut self, key: &'static str) -> Option<Value> {
        self.known.push(key);
        self.table.remove(key)
    }
}

/// A value as messages show it. Of tables no more than that they are some: secrets may stand in them.
fn describe(value: &Value) -> String {
    match value {
        Value::String(text) => format!("\"{text}\""),
        Value::Table(_) => "a table".to_owned(),
        Value::Array(items) if items.iter().any(has_table) => "a list of tables".to_owned(),
        other => format!("{} ({})", other, other.type_str()),
    }
}

fn has_table(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(has_table),
        other => other.is_table(),
    }
}

#[cfg(test)]
mod tests {
    use super::describe;

    #[test]
    fn what_stands_in_a_table_is_not_repeated() {
        let document = "a = [{ b = { client_secret = 'hunter2' } }]\nc = [[{ d = 'hunter2' }]]\ne.f = 'hunter2'\n\
                        list = ['x', 1]\nnumber = 1\n";
        let document: toml::Table = document.parse().unwrap();
        let shown = |key: &str| describe(&document[key]);
        assert_eq!(shown("a"), "a list of tables");
        assert_eq!(shown("c"), "a list of tables");
        assert_eq!(shown("e"), "a table");
        assert_eq!(shown("list"), "[\"x\", 1] (array)");
        assert_eq!(shown("number"), "1 (integer)");
    }
}
