//! One metric: what it is called, and how it is changed.

#[cfg(feature = "metrics")]
use std::time::Instant;

#[cfg(feature = "metrics")]
use metrics::{Label, counter, gauge, histogram};

/// One metric, as docs/metrics.md lists it.
#[cfg_attr(
    not(feature = "metrics"),
    expect(dead_code, reason = "without the feature nothing is counted")
)]
#[derive(Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) labels: &'static [(&'static str, &'static [&'static str])],
    pub(super) what: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Counter,
    /// A number of things that are there at present.
    Gauge,
    /// When something last was, in seconds since 1970.
    Timestamp,
    /// In seconds.
    Histogram,
}

/// The values of a label that the configuration gives: names of providers, user flows and APIs.
pub(super) const CONFIGURED: &[&str] = &[];

#[cfg(feature = "metrics")]
impl Metric {
    /// Counts one.
    pub(super) fn count(&self, labels: &[(&'static str, &str)]) {
        self.add(1, labels);
    }

    /// Counts so many.
    pub(super) fn add(&self, number: u64, labels: &[(&'static str, &str)]) {
        counter!(self.name, self.labelled(labels)).increment(number);
    }

    /// Adds to a gauge, or takes away from it.
    pub(super) fn grow(&self, by: f64) {
        gauge!(self.name).increment(by);
    }

    /// Says when something was.
    pub(super) fn set(&self, seconds: f64, labels: &[(&'static str, &str)]) {
        gauge!(self.name, self.labelled(labels)).set(seconds);
    }

    /// Notes how long something took.
    pub(super) fn time(&self, took: &Stopwatch, labels: &[(&'static str, &str)]) {
        histogram!(self.name, self.labelled(labels)).record(took.0.elapsed());
    }

    /// Lists each series at zero. Prometheus sees no increase in a series that begins with its first
    /// event, so that an alert would miss it ("Instrumentation: avoid missing metrics"). `known` has the
    /// values of labels that the configuration gives, or the few of many that can be met here.
    pub(super) fn list(&self, known: &[(&'static str, &[&str])]) {
        let mut series: Vec<Vec<(&'static str, &str)>> = vec![Vec::new()];
        for &(name, listed) in self.labels {
            let known = known.iter().find(|(known, _)| *known == name);
            let values = known.map_or(listed, |(_, values)| values);
            let mut longer = Vec::new();
            for labels in &series {
                longer.extend(
                    values
                        .iter()
                        .map(|value| [labels, &[(name, *value)][..]].concat()),
                );
            }
            series = longer;
        }
        for labels in series {
            let labels = self.labelled(&labels);
            match self.kind {
                Kind::Counter => counter!(self.name, labels).increment(0),
                Kind::Gauge => gauge!(self.name, labels).increment(0.0),
                // Registered, and without an observation.
                Kind::Histogram => drop(histogram!(self.name, labels)),
                // Zero would be a time.
                Kind::Timestamp => {}
            }
        }
    }

    fn labelled(&self, labels: &[(&'static str, &str)]) -> Vec<Label> {
        // The tests of this crate turn `fuzzing` on and no app does. Some of it is counted in a `Drop`,
        // where a second panic would abort.
        if cfg!(feature = "fuzzing") && !std::thread::panicking() {
            self.check(labels);
        }
        let label = |&(name, value): &(&'static str, &str)| Label::new(name, value.to_owned());
        labels.iter().map(label).collect()
    }

    /// In tests of this crate, a value that the documentation does not list is a mistake at once.
    fn check(&self, labels: &[(&'static str, &str)]) {
        let listed = self.labels.iter().map(|(name, _)| *name);
        assert!(
            listed.eq(labels.iter().map(|(name, _)| *name)),
            "{} has other labels than {labels:?}",
            self.name
        );
        for ((name, listed), (_, value)) in self.labels.iter().zip(labels) {
            assert!(
                listed.is_empty() || listed.contains(value),
                "{}: {name} is never {value:?}",
                self.name
            );
        }
    }
}

#[cfg(not(feature = "metrics"))]
#[expect(clippy::unused_self, reason = "with the feature it is used")]
impl Metric {
    pub(super) fn count(&self, _: &[(&'static str, &str)]) {}

    pub(super) fn add(&self, _: u64, _: &[(&'static str, &str)]) {}

    pub(super) fn grow(&self, _: f64) {}

    pub(super) fn set(&self, _: f64, _: &[(&'static str, &str)]) {}

    pub(super) fn time(&self, _: &Stopwatch, _: &[(&'static str, &str)]) {}

    pub(super) fn list(&self, _: &[(&'static str, &[&str])]) {}
}

/// When something began; without the feature nobody looks at a clock.
pub(crate) struct Stopwatch(#[cfg(feature = "metrics")] Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(
            #[cfg(feature = "metrics")]
            Instant::now(),
        )
    }
}
