//! What is known while a file is read: names defined above, and the variables of `.env`.

use std::collections::BTreeMap;

use super::node::{Node, Place, Value};

/// The variables of the `.env` files beside a source. The process's own environment is not looked
/// at: the same files give the same result everywhere.
pub(super) type Environment = BTreeMap<String, Node>;

/// Names and their values at some point of a program.
pub(super) struct Scope<'a> {
    pub(super) environment: &'a Environment,
    names: BTreeMap<String, Node>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(environment: &'a Environment) -> Self {
        Self {
            environment,
            names: BTreeMap::new(),
        }
    }

    pub(super) fn define(&mut self, name: &str, node: Node) {
        self.names.insert(name.to_owned(), node);
    }

    /// What a name stands for here.
    pub(super) fn name(&self, name: &str, place: &Place) -> Node {
        let node = self.names.get(name).map(|node| node.value.clone());
        let unknown = || Value::Unknown(format!("{name} is not set above in this file"));
        Node::new(node.unwrap_or_else(unknown), place.clone())
    }

    /// An environment variable, with the place where it is set; its default if it is not.
    pub(super) fn variable(&self, name: &str, default: Option<Node>, place: &Place) -> Node {
        if let Some(node) = self.environment.get(name) {
            return node.clone();
        }
        default.unwrap_or_else(|| {
            let unknown =
                format!("the environment variable {name} is in no .env file that was read");
            Node::new(Value::Unknown(unknown), place.clone())
        })
    }
}
