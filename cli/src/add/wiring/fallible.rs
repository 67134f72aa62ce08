//! What becomes of an error in the function that a call goes into.

use syn::{GenericArgument, Item, PathArguments, ReturnType, Signature, Type, TypePath};

use super::names::Names;
use super::search::{Calls, Found, calls};
use super::source::Source;

/// A call that may fail with an [`io::Error`](std::io::Error), as the function around it takes errors:
/// with `?` where that is sure to fit, else by stopping the program, which has not begun to serve yet.
pub(super) fn handled(source: &Source, found: &Found<'_>, call: &str) -> String {
    with(call, fits(source, found))
}

/// As [`handled`], for whoever serves with one of this item's calls; in a program that has none, for its
/// `main`.
pub(super) fn handled_by_all(source: &Source, item: &[&str], call: &str) -> String {
    let names = Names::of(&source.file.items);
    let Calls { found, in_macros } = calls(source, item);
    let plain = found.iter().map(|found| fits(source, found));
    let macros = in_macros.iter();
    let macros = macros.map(|function| takes_errors(function.signature, &names));
    let mut all: Vec<bool> = plain.chain(macros).collect();
    if all.is_empty() {
        let main = source.file.items.iter().find_map(|item| match item {
            Item::Fn(function) if function.sig.ident == "main" => Some(&function.sig),
            _ => None,
        });
        all.push(main.is_some_and(|main| takes_errors(main, &names)));
    }
    with(call, all.iter().all(|fits| *fits))
}

fn with(call: &str, fits: bool) -> String {
    if fits {
        format!("{call}?")
    } else {
        format!("{call}.expect(\"b2c.toml can be used\")")
    }
}

fn fits(source: &Source, found: &Found<'_>) -> bool {
    let names = Names::of(&source.file.items);
    !found.is_nested && takes_errors(found.function.signature, &names)
}

fn takes_errors(function: &Signature, names: &Names) -> bool {
    match &function.output {
        ReturnType::Type(_, returned) => takes_any_error(returned, names),
        ReturnType::Default => false,
    }
}

fn takes_any_error(returned: &Type, names: &Names) -> bool {
    let Type::Path(TypePath { path, .. }) = returned else {
        return false;
    };
    let Some(last) = path.segments.last().filter(|last| last.ident == "Result") else {
        return false;
    };
    let own = ["anyhow", "eyre", "color_eyre"];
    let first = path.segments.first().map(|first| first.ident.to_string());
    let first = first.unwrap_or_default();
    if own.contains(&first.as_str()) || names.is_from("Result", &own) {
        return arguments(&last.arguments).len() < 2;
    }
    if names.is(path, &["std", "io", "Result"]) {
        return true;
    }
    match arguments(&last.arguments).as_slice() {
        [_, Type::Path(error)] => is_any_error(error, names),
        _ => false,
    }
}

/// `Box<dyn Error …>`, `anyhow::Error`, `io::Error`.
fn is_any_error(error: &TypePath, names: &Names) -> bool {
    let known: [&[&str]; 4] = [
        &["anyhow", "Error"],
        &["eyre", "Report"],
        &["color_eyre", "Report"],
        &["std", "io", "Error"],
    ];
    if known.iter().any(|known| names.is(&error.path, known)) {
        return true;
    }
    let last = error
        .path
        .segments
        .last()
        .filter(|last| last.ident == "Box");
    let inner = last
        .map(|last| arguments(&last.arguments))
        .unwrap_or_default();
    let [Type::TraitObject(object)] = inner.as_slice() else {
        return false;
    };
    object.bounds.iter().any(|bound| match bound {
        syn::TypeParamBound::Trait(bound) => bound
            .path
            .segments
            .last()
            .is_some_and(|last| last.ident == "Error"),
        _ => false,
    })
}

fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(arguments) = arguments else {
        return Vec::new();
    };
    let types = arguments.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(found) => Some(found),
        _ => None,
    });
    types.collect()
}

#[cfg(test)]
mod tests {
    use super::super::names::Names;
    use super::takes_any_error;

    #[test]
    fn a_question_mark_is_used_where_it_fits() {
        let names = |text: &str| Names::of(&syn::parse_file(text).expect("Rust").items);
        let takes = |uses: &str, returned: &str| {
            takes_any_error(&syn::parse_str(returned).expect("a type"), &names(uses))
        };
        assert!(takes("", "Result<(), Box<dyn std::error::Error>>"));
        assert!(takes(
            "",
            "Result<(), Box<dyn Error + Send + Sync + 'static>>"
        ));
        assert!(takes("", "anyhow::Result<()>"));
        assert!(takes("use anyhow::{Context, Result};", "Result<()>"));
        assert!(takes("use std::io;", "io::Result<()>"));
        assert!(takes("use std::io;", "Result<(), io::Error>"));
        assert!(!takes("", "Result<(), MyError>"));
        assert!(!takes("use crate::Result;", "Result<()>"));
        assert!(!takes("", "ExitCode"));
        assert!(!takes("", "anyhow::Result<(), MyError>"));
    }
}
