//! Values of Python and JavaScript that can be known without running the program.

use super::literal::{Piece, literal};
use super::node::{Node, Place, Value};
use super::scanner::{Language, Scanner};
use super::scope::Scope;
use super::skip::{skip_balanced, skip_rest};
use super::text::{format_text, join};
use crate::error::Error;

/// Reads an expression. `lines` says whether it goes on at the end of a line, as in brackets.
pub(super) fn expression(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    lines: bool,
    depth: usize,
) -> Result<Node, Error> {
    if depth > DEEPEST {
        return Err(scanner.fault("nested deeper than any configuration"));
    }
    let mut value = operand(scanner, scope, lines, depth)?;
    let python = scanner.language == Language::Python;
    loop {
        let before = scanner.at;
        scanner.skip_space(lines || !python)?;
        if scanner.rest().starts_with("+=") || scanner.rest().starts_with("++") {
            scanner.at = before;
            return Ok(value);
        }
        if scanner.take("+") {
            let right = operand(scanner, scope, lines, depth + 1)?;
            let place = value.place.clone();
            value = join(vec![value, right], &place);
        } else if scanner.take("||") || scanner.take("??") || (python && scanner.take_word("or")) {
            let right = operand(scanner, scope, lines, depth + 1)?;
            value = first_set(value, right);
        } else if !python && (scanner.take_word("as") || scanner.take_word("satisfies")) {
            // TypeScript's types say nothing here.
            skip_rest(scanner, lines)?;
        } else if goes_on(scanner) {
            let place = value.place;
            skip_rest(scanner, lines)?;
            let reason = "only the running program knows it".to_owned();
            return Ok(Node::new(Value::Unknown(reason), place));
        } else {
            // The end of a line ends a statement where nothing goes on.
            scanner.at = before;
            return Ok(value);
        }
    }
}

/// Whether an operator follows that needs more than texts.
fn goes_on(scanner: &Scanner<'_>) -> bool {
    let rest = scanner.rest();
    let operators = [
        "?", "=>", "==", "!=", "<", ">", "%", "*", "-", "&", "|", "^",
    ];
    let words = ["if", "and", "in", "is", "not", "instanceof"];
    let word = |word: &&str| {
        rest.strip_prefix(*word)
            .is_some_and(|rest| rest.starts_with([' ', '(', '\t']))
    };
    operators.iter().any(|operator| rest.starts_with(operator)) || words.iter().any(word)
}

/// `a or b`: the first that is there.
fn first_set(left: Node, right: Node) -> Node {
    let is_set = |node: &Node| match &node.value {
        Value::Text(text) => !text.is_empty(),
        Value::List(items) => !items.is_empty(),
        Value::Table(_) => true,
        Value::Nothing | Value::Unknown(_) => false,
    };
    if is_set(&left) || !is_set(&right) {
        left
    } else {
        right
    }
}

fn operand(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    lines: bool,
    depth: usize,
) -> Result<Node, Error> {
    let python = scanner.language == Language::Python;
    scanner.skip_space(lines || !python)?;
    let place = scanner.place();
    let mut value = match scanner.peek() {
        Some('[') => {
            scanner.next();
            list(scanner, scope, ']', depth)?
        }
        Some('{') => {
            scanner.next();
            super::table::table(scanner, scope, depth)?
        }
        Some('(') => {
            let start = scanner.at;
            scanner.next();
            parenthesized(scanner, scope, start, depth)?
        }
        Some(c) if c.is_ascii_digit() => number(scanner),
        None | Some(')' | ']' | '}' | ',' | ';' | '\n') => {
            return Err(scanner.fault("a value is missing here"));
        }
        Some(_) => match texts(scanner, scope, lines, depth)? {
            Some(value) => value,
            None if scanner.at_name() => return named(scanner, scope, lines, depth),
            None => {
                skip_rest(scanner, lines)?;
                unknown()
            }
        },
    };
    value = methods(scanner, scope, value, &place, depth)?;
    Ok(Node::new(value, place))
}

/// Text after text, which Python joins.
fn texts(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    lines: bool,
    depth: usize,
) -> Result<Option<Value>, Error> {
    let opening = scanner.place();
    let mut parts = Vec::new();
    loop {
        let before = scanner.at;
        if !parts.is_empty() {
            scanner.skip_space(lines)?;
        }
        let place = scanner.place();
        let Some(found) = literal(scanner)? else {
            scanner.at = before;
            break;
        };
        for piece in found.pieces {
            parts.push(match piece {
                Piece::Text(text) => Node::text(text, place.clone()),
                Piece::Expression(start, end) => inner(scanner, scope, start, end, depth)?,
            });
        }
        if scanner.language != Language::Python {
            break;
        }
    }
    Ok((!parts.is_empty()).then(|| join(parts, &opening).value))
}

/// The expression in an f-string or a template.
fn inner(
    scanner: &Scanner<'_>,
    scope: &Scope<'_>,
    start: usize,
    end: usize,
    depth: usize,
) -> Result<Node, Error> {
    let mut inner = Scanner {
        at: start,
        end,
        ..*scanner
    };
    expression(&mut inner, scope, true, depth + 1)
}

fn number(scanner: &mut Scanner<'_>) -> Value {
    let rest = scanner.rest();
    let end = rest
        .find(|c: char| !(c.is_ascii_alphanumeric() || c == '.' || c == '_'))
        .unwrap_or(rest.len());
    scanner.at += end;
    Value::Text(rest[..end].to_owned())
}

fn list(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    closing: char,
    depth: usize,
) -> Result<Value, Error> {
    let mut items = Vec::new();
    loop {
        scanner.skip_space(true)?;
        if scanner.peek() == Some(closing) {
            scanner.next();
            return Ok(Value::List(items));
        }
        scanner.take("...");
        items.push(expression(scanner, scope, true, depth + 1)?);
        scanner.skip_space(true)?;
        if !scanner.take(",") && scanner.peek() != Some(closing) {
            return Err(scanner.fault(&format!("a comma or {closing} is missing here")));
        }
    }
}

/// `(a)`, a tuple, or the parameters of a function.
fn parenthesized(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    start: usize,
    depth: usize,
) -> Result<Value, Error> {
    scanner.skip_space(true)?;
    let first = match scanner.peek() {
        Some(')') => None,
        _ => Some(expression(scanner, scope, true, depth + 1)?),
    };
    scanner.skip_space(true)?;
    if scanner.take(")") {
        return Ok(first.map_or(Value::List(Vec::new()), |node| node.value));
    }
    if scanner.take(",") && scanner.language == Language::Python {
        let Value::List(mut items) = list(scanner, scope, ')', depth)? else {
            return Ok(unknown());
        };
        items.splice(0..0, first);
        return Ok(Value::List(items));
    }
    scanner.at = start;
    skip_balanced(scanner)?;
    Ok(unknown())
}

/// A name, its members, and the calls that are understood.
fn named(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    lines: bool,
    depth: usize,
) -> Result<Node, Error> {
    let place = scanner.place();
    let mut path = Vec::new();
    while let Some(name) = scanner.name() {
        path.push(name);
        let before = scanner.at;
        if !(scanner.take("?.") || scanner.take(".")) || scanner.rest().starts_with('[') {
            break;
        }
        if scanner
            .rest()
            .starts_with(|c: char| !c.is_alphabetic() && c != '_')
        {
            scanner.at = before;
            break;
        }
    }
    // TypeScript's "not null".
    if scanner.rest().starts_with('!') && !scanner.rest().starts_with("!=") {
        scanner.next();
    }
    let value = match path.as_slice() {
        ["None" | "null" | "undefined"] => Value::Nothing,
        ["True" | "true"] => Value::Text("true".to_owned()),
        ["False" | "false"] => Value::Text("false".to_owned()),
        ["process", "env", name] | ["import", "meta", "env", name] => {
            return Ok(scope.variable(name, None, &place));
        }
        ["process", "env"] | ["os", "environ"] | ["environ"] if scanner.take("[") => {
            let name = expression(scanner, scope, true, depth + 1)?;
            scanner.skip_space(true)?;
            if !scanner.take("]") {
                return Err(scanner.fault("a ] is missing here"));
            }
            return Ok(variable(scope, &name, None, &place));
        }
        ["os", "getenv"] | ["getenv"] | ["os", "environ", "get"] | ["environ", "get"]
            if scanner.take("(") =>
        {
            let Value::List(mut arguments) = list(scanner, scope, ')', depth)? else {
                return Ok(Node::new(unknown(), place));
            };
            let default = (arguments.len() > 1).then(|| arguments.swap_remove(1));
            let Some(name) = arguments.first() else {
                return Err(scanner.fault("the name of a variable is missing here"));
            };
            let found = variable(scope, name, default, &place);
            let value = methods(scanner, scope, found.value, &place, depth)?;
            return Ok(Node::new(value, found.place));
        }
        ["function" | "async" | "new" | "await" | "lambda" | "class" | "not" | "typeof"] => {
            skip_rest(scanner, lines)?;
            unknown()
        }
        [first, rest @ ..] => {
            let mut node = scope.name(first, &place);
            for (index, name) in rest.iter().enumerate() {
                let is_call = index + 1 == rest.len() && scanner.rest().starts_with('(');
                if is_call && matches!(node.value, Value::Text(_)) {
                    scanner.at -= name.len() + 1;
                    break;
                }
                let member = node.member(name).map(|member| member.value.clone());
                node.value = member.unwrap_or_else(unknown);
            }
            methods(scanner, scope, node.value, &place, depth)?
        }
        [] => unknown(),
    };
    Ok(Node::new(value, place))
}

fn variable(scope: &Scope<'_>, name: &Node, default: Option<Node>, place: &Place) -> Node {
    match &name.value {
        Value::Text(name) => scope.variable(name, default, place),
        _ => Node::new(unknown(), place.clone()),
    }
}

/// `.format(…)` and the few methods that leave a text a text; anything else is not known.
fn methods(
    scanner: &mut Scanner<'_>,
    scope: &Scope<'_>,
    mut value: Value,
    place: &Place,
    depth: usize,
) -> Result<Value, Error> {
    loop {
        let start = scanner.at;
        let method = scanner.take(".").then(|| scanner.name()).flatten();
        if scanner.rest().starts_with(['(', '[']) {
            let arguments_at = scanner.at;
            let plain = match (method, &value) {
                (Some("format"), Value::Text(template)) if scanner.take("(") => {
                    let arguments = super::table::arguments(scanner, scope, depth)?;
                    value = format_text(template, &arguments, place);
                    continue;
                }
                (Some("strip" | "trim" | "toString"), Value::Text(text)) => {
                    Some(Value::Text(text.trim().to_owned()))
                }
                (Some("lower" | "toLowerCase"), Value::Text(text)) => {
                    Some(Value::Text(text.to_lowercase()))
                }
                (Some("split"), value) => value.words().map(|words| {
                    let nodes = words
                        .into_iter()
                        .map(|word| Node::text(word, place.clone()));
                    Value::List(nodes.collect())
                }),
                _ => None,
            };
            scanner.at = arguments_at;
            let empty = scanner.take("()") || scanner.take("(' ')") || scanner.take("(\" \")");
            if !empty {
                skip_balanced(scanner)?;
            }
            value = plain.filter(|_| empty).unwrap_or_else(unknown);
        } else if method.is_some() {
            value = unknown();
        } else {
            scanner.at = start;
            return Ok(value);
        }
    }
}

fn unknown() -> Value {
    Value::Unknown("only the running program knows it".to_owned())
}

const DEEPEST: usize = 48;
