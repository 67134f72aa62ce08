//! Texts made of texts.

use super::node::{Node, Place, Value};

/// Texts and lists after one another. What is not known stays so.
pub(super) fn join(parts: Vec<Node>, place: &Place) -> Node {
    let place = place.clone();
    let mut text = String::new();
    let mut items = Vec::new();
    let mut lists = false;
    for part in parts {
        match part.value {
            Value::Text(more) => text.push_str(&more),
            Value::List(more) => {
                lists = true;
                items.extend(more);
            }
            Value::Nothing => {}
            Value::Table(_) => {
                let reason = "only the running program knows it".to_owned();
                return Node::new(Value::Unknown(reason), place);
            }
            Value::Unknown(reason) => return Node::new(Value::Unknown(reason), place),
        }
        if text.len() > LONGEST || items.len() > LONGEST {
            let reason = "it is longer than any setting".to_owned();
            return Node::new(Value::Unknown(reason), place);
        }
    }
    if lists && text.is_empty() {
        return Node::new(Value::List(items), place);
    }
    Node::text(text, place)
}

/// Python's `template.format(…)`: `{name}`, `{}` and `{0}`.
pub(super) fn format_text(
    template: &str,
    arguments: &[(Option<String>, Node)],
    place: &Place,
) -> Value {
    let mut parts = Vec::new();
    let mut rest = template;
    let mut position = 0;
    while let Some(open) = rest.find('{') {
        parts.push(Node::text(&rest[..open], place.clone()));
        let Some(close) = rest[open..].find('}') else {
            break;
        };
        let field = &rest[open + 1..open + close];
        let named = arguments
            .iter()
            .find(|(name, _)| name.as_deref() == Some(field));
        let index = if field.is_empty() {
            position += 1;
            Some(position - 1)
        } else {
            field.parse::<usize>().ok()
        };
        let found = named.or_else(|| arguments.get(index?));
        let Some((_, value)) = found else {
            return Value::Unknown(format!("{{{field}}} is given by the running program"));
        };
        parts.push(value.clone());
        rest = &rest[open + close + 1..];
    }
    parts.push(Node::text(rest, place.clone()));
    join(parts, place).value
}

const LONGEST: usize = 16 * 1024;
