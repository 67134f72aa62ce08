//! YAML: Spring's `application.yml`, oauth2-proxy's alpha configuration.

use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span};

use super::node::{Entry, Node, Place, Value};
use super::source::Source;
use crate::error::Error;

/// Reads every document. What belongs to one of Spring's profiles is not known, since the profile
/// is chosen when the program starts.
pub(super) fn yaml(source: &Source) -> Result<Vec<Entry>, Error> {
    let mut reader = Reader {
        source,
        parser: Parser::new_from_str(&source.text),
        anchors: BTreeMap::new(),
        nodes: 0,
    };
    let mut entries = Vec::new();
    while let Some((event, span)) = reader.next()? {
        let (Event::Scalar(..) | Event::MappingStart(..) | Event::SequenceStart(..)) = event else {
            continue;
        };
        let mut document = Vec::new();
        reader.node(event, span, 0)?.flatten("", &mut document);
        let of_profile = document.iter().any(|entry| {
            matches!(
                entry.key.as_str(),
                "spring.config.activate.on-profile" | "spring.profiles"
            )
        });
        if of_profile {
            for entry in &mut document {
                entry.value = Value::Unknown("it belongs to one of several profiles".to_owned());
            }
        }
        entries.append(&mut document);
    }
    Ok(entries)
}

struct Reader<'a> {
    source: &'a Source,
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    anchors: BTreeMap<usize, Node>,
    nodes: usize,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Result<Option<(Event<'a>, Span)>, Error> {
        let fault = |error: ScanError| {
            let place = Place {
                column: error.marker().col() + 1,
                ..self.source.at_line(error.marker().line().max(1))
            };
            // The parser's words never repeat a value.
            self.source.fault(&place, error.info())
        };
        self.parser.next_event().transpose().map_err(fault)
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Error> {
        let place = Place {
            column: span.start.col() + 1,
            ..self.source.at_line(span.start.line().max(1))
        };
        self.nodes += 1;
        if depth > DEEPEST || self.nodes > MOST {
            let message = "larger or deeper than any configuration";
            return Err(self.source.fault(&place, message));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor),
            Event::Alias(anchor) => {
                let node = self.anchors.get(&anchor).cloned();
                // An alias of an alias of an alias grows like a power.
                self.nodes += node.as_ref().map_or(0, size);
                let unknown = || Value::Unknown("it is an alias of something else".to_owned());
                (node.map_or_else(unknown, |node| node.value), 0)
            }
            Event::SequenceStart(anchor, _) => (self.sequence(depth)?, anchor),
            Event::MappingStart(anchor, _) => (self.mapping(depth)?, anchor),
            _ => (Value::Nothing, 0),
        };
        let node = Node::new(value, place);
        if anchor > 0 {
            self.anchors.insert(anchor, node.clone());
        }
        Ok(node)
    }

    fn sequence(&mut self, depth: usize) -> Result<Value, Error> {
        let mut items = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::SequenceEnd {
                break;
            }
            items.push(self.node(event, span, depth + 1)?);
        }
        Ok(Value::List(items))
    }

    fn mapping(&mut self, depth: usize) -> Result<Value, Error> {
        let mut members: Vec<(String, Node)> = Vec::new();
        while let Some((event, span)) = self.next()? {
            if event == Event::MappingEnd {
                break;
            }
            let key = self.node(event, span, depth + 1)?;
            let Some((event, span)) = self.next()? else {
                break;
            };
            let mut value = self.node(event, span, depth + 1)?;
            if let Value::Text(name) = key.value {
                if name == "<<" {
                    if let Value::Table(merged) = value.value {
                        members.splice(0..0, merged);
                    }
                    continue;
                }
                value.place = key.place;
                members.push((name, value));
            }
        }
        Ok(Value::Table(members))
    }
}

fn scalar(text: &str, style: ScalarStyle) -> Value {
    match (text, style) {
        ("" | "~" | "null", ScalarStyle::Plain) => Value::Nothing,
        (text, _) => Value::Text(text.to_owned()),
    }
}

fn size(node: &Node) -> usize {
    match &node.value {
        Value::List(items) => 1 + items.iter().map(size).sum::<usize>(),
        Value::Table(members) => 1 + members.iter().map(|(_, node)| size(node)).sum::<usize>(),
        _ => 1,
    }
}

const DEEPEST: usize = 48;
const MOST: usize = 100_000;
