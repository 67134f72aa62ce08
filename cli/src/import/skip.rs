//! Leaves out code that says nothing about settings.

use super::literal::literal;
use super::scanner::{Language, Scanner};
use crate::error::Error;

/// To the end of an expression: a comma, a closing bracket, a semicolon, or the end of the line
/// where `lines` does not go on.
pub(super) fn skip_rest(scanner: &mut Scanner<'_>, lines: bool) -> Result<(), Error> {
    loop {
        scanner.skip_space(lines)?;
        match scanner.peek() {
            None | Some('\n' | ',' | ';' | ')' | ']' | '}') => return Ok(()),
            Some(_) => one(scanner)?,
        }
    }
}

/// To the end of a statement: a semicolon, or the end of a line.
pub(super) fn skip_statement(scanner: &mut Scanner<'_>) -> Result<(), Error> {
    loop {
        scanner.skip_space(false)?;
        match scanner.peek() {
            None | Some('\n') => return Ok(()),
            Some(';') => {
                scanner.next();
                return Ok(());
            }
            Some(_) => one(scanner)?,
        }
    }
}

/// Over a bracket with all that is in it.
pub(super) fn skip_balanced(scanner: &mut Scanner<'_>) -> Result<(), Error> {
    let opening = scanner.place();
    let mut open = Vec::new();
    loop {
        scanner.skip_space(true)?;
        if literal(scanner)?.is_some() {
            continue;
        }
        match scanner.next() {
            Some('(') => open.push(')'),
            Some('[') => open.push(']'),
            Some('{') => open.push('}'),
            Some(c @ (')' | ']' | '}')) => {
                if open.pop() != Some(c) {
                    scanner.at -= 1;
                    return Err(scanner.fault("a bracket that was not opened"));
                }
            }
            Some(_) => {}
            None => {
                return Err(scanner
                    .source
                    .fault(&opening, "a bracket that is not closed"));
            }
        }
        if open.is_empty() {
            return Ok(());
        }
    }
}

fn one(scanner: &mut Scanner<'_>) -> Result<(), Error> {
    if matches!(scanner.peek(), Some('(' | '[' | '{')) {
        return skip_balanced(scanner);
    }
    if literal(scanner)?.is_none() && scanner.name().is_none() {
        let closing = matches!(scanner.peek(), Some(')' | ']' | '}'));
        if closing && scanner.language == Language::Python {
            return Err(scanner.fault("a bracket that was not opened"));
        }
        scanner.next();
    }
    Ok(())
}
