//! What a configuration file says, whatever language it says it in: a tree with places.

use std::fmt;
use std::rc::Rc;

/// Where something is written. Lines and columns count from 1.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct Place {
    /// The file as the command line named it.
    pub(crate) file: Rc<str>,
    pub(crate) line: usize,
    pub(crate) column: usize,
}

/// A value, and where it is written.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) place: Place,
}

/// A value as far as it can be known without running anything.
#[derive(Clone)]
pub(super) enum Value {
    Text(String),
    List(Vec<Node>),
    Table(Vec<(String, Node)>),
    /// `null`, `None`, or nothing behind the key.
    Nothing,
    /// Only a running program knows it; why, in words.
    Unknown(String),
}

/// One setting: a dotted key, and its value.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) key: String,
    pub(super) value: Value,
    pub(super) place: Place,
}

impl Node {
    pub(super) fn new(value: Value, place: Place) -> Self {
        Self { value, place }
    }

    pub(super) fn text(text: impl Into<String>, place: Place) -> Self {
        Self::new(Value::Text(text.into()), place)
    }

    /// The member of a table at this path.
    pub(super) fn member(&self, name: &str) -> Option<&Self> {
        match &self.value {
            Value::Table(members) => {
                // The last one counts, as it does for those who run the file.
                let found = members.iter().rev().find(|(key, _)| key == name);
                found.map(|(_, node)| node)
            }
            _ => None,
        }
    }

    /// Every setting beneath, with dotted keys; lists of tables have `name[0]`.
    pub(super) fn flatten(self, key: &str, entries: &mut Vec<Entry>) {
        match self.value {
            Value::Table(members) => {
                for (name, node) in members {
                    let key = match key {
                        "" => name,
                        key => format!("{key}.{name}"),
                    };
                    node.flatten(&key, entries);
                }
            }
            Value::List(items)
                if items
                    .iter()
                    .any(|item| matches!(item.value, Value::Table(_))) =>
            {
                for (index, item) in items.into_iter().enumerate() {
                    item.flatten(&format!("{key}[{index}]"), entries);
                }
            }
            value => entries.push(Entry {
                key: key.to_owned(),
                value,
                place: self.place,
            }),
        }
    }
}

impl Value {
    /// The texts of a list, or of one text that lists them with spaces or commas between; `None` if
    /// one of them is not known.
    pub(super) fn words(&self) -> Option<Vec<String>> {
        match self {
            Self::Nothing => Some(Vec::new()),
            Self::Text(text) => {
                let words = text.split([' ', ',', '\t', '\n']);
                Some(words.filter(|w| !w.is_empty()).map(str::to_owned).collect())
            }
            Self::List(items) => {
                let words = items.iter().map(|item| item.value.words());
                words
                    .collect::<Option<Vec<_>>>()
                    .map(|words| words.concat())
            }
            Self::Table(_) | Self::Unknown(_) => None,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

impl fmt::Debug for Node {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Node({})", self.place)
    }
}

impl fmt::Debug for Entry {
    /// Without the value, which may be a secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({}, {})", self.key, self.place)
    }
}
