//! `.env`, as python-dotenv and the dotenv package of Node.js read it.

use super::node::{Entry, Node, Value};
use super::placeholders::resolve;
use super::source::Source;
use crate::error::Error;

/// Reads the variables; `${NAME}` stands for one of them.
pub(super) fn dotenv(source: &Source) -> Result<Vec<Entry>, Error> {
    let mut entries = Vec::new();
    let mut at = 0;
    while at < source.text.len() {
        let rest = &source.text[at..];
        let line = rest.lines().next().unwrap_or_default();
        let content = line.trim_start();
        let start = at + line.len() - content.len();
        if content.is_empty() || content.starts_with('#') {
            at += line.len() + 1;
            continue;
        }
        let (entry, end) = variable(source, start)?;
        entries.push(entry);
        at = end;
    }
    resolve(source, &mut entries, &|_| None)?;
    Ok(entries)
}

/// A variable that begins here, and where the next line begins.
fn variable(source: &Source, start: usize) -> Result<(Entry, usize), Error> {
    let rest = &source.text[start..];
    let line = rest.lines().next().unwrap_or_default();
    let place = source.place(start);
    let body = line.strip_prefix("export ").unwrap_or(line);
    let body_at = start + line.len() - body.len();
    let name_length = body.find('=').unwrap_or(body.len());
    let name = body[..name_length].trim();
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if name.is_empty() || !name.chars().all(valid) {
        let message = "no variable: NAME=value is expected";
        return Err(source.fault(&place, message));
    }
    let entry = |value| Entry {
        key: name.to_owned(),
        value,
        place: place.clone(),
    };
    if name_length == body.len() {
        return Ok((entry(Value::Nothing), start + line.len() + 1));
    }
    let after = &source.text[body_at + name_length + 1..];
    let value = after.trim_start_matches([' ', '\t']);
    let value_at = body_at + name_length + 1 + after.len() - value.len();
    if let Some(quote) = value.chars().next().filter(|c| "'\"`".contains(*c)) {
        let (text, length) = quoted(&value[1..], quote)
            .ok_or_else(|| source.fault(&source.place(value_at), "a text that does not end"))?;
        let end = value_at + 1 + length;
        let left = source.text[end..].lines().next().unwrap_or_default();
        let trailing = left.trim_start();
        if !trailing.is_empty() && !trailing.starts_with('#') {
            let place = source.place(end + left.len() - trailing.len());
            return Err(source.fault(&place, "the line goes on after its value"));
        }
        let value = match quote {
            '\'' => escaped(&text),
            _ => Value::Text(text),
        };
        return Ok((entry(value), end + left.len() + 1));
    }
    let text = value.lines().next().filter(|_| !value.starts_with('\n'));
    let text = text.unwrap_or_default();
    let comment = text.find(" #").or_else(|| text.find("\t#"));
    let text = match text {
        text if text.starts_with('#') => "",
        text => text[..comment.unwrap_or(text.len())].trim(),
    };
    let value = match text {
        "" => Value::Nothing,
        text => Value::Text(text.to_owned()),
    };
    Ok((entry(value), start + line.len() + 1))
}

/// The text up to the closing quote, and the length with it.
fn quoted(text: &str, quote: char) -> Option<(String, usize)> {
    let mut value = String::new();
    let mut escape = false;
    for (at, c) in text.char_indices() {
        match c {
            c if escape => {
                escape = false;
                match c {
                    'n' if quote == '"' => value.push('\n'),
                    'r' if quote == '"' => value.push('\r'),
                    't' if quote == '"' => value.push('\t'),
                    c if c == quote || c == '\\' => value.push(c),
                    c => value.extend(['\\', c]),
                }
            }
            '\\' => escape = true,
            c if c == quote => return Some((value, at + c.len_utf8())),
            c => value.push(c),
        }
    }
    None
}

/// In single quotes `$` stands for itself.
fn escaped(text: &str) -> Value {
    Value::Text(text.replace('$', super::placeholders::DOLLAR))
}

/// The variables by name, for those who look them up.
pub(super) fn environment(entries: &[Entry]) -> impl Iterator<Item = (String, Node)> + '_ {
    let set = entries
        .iter()
        .filter(|entry| !matches!(entry.value, Value::Nothing));
    set.map(|entry| {
        let node = Node::new(entry.value.clone(), entry.place.clone());
        (entry.key.clone(), node)
    })
}
