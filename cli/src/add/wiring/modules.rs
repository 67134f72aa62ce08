//! A program's own functions, in whichever of its files.

use syn::{Attribute, Item, Signature};

use super::names::Names;
use super::source::Source;

/// Where the modules of a program are.
#[derive(Clone, Copy)]
pub(in crate::add) struct Modules<'a> {
    /// The folder that it starts in, `src`; empty for the crate's own.
    pub(in crate::add) folder: &'a str,
    /// The library of the same package: its name, and the file that it starts in.
    pub(in crate::add) library: Option<(&'a str, &'a str)>,
    /// The text of a file, if there is one that can be read.
    pub(in crate::add) read: &'a dyn Fn(&str) -> Option<String>,
}

impl Modules<'_> {
    /// Whether a path of the program's first file, as [`Names::full`] has it, leads to one function, and
    /// that one `is_it`, with the names where it stands. What is only there under conditions, or in a file
    /// of another name than its module's, is in doubt.
    pub(super) fn has(
        self,
        source: &Source,
        path: &[String],
        is_it: &dyn Fn(&Signature, &Names) -> bool,
    ) -> bool {
        let own = path
            .iter()
            .skip_while(|name| *name == "crate" || *name == "self");
        let own: Vec<_> = own.map(String::as_str).collect();
        let items = &source.file.items;
        // `crate::shop` is no library's name, and a module's goes before it.
        let of_library = own
            .split_first()
            .filter(|(first, _)| own.len() == path.len() && !items.iter().any(is_named(first)));
        if let Some((first, rest)) = of_library
            && let Some((name, _)) = self.library
            && *first == name
        {
            return self.library().is_some_and(|(library, folder)| {
                self.within(&library.file.items, folder, rest, is_it)
            });
        }
        self.within(items, self.folder, &own, is_it)
    }

    fn within(
        self,
        items: &[Item],
        folder: &str,
        path: &[&str],
        is_it: &dyn Fn(&Signature, &Names) -> bool,
    ) -> bool {
        let Some((name, rest)) = path.split_first() else {
            return false;
        };
        let is_function = rest.is_empty();
        let named = items.iter().filter(|item| is_named(name)(item));
        let mut named = named.filter(|item| matches!(item, Item::Fn(_)) == is_function);
        let (Some(item), None) = (named.next(), named.next()) else {
            return false;
        };
        match item {
            Item::Fn(function) => {
                is_unconditional(&function.attrs) && is_it(&function.sig, &Names::of(items))
            }
            Item::Mod(module) if is_unconditional(&module.attrs) => {
                let folder = beneath(folder, name);
                if let Some((_, items)) = &module.content {
                    return self.within(items, &folder, rest, is_it);
                }
                match &self.files(&folder)[..] {
                    [only] => self.within(&only.file.items, &folder, rest, is_it),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    /// Whether the program, or the library, declares this module and one of its files `has` something.
    pub(super) fn any_beside(
        self,
        source: &Source,
        module: &str,
        has: &dyn Fn(&Source) -> bool,
    ) -> bool {
        let library = self.library();
        let library = library.as_ref().map(|(source, folder)| (source, *folder));
        let mut starts = library.into_iter().chain([(source, self.folder)]);
        starts.any(|(start, folder)| {
            let items = &start.file.items;
            let declares = items
                .iter()
                .any(|item| matches!(item, Item::Mod(it) if it.ident == module));
            declares && (has(start) || self.any_beneath(items, folder, has))
        })
    }

    /// Whether a module of the program beside its first file, or one of the library, `has` something among
    /// its items. Those for tests alone are left out.
    pub(super) fn any_other(self, source: &Source, has: &dyn Fn(&[Item]) -> bool) -> bool {
        let library = self.library();
        let in_library = library.is_some_and(|(library, folder)| {
            let items = &library.file.items;
            has(items) || self.any_module(items, folder, has)
        });
        in_library || self.any_module(&source.file.items, self.folder, has)
    }

    fn any_module(self, items: &[Item], folder: &str, has: &dyn Fn(&[Item]) -> bool) -> bool {
        let has = |items: &[Item], folder: &str| has(items) || self.any_module(items, folder, has);
        items.iter().any(|item| {
            let Item::Mod(module) = item else {
                return false;
            };
            if is_for_tests(&module.attrs) {
                return false;
            }
            let folder = beneath(folder, &module.ident.to_string());
            match &module.content {
                Some((_, items)) => has(items, &folder),
                None => self
                    .files(&folder)
                    .iter()
                    .any(|file| has(&file.file.items, &folder)),
            }
        })
    }

    fn any_beneath(self, items: &[Item], folder: &str, has: &dyn Fn(&Source) -> bool) -> bool {
        items.iter().any(|item| {
            let Item::Mod(module) = item else {
                return false;
            };
            let folder = beneath(folder, &module.ident.to_string());
            if let Some((_, items)) = &module.content {
                return self.any_beneath(items, &folder, has);
            }
            let mut files = self.files(&folder).into_iter();
            files.any(|file| has(&file) || self.any_beneath(&file.file.items, &folder, has))
        })
    }

    /// The file that the library starts in, and its folder.
    fn library(&self) -> Option<(Source, &str)> {
        let (_, file) = self.library?;
        let folder = file.rsplit_once('/').map_or("", |(folder, _)| folder);
        Some((self.parse(file)?, folder))
    }

    /// The files that a module may be in, by the folder of those beneath it: of one that builds one.
    fn files(self, folder: &str) -> Vec<Source> {
        let files = [format!("{folder}.rs"), format!("{folder}/mod.rs")];
        files.iter().filter_map(|file| self.parse(file)).collect()
    }

    fn parse(self, file: &str) -> Option<Source> {
        Source::parse(file, (self.read)(file)?).ok()
    }
}

fn beneath(folder: &str, name: &str) -> String {
    format!("{folder}/{name}")
        .trim_start_matches('/')
        .to_owned()
}

/// Functions and modules by this name.
fn is_named(name: &str) -> impl Fn(&Item) -> bool {
    move |item| match item {
        Item::Fn(function) => function.sig.ident == name,
        Item::Mod(module) => module.ident == name,
        _ => false,
    }
}

fn is_unconditional(attributes: &[Attribute]) -> bool {
    let conditions = ["cfg", "cfg_attr", "path"];
    !attributes.iter().any(|attribute| {
        let path = attribute.path();
        conditions.iter().any(|name| path.is_ident(name))
    })
}

/// Whether what has these attributes is there in tests alone: `#[test]`, `#[cfg(test)]`.
pub(super) fn is_for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        let path = attribute.path();
        let last = path.segments.last();
        if last.is_some_and(|last| last.ident == "test") {
            return true;
        }
        let condition = attribute.meta.require_list().map(|list| &list.tokens);
        path.is_ident("cfg")
            && condition.is_ok_and(|condition| {
                let words = condition.to_string();
                let mut words = words.split(|c: char| !c.is_alphanumeric() && c != '_');
                let first = words.find(|word| !word.is_empty());
                let second = words.find(|word| !word.is_empty());
                first == Some("test") || (first == Some("all") && second == Some("test"))
            })
    })
}

#[cfg(test)]
pub(super) mod files {
    use super::Modules;

    /// Those of a program in `src/`, with a library `shop` where these files have one.
    pub(in crate::add::wiring) fn modules(read: &dyn Fn(&str) -> Option<String>) -> Modules<'_> {
        Modules {
            folder: "src",
            library: Some(("shop", "src/lib.rs")),
            read,
        }
    }

    /// Reads among these files.
    pub(in crate::add::wiring) fn among(files: &[(&str, &str)]) -> impl Fn(&str) -> Option<String> {
        move |path| {
            let found = files.iter().find(|(file, _)| *file == path);
            found.map(|(_, text)| (*text).to_owned())
        }
    }
}
