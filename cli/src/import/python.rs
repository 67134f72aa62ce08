//! `app_config.py`: assignments, read without running them.

use super::expression::expression;
use super::node::{Entry, Node, Value};
use super::scanner::{Language, Scanner};
use super::scope::{Environment, Scope};
use super::skip::skip_statement;
use super::source::Source;
use crate::error::Error;

/// Reads the assignments of a module and of its classes. What stands in a condition or a loop is
/// not known; functions are left out.
pub(super) fn python(source: &Source, environment: &Environment) -> Result<Vec<Entry>, Error> {
    let mut scanner = Scanner::new(source, Language::Python);
    let mut scope = Scope::new(environment);
    let mut blocks: Vec<(usize, Block)> = Vec::new();
    let mut entries = Vec::new();
    while scanner.peek().is_some() {
        let start = scanner.at;
        scanner.skip_space(false)?;
        if scanner.take("\n") || scanner.take(";") {
            continue;
        }
        let indent = scanner.at - start;
        blocks.retain(|(of_block, _)| *of_block < indent);
        if let Some(block) = block(&scanner) {
            skip_statement(&mut scanner)?;
            blocks.push((indent, block));
            continue;
        }
        let place = scanner.place();
        let Some(name) = assigned(&mut scanner)? else {
            skip_statement(&mut scanner)?;
            continue;
        };
        let mut node = expression(&mut scanner, &scope, false, 0)?;
        scanner.skip_space(false)?;
        if !matches!(scanner.peek(), None | Some('\n' | ';')) {
            return Err(scanner.fault("the line goes on after its value"));
        }
        if blocks.iter().any(|(_, block)| *block == Block::Function) {
            continue;
        }
        if blocks.iter().any(|(_, block)| *block == Block::Condition) {
            let reason = "it depends on a condition".to_owned();
            node = Node::new(Value::Unknown(reason), place.clone());
        } else if node.place.file == place.file {
            node.place = place;
        }
        scope.define(&name, node.clone());
        node.flatten(&name, &mut entries);
    }
    Ok(entries)
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Block {
    Class,
    Condition,
    Function,
}

/// Whether a statement begins that has a block.
fn block(scanner: &Scanner<'_>) -> Option<Block> {
    let word = |word: &&str| {
        scanner
            .rest()
            .strip_prefix(*word)
            .is_some_and(|rest| rest.starts_with([' ', ':', '(', '\t']))
    };
    let conditions = [
        "if", "elif", "else", "for", "while", "try", "except", "finally", "with", "match", "case",
    ];
    if word(&"class") {
        Some(Block::Class)
    } else if ["def", "async"].iter().any(word) {
        Some(Block::Function)
    } else {
        conditions.iter().any(word).then_some(Block::Condition)
    }
}

/// The name in `name = …` and `name: type = …`, if this is one of them.
fn assigned(scanner: &mut Scanner<'_>) -> Result<Option<String>, Error> {
    let start = scanner.at;
    let Some(name) = scanner.name() else {
        return Ok(None);
    };
    scanner.skip_space(false)?;
    if scanner.take(":") {
        let annotation = scanner.rest();
        let end = annotation
            .find(['=', '\n', '#'])
            .unwrap_or(annotation.len());
        scanner.at += end;
    }
    if !scanner.rest().starts_with("==") && scanner.take("=") {
        return Ok(Some(name.to_owned()));
    }
    scanner.at = start;
    Ok(None)
}
