//! Texts in quotes, as Python and JavaScript write them.

use super::scanner::{Language, Scanner};
use crate::error::Error;

/// A text in quotes, with the expressions inside it.
pub(super) struct Literal {
    pub(super) pieces: Vec<Piece>,
}

/// A piece of a text in quotes.
pub(super) enum Piece {
    Text(String),
    /// `{…}` of an f-string, `${…}` of a template: where the expression begins and ends.
    Expression(usize, usize),
}

/// Reads a text in quotes if one comes next.
pub(super) fn literal(scanner: &mut Scanner<'_>) -> Result<Option<Literal>, Error> {
    let rest = scanner.rest();
    let python = scanner.language == Language::Python;
    let prefix = match rest.find(['"', '\'']) {
        Some(at) if python && at <= 2 && rest[..at].chars().all(|c| "rRbBuUfF".contains(c)) => {
            rest[..at].to_ascii_lowercase()
        }
        _ => String::new(),
    };
    let quotes = &rest[prefix.len()..];
    let quote = match quotes.chars().next() {
        Some(quote @ ('"' | '\'')) => quote,
        Some('`') if !python => '`',
        _ => return Ok(None),
    };
    let opening = scanner.place();
    let triple = python && quotes.starts_with(&quote.to_string().repeat(3));
    let closing = quote.to_string().repeat(if triple { 3 } else { 1 });
    scanner.at += prefix.len() + closing.len();
    let raw = prefix.contains('r');
    let marks = match quote {
        '`' => Some("${"),
        _ if prefix.contains('f') => Some("{"),
        _ => None,
    };
    let mut pieces = Vec::new();
    let mut text = String::new();
    loop {
        if scanner.take(&closing) {
            break;
        }
        if marks == Some("{") && (scanner.take("{{") || scanner.take("}}")) {
            text.push_str(&scanner.source.text[scanner.at - 1..scanner.at]);
            continue;
        }
        if let Some(mark) = marks
            && scanner.take(mark)
        {
            pieces.push(Piece::Text(std::mem::take(&mut text)));
            let start = scanner.at;
            let Some(length) = scanner.rest().find(['}', '\n']) else {
                return Err(scanner.fault("an expression that does not end"));
            };
            scanner.at += length;
            if !scanner.take("}") {
                return Err(scanner.fault("an expression that does not end on its line"));
            }
            pieces.push(Piece::Expression(start, start + length));
            continue;
        }
        match scanner.next() {
            Some('\\') if raw => {
                text.push('\\');
                text.extend(scanner.next());
            }
            Some('\\') => escape(scanner, &mut text)?,
            Some('\n') if !triple && quote != '`' => {
                return Err(scanner
                    .source
                    .fault(&opening, "a text that does not end on its line"));
            }
            Some(c) => text.push(c),
            None => return Err(scanner.source.fault(&opening, "a text that does not end")),
        }
    }
    pieces.push(Piece::Text(text));
    Ok(Some(Literal { pieces }))
}

fn escape(scanner: &mut Scanner<'_>, text: &mut String) -> Result<(), Error> {
    let hex = |scanner: &mut Scanner<'_>, length: usize| {
        let digits = scanner.rest().get(..length);
        let code = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
        if code.is_some() {
            scanner.at += length;
        }
        code
    };
    let code = match scanner.next() {
        None | Some('\n') => return Ok(()),
        Some('n') => '\n'.into(),
        Some('t') => '\t'.into(),
        Some('r') => '\r'.into(),
        Some('b') => 8,
        Some('f') => 12,
        Some('0') => 0,
        Some('x') => hex(scanner, 2).unwrap_or(u32::MAX),
        Some('u') => {
            let mut code = hex(scanner, 4).unwrap_or(u32::MAX);
            if (0xd800..0xdc00).contains(&code) && scanner.take("\\u") {
                let low = hex(scanner, 4).unwrap_or_default();
                code = 0x1_0000 + ((code - 0xd800) << 10) + (low.wrapping_sub(0xdc00) & 0x3ff);
            }
            code
        }
        Some(other @ ('\\' | '\'' | '"' | '/' | '`' | '$' | '{')) => other.into(),
        // Python keeps the backslash, JavaScript drops it.
        Some(other) => {
            if scanner.language == Language::Python {
                text.push('\\');
            }
            other.into()
        }
    };
    match char::from_u32(code) {
        Some(c) => {
            text.push(c);
            Ok(())
        }
        None => Err(scanner.fault("an escape sequence that is no character")),
    }
}
