//! `authConfig.js`, `config.js`, `authConfig.ts` and JSON with comments.

use super::expression::expression;
use super::node::{Entry, Node};
use super::scanner::{Language, Scanner};
use super::scope::{Environment, Scope};
use super::skip::skip_statement;
use super::source::Source;
use crate::error::Error;

/// Reads the constants and the exported objects of a module.
pub(super) fn javascript(source: &Source, environment: &Environment) -> Result<Vec<Entry>, Error> {
    let mut scanner = Scanner::new(source, Language::JavaScript);
    let mut scope = Scope::new(environment);
    let mut entries: Vec<Entry> = Vec::new();
    loop {
        scanner.skip_space(true)?;
        if scanner.peek().is_none() {
            return Ok(entries);
        }
        let before = scanner.at;
        match assigned(&mut scanner)? {
            Some(name) => {
                let place = scanner.place();
                let node = expression(&mut scanner, &scope, false, 0)?;
                if !name.contains('.') {
                    scope.define(&name, node.clone());
                }
                let mut found = Vec::new();
                Node {
                    place: if node.place.file == place.file {
                        place
                    } else {
                        node.place
                    },
                    ..node
                }
                .flatten(&name, &mut found);
                // An export names what was read above.
                found.retain(|new| !entries.iter().any(|old| old.place == new.place));
                entries.append(&mut found);
                scanner.skip_space(false)?;
                if !matches!(scanner.peek(), None | Some('\n' | ';' | ',' | '/')) {
                    return Err(scanner.fault("the line goes on after its value"));
                }
            }
            None => {
                scanner.at = before;
                skip_statement(&mut scanner)?;
                if scanner.at == before {
                    scanner.next();
                }
            }
        }
        scanner.take(";");
    }
}

/// Reads JSON, with the comments and trailing commas that .NET's reader allows.
pub(super) fn json(source: &Source, environment: &Environment) -> Result<Vec<Entry>, Error> {
    let mut scanner = Scanner::new(source, Language::JavaScript);
    scanner.skip_space(true)?;
    if scanner.peek() != Some('{') {
        return Err(scanner.fault("a { is missing here"));
    }
    let scope = Scope::new(environment);
    let node = expression(&mut scanner, &scope, true, 0)?;
    scanner.skip_space(true)?;
    if scanner.peek().is_some() {
        return Err(scanner.fault("text after the end of the object"));
    }
    let mut entries = Vec::new();
    node.flatten("", &mut entries);
    Ok(entries)
}

/// What is set by `const name =`, `export default`, `module.exports =` or `a.b.c =`.
fn assigned(scanner: &mut Scanner<'_>) -> Result<Option<String>, Error> {
    if scanner.take_word("export") {
        scanner.skip_space(true)?;
        if scanner.take_word("default") {
            return Ok(Some("default".to_owned()));
        }
    }
    for word in ["const", "let", "var"] {
        if scanner.take_word(word) {
            scanner.skip_space(true)?;
        }
    }
    let mut path = Vec::new();
    while let Some(name) = scanner.name() {
        path.push(name);
        if !scanner.take(".") {
            break;
        }
    }
    scanner.skip_space(false)?;
    if !path.is_empty() && scanner.take(":") {
        // TypeScript's type.
        let rest = scanner.rest();
        scanner.at += rest.find(['=', '\n', ';']).unwrap_or(rest.len());
    }
    let rest = scanner.rest();
    let sets = rest.starts_with('=') && !rest.starts_with("==") && !rest.starts_with("=>");
    if path.is_empty() || !sets {
        return Ok(None);
    }
    scanner.next();
    scanner.skip_space(true)?;
    Ok(Some(path.join(".")))
}
