//! Object literals and dictionaries, and the arguments of calls.

use super::expression::expression;
use super::literal::{Piece, literal};
use super::node::{Node, Value};
use super::scanner::{Language, Scanner};
use super::scope::Scope;
use super::skip::{skip_balanced, skip_rest};
use crate::error::Error;

/// Reads what follows `{`, with the closing brace.
pub(super) fn table(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    depth: usize,
) -> Result<Value, Error> {
    let opening = scanner.source.place(scanner.at.saturating_sub(1));
    let mut members: Vec<(String, Node)> = Vec::new();
    loop {
        scanner.skip_space(true)?;
        if scanner.take("}") {
            return Ok(Value::Table(members));
        }
        if scanner.peek().is_none() {
            return Err(scanner.source.fault(&opening, "a { that is not closed"));
        }
        member(scanner, scope, depth, &mut members)?;
        scanner.skip_space(true)?;
        match scanner.peek() {
            Some(',') => drop(scanner.next()),
            Some('}') => {}
            None => return Err(scanner.source.fault(&opening, "a { that is not closed")),
            Some(_) => return Err(scanner.fault("a comma or } is missing here")),
        }
    }
}

fn member(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    depth: usize,
    members: &mut Vec<(String, Node)>,
) -> Result<(), Error> {
    if scanner.take("...") || scanner.take("**") {
        let spread = expression(scanner, scope, true, depth + 1)?;
        if let Value::Table(more) = spread.value {
            members.extend(more);
        }
        return Ok(());
    }
    let place = scanner.place();
    let start = scanner.at;
    let key = match literal(scanner)? {
        Some(text) => plain(text.pieces),
        None if scanner.peek() == Some('[') => {
            skip_balanced(scanner)?;
            None
        }
        None => scanner.name().map(str::to_owned),
    };
    if key.is_none() && scanner.at == start {
        let number = scanner.rest().starts_with(|c: char| c.is_ascii_digit());
        if !number || scanner.language == Language::Python {
            return Err(scanner.fault("the name of a setting is missing here"));
        }
        expression(scanner, scope, true, depth + 1)?;
    }
    scanner.skip_space(true)?;
    if scanner.take(":") {
        scanner.skip_space(true)?;
        let at = scanner.place();
        let mut value = expression(scanner, scope, true, depth + 1)?;
        // A name's value is said where it is used; a variable's where it is set.
        if value.place.file == at.file {
            value.place = at;
        }
        members.extend(key.map(|key| (key, value)));
    } else if matches!(scanner.peek(), Some(',' | '}')) {
        // `{ clientId }`
        members.extend(key.map(|key| (key.clone(), scope.name(&key, &place))));
    } else if scanner.language == Language::JavaScript && scanner.peek() == Some('(') {
        skip_balanced(scanner)?;
        skip_rest(scanner, true)?;
    } else {
        return Err(scanner.fault("a : is missing here"));
    }
    Ok(())
}

/// Reads what follows `(`, with the closing bracket: values and their names, if they have any.
pub(super) fn arguments(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    depth: usize,
) -> Result<Vec<(Option<String>, Node)>, Error> {
    let mut arguments = Vec::new();
    loop {
        scanner.skip_space(true)?;
        if scanner.take(")") {
            return Ok(arguments);
        }
        let before = scanner.at;
        let mut name = scanner.name().map(str::to_owned);
        scanner.skip_space(true)?;
        if name.is_none() || !scanner.take("=") {
            name = None;
            scanner.at = before;
        }
        arguments.push((name, expression(scanner, scope, true, depth + 1)?));
        scanner.skip_space(true)?;
        if !scanner.take(",") && scanner.peek() != Some(')') {
            return Err(scanner.fault("a comma or ) is missing here"));
        }
    }
}

fn plain(pieces: Vec<Piece>) -> Option<String> {
    let texts = pieces.into_iter().map(|piece| match piece {
        Piece::Text(text) => Some(text),
        Piece::Expression(..) => None,
    });
    texts.collect()
}
