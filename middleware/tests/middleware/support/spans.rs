//! The spans of the layer while a test runs.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;
use std::sync::{Arc, Mutex};

use tracing::dispatcher::{DefaultGuard, Dispatch};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Level, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry};

/// One span, with its fields as text.
#[derive(Clone, Debug, Default)]
pub struct Span {
    id: u64,
    parent: Option<u64>,
    pub name: &'static str,
    pub fields: BTreeMap<&'static str, String>,
}

impl Span {
    /// What a field says; nothing if it says nothing.
    pub fn says(&self, field: &str) -> &str {
        self.fields.get(field).map_or("", String::as_str)
    }
}

/// The spans of this thread from here on, those of other crates aside.
#[derive(Clone, Default)]
pub struct Spans(Arc<Mutex<Vec<Span>>>);

/// Keeps the ears open.
pub struct SpansGuard {
    _guard: DefaultGuard,
    /// As for the log: tracing must not ask one subscriber alone.
    _other: Dispatch,
}

impl Spans {
    /// Listens; writes log lines, with the spans around them, to `log`.
    pub fn listen<W>(log: W) -> (Self, SpansGuard)
    where
        W: Write + Clone + Send + Sync + 'static,
    {
        let spans = Self::default();
        let other = Dispatch::new(Registry::default());
        let lines = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || log.clone())
            .with_filter(tracing_subscriber::filter::LevelFilter::from(Level::INFO));
        let subscriber = Registry::default().with(spans.clone()).with(lines);
        let guard = SpansGuard {
            _guard: tracing::subscriber::set_default(subscriber),
            _other: other,
        };
        (spans, guard)
    }

    /// What there was, and forgets it.
    pub fn take(&self) -> Vec<Span> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }

    /// The only span of this name for OpenTelemetry.
    pub fn one<'s>(spans: &'s [Span], name: &str) -> &'s Span {
        let mut found = spans.iter().filter(|span| span.says("otel.name") == name);
        let one = found.next();
        let one = one.unwrap_or_else(|| panic!("no {name} in {spans:#?}"));
        assert!(found.next().is_none(), "more than one {name} in {spans:#?}");
        one
    }

    /// Whether one is directly within the other.
    pub fn is_within(inner: &Span, outer: &Span) -> bool {
        inner.parent == Some(outer.id)
    }

    fn note(&self, id: &Id, fields: impl FnOnce(&mut Fields<'_>)) {
        let mut spans = self.0.lock().unwrap();
        let own = spans.iter_mut().rfind(|span| span.id == id.into_u64());
        if let Some(span) = own {
            fields(&mut Fields(&mut span.fields));
        }
    }
}

impl<S: Subscriber + for<'s> LookupSpan<'s>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let metadata = attributes.metadata();
        if !metadata.target().starts_with("tower_b2c") {
            return;
        }
        let parent = context.span(id).and_then(|span| span.parent());
        let mut span = Span {
            id: id.into_u64(),
            parent: parent.map(|parent| parent.id().into_u64()),
            name: metadata.name(),
            fields: BTreeMap::new(),
        };
        attributes.record(&mut Fields(&mut span.fields));
        self.0.lock().unwrap().push(span);
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, _: Context<'_, S>) {
        self.note(id, |fields| values.record(fields));
    }
}

struct Fields<'f>(&'f mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.to_owned());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }
}
