//! What a path in a source file names.

use std::collections::BTreeMap;

use syn::{Item, Path, UseTree};

/// What the `use` declarations of a file call by which name.
pub(super) struct Names(BTreeMap<String, Vec<String>>);

impl Names {
    /// Those of a file or module itself; modules and functions in it may have more.
    pub(super) fn of(items: &[Item]) -> Self {
        let mut names = BTreeMap::new();
        for item in items {
            if let Item::Use(item) = item {
                note(&item.tree, &[], &mut names);
            }
        }
        Self(names)
    }

    /// A path from where the file or module is: `axum::serve` of `serve` after `use axum::serve`, and as it is.
    pub(super) fn full(&self, path: &Path) -> Vec<String> {
        let mut segments = path
            .segments
            .iter()
            .map(|segment| segment.ident.to_string());
        let first = segments.next().unwrap_or_default();
        let known = self.0.get(&first).filter(|_| path.leading_colon.is_none());
        let first = known.cloned().unwrap_or_else(|| vec![first]);
        first.into_iter().chain(segments).collect()
    }

    /// Whether a path names this item.
    pub(super) fn is(&self, path: &Path, item: &[&str]) -> bool {
        self.full(path) == item
    }

    /// Whether a name comes from one of these crates.
    pub(super) fn is_from(&self, name: &str, crates: &[&str]) -> bool {
        let first = self.0.get(name).and_then(|path| path.first());
        first.is_some_and(|first| crates.contains(&first.as_str()))
    }
}

fn note(tree: &UseTree, before: &[String], names: &mut BTreeMap<String, Vec<String>>) {
    let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
    match tree {
        UseTree::Path(path) => note(&path.tree, &with(&path.ident), names),
        UseTree::Name(name) if name.ident == "self" => {
            if let Some(last) = before.last() {
                names.insert(last.clone(), before.to_vec());
            }
        }
        UseTree::Name(name) => drop(names.insert(name.ident.to_string(), with(&name.ident))),
        UseTree::Rename(name) => {
            let path = if name.ident == "self" {
                before.to_vec()
            } else {
                with(&name.ident)
            };
            names.insert(name.rename.to_string(), path);
        }
        UseTree::Group(group) => group
            .items
            .iter()
            .for_each(|tree| note(tree, before, names)),
        UseTree::Glob(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::Names;

    #[test]
    fn paths_are_followed_through_use_declarations() {
        let text =
            "use axum::{self as web, Router, serve};\nuse tonic::transport::{self, Server as S};";
        let names = Names::of(&syn::parse_file(text).expect("Rust").items);
        let is = |path, item: &[&str]| names.is(&syn::parse_str(path).expect("a path"), item);
        for path in ["serve", "axum::serve", "::axum::serve", "web::serve"] {
            assert!(is(path, &["axum", "serve"]), "{path}");
        }
        assert!(is("Router::new", &["axum", "Router", "new"]));
        assert!(is(
            "S::builder",
            &["tonic", "transport", "Server", "builder"]
        ));
        assert!(is(
            "transport::Server::builder",
            &["tonic", "transport", "Server", "builder"]
        ));
        assert!(!is("other::serve", &["axum", "serve"]));
        assert!(!is(
            "Server::builder",
            &["tonic", "transport", "Server", "builder"]
        ));
    }
}
