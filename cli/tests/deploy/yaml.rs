//! YAML as values, for looking at what was generated.

use saphyr_parser::{Event, Parser, StrInput};
use serde_json::{Map, Value};

/// The documents of a text.
pub(super) fn documents(text: &str) -> Vec<Value> {
    let mut parser = Parser::new_from_str(text);
    let mut documents = Vec::new();
    while let Some(event) = next(&mut parser) {
        match event {
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
            event => documents.push(value(&mut parser, event)),
        }
    }
    documents
}

/// The only document of a text.
pub(super) fn document(text: &str) -> Value {
    let documents = documents(text);
    assert_eq!(documents.len(), 1, "{text}");
    documents.into_iter().next().unwrap_or_default()
}

fn next<'a>(parser: &mut Parser<'a, StrInput<'a>>) -> Option<Event<'a>> {
    let event = parser.next_event()?;
    Some(event.unwrap_or_else(|error| panic!("{error}")).0)
}

fn value<'a>(parser: &mut Parser<'a, StrInput<'a>>, event: Event<'a>) -> Value {
    match event {
        Event::Scalar(text, ..) => text.into_owned().into(),
        Event::SequenceStart(..) => {
            let mut items = Vec::new();
            while let Some(event) = next(parser).filter(|event| *event != Event::SequenceEnd) {
                items.push(value(parser, event));
            }
            items.into()
        }
        Event::MappingStart(..) => {
            let mut members = Map::new();
            while let Some(event) = next(parser).filter(|event| *event != Event::MappingEnd) {
                let key = value(parser, event);
                let event = next(parser).expect("a value");
                let value = value(parser, event);
                let known = members.insert(key.as_str().expect("a text").to_owned(), value);
                assert!(known.is_none(), "{key} twice");
            }
            members.into()
        }
        other => panic!("{other:?}"),
    }
}
