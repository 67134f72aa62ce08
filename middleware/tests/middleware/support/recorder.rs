//! What the layer counts while a test runs.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use metrics::{
    Counter, CounterFn, Gauge, GaugeFn, Histogram, HistogramFn, Key, KeyName, LocalRecorderGuard,
    Metadata, Recorder, SharedString, Unit,
};

/// Counts of this thread, by name and labels. What the documentation does not list is a failure.
#[derive(Clone, Default)]
pub struct Heard {
    counts: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    gauges: Arc<Mutex<BTreeMap<String, Arc<AtomicU64>>>>,
    described: Arc<Mutex<Vec<String>>>,
}

impl Heard {
    /// Listens until the guard is dropped.
    pub fn listen(&self) -> LocalRecorderGuard<'_> {
        metrics::set_default_local_recorder(self)
    }

    /// How often, such as `tower_b2c_session_lookups_total{found=memory}`.
    pub fn of(&self, what: &str) -> u64 {
        let counts = self.counts.lock().unwrap();
        counts
            .get(what)
            .map_or(0, |count| count.load(Ordering::SeqCst))
    }

    /// Whether there is such a series, be it at zero.
    pub fn lists(&self, what: &str) -> bool {
        self.counts.lock().unwrap().contains_key(what)
    }

    /// What a gauge shows.
    pub fn shown(&self, what: &str) -> Option<f64> {
        let gauges = self.gauges.lock().unwrap();
        let bits = gauges.get(what)?.load(Ordering::SeqCst);
        Some(f64::from_bits(bits))
    }

    /// All counts of a metric that are not zero, without its name.
    pub fn all_of(&self, metric: &str) -> BTreeMap<String, u64> {
        let counts = self.counts.lock().unwrap();
        let own = counts
            .iter()
            .filter_map(|(name, count)| Some((name.strip_prefix(metric)?, count)));
        let counted = own.map(|(labels, count)| (labels.to_owned(), count.load(Ordering::SeqCst)));
        counted.filter(|(_, count)| *count > 0).collect()
    }

    pub fn described(&self) -> Vec<String> {
        self.described.lock().unwrap().clone()
    }

    fn describe(&self, name: &KeyName) {
        let mut described = self.described.lock().unwrap();
        described.push(name.as_str().to_owned());
    }
}

/// The key as a test writes it; it has to be in the table of docs/metrics.md.
fn listed(key: &Key, kind: &str) -> String {
    let document = include_str!("../../../docs/metrics.md");
    let start = format!("| `{}` | {kind} |", key.name());
    let row = document.lines().find(|line| line.starts_with(&start));
    let row = row.unwrap_or_else(|| panic!("{start} is not in docs/metrics.md"));
    let labels = row.split(" | ").nth(3).unwrap_or_default();
    let labels: Vec<_> = labels
        .split("; ")
        .filter(|label| !label.is_empty())
        .collect();
    assert_eq!(labels.len(), key.labels().count(), "{key:?}");
    for (label, listed) in key.labels().zip(labels) {
        let (name, values) = listed.split_once(": ").unwrap();
        assert_eq!(name, format!("`{}`", label.key()), "{key:?}");
        let is_listed = values.split(", ").any(|value| value == label.value());
        assert!(is_listed || values == "as configured", "{key:?}");
    }
    let labels = key
        .labels()
        .map(|label| format!("{}={}", label.key(), label.value()));
    let labels: Vec<_> = labels.collect();
    format!("{}{{{}}}", key.name(), labels.join(","))
}

impl Recorder for Heard {
    fn describe_counter(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_gauge(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn describe_histogram(&self, name: KeyName, _: Option<Unit>, _: SharedString) {
        self.describe(&name);
    }

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(listed(key, "counter")).or_default();
        Counter::from_arc(Arc::new(Count(Arc::clone(count))))
    }

    fn register_gauge(&self, key: &Key, _: &Metadata<'_>) -> Gauge {
        let mut gauges = self.gauges.lock().unwrap();
        let level = gauges.entry(listed(key, "gauge")).or_default();
        Gauge::from_arc(Arc::new(Level(Arc::clone(level))))
    }

    fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
        let mut counts = self.counts.lock().unwrap();
        let count = counts.entry(listed(key, "histogram")).or_default();
        Histogram::from_arc(Arc::new(Observations(Arc::clone(count))))
    }
}

struct Count(Arc<AtomicU64>);

impl CounterFn for Count {
    fn increment(&self, value: u64) {
        self.0.fetch_add(value, Ordering::SeqCst);
    }

    fn absolute(&self, value: u64) {
        self.0.fetch_max(value, Ordering::SeqCst);
    }
}

struct Level(Arc<AtomicU64>);

impl Level {
    fn change(&self, change: impl Fn(f64) -> f64) {
        let changed = |bits| Some(change(f64::from_bits(bits)).to_bits());
        let _ = (self.0).fetch_update(Ordering::SeqCst, Ordering::SeqCst, changed);
    }
}

impl GaugeFn for Level {
    fn increment(&self, value: f64) {
        self.change(|level| level + value);
    }

    fn decrement(&self, value: f64) {
        self.change(|level| level - value);
    }

    fn set(&self, value: f64) {
        self.change(|_| value);
    }
}

struct Observations(Arc<AtomicU64>);

impl HistogramFn for Observations {
    fn record(&self, seconds: f64) {
        assert!((0.0..60.0).contains(&seconds), "{seconds} seconds");
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
