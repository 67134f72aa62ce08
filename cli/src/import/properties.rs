//! `application.properties`, as `java.util.Properties` reads it.

use super::node::{Entry, Value};
use super::source::Source;

/// Reads the settings; a line that ends with `\` goes on in the next one.
pub(super) fn properties(source: &Source) -> Vec<Entry> {
    let mut entries = Vec::new();
    let mut lines = source.text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let line = line.trim_start();
        if line.is_empty() || line.starts_with(['#', '!']) {
            continue;
        }
        let mut whole = line.to_owned();
        while continues(&whole) {
            whole.pop();
            let Some((_, next)) = lines.next() else {
                break;
            };
            whole.push_str(next.trim_start());
        }
        let end = whole.find(['=', ':', ' ', '\t']).unwrap_or(whole.len());
        let key = whole[..end].to_owned();
        let value = whole[end..].trim_start();
        let value = value.strip_prefix(['=', ':']).unwrap_or(value);
        let value = match unescaped(value.trim_start()) {
            text if text.is_empty() => Value::Nothing,
            text => Value::Text(text),
        };
        entries.push(Entry {
            key,
            value,
            place: source.at_line(number + 1),
        });
    }
    entries
}

fn continues(line: &str) -> bool {
    let slashes = line.len() - line.trim_end_matches('\\').len();
    slashes % 2 == 1
}

fn unescaped(text: &str) -> String {
    let mut result = String::new();
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        if c != '\\' {
            result.push(c);
            continue;
        }
        match rest.next() {
            Some('n') => result.push('\n'),
            Some('t') => result.push('\t'),
            Some('r') => result.push('\r'),
            Some('u') => {
                let digits: String = rest.by_ref().take(4).collect();
                let code = u32::from_str_radix(&digits, 16).ok();
                result.push(code.and_then(char::from_u32).unwrap_or('\u{fffd}'));
            }
            other => result.extend(other),
        }
    }
    result
}
