//! All metrics, as docs/metrics.md lists them.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};

use super::metric::{Kind, Metric};
use super::{bearer, config, provider, session, sign_in, sign_out, store, token};

/// What counts.
#[derive(Clone, Copy)]
pub(crate) enum Part {
    SignIn,
    Bearer,
    AppTokens,
}

/// Tells the recorder what all metrics are, and lists those of this part whose labels are known by now.
/// Those of providers, stores and APIs are listed as these come to be known.
pub(crate) fn begin(part: Part) {
    describe();
    match part {
        Part::SignIn => {
            sign_in::begin();
            sign_out::begin();
            token::begin();
            session::begin();
            store::begin();
            config::begin();
        }
        Part::Bearer => {
            bearer::begin();
            config::begin();
        }
        Part::AppTokens => token::begin(),
    }
}

fn describe() {
    for metric in all() {
        let (name, what) = (metric.name, metric.what);
        match metric.kind {
            Kind::Counter => describe_counter!(name, Unit::Count, what),
            Kind::Gauge => describe_gauge!(name, Unit::Count, what),
            Kind::Timestamp => describe_gauge!(name, Unit::Seconds, what),
            Kind::Histogram => describe_histogram!(name, Unit::Seconds, what),
        }
    }
}

fn all() -> impl Iterator<Item = &'static Metric> {
    let subjects = [
        sign_in::ALL,
        sign_out::ALL,
        token::ALL,
        provider::ALL,
        bearer::ALL,
        session::ALL,
        store::ALL,
        config::ALL,
    ];
    subjects.into_iter().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row of the documentation's table.
    fn row(metric: &Metric) -> String {
        let (kind, unit) = match metric.kind {
            Kind::Counter => ("counter", "count"),
            Kind::Gauge => ("gauge", "count"),
            Kind::Timestamp => ("gauge", "seconds since 1970"),
            Kind::Histogram => ("histogram", "seconds"),
        };
        let label = |(name, values): &(&str, &[&str])| {
            let values = match *values {
                [] => "as configured".to_owned(),
                values => values.join(", "),
            };
            format!("`{name}`: {values}")
        };
        let labels: Vec<_> = metric.labels.iter().map(label).collect();
        let (name, what) = (metric.name, metric.what);
        format!(
            "| `{name}` | {kind} | {unit} | {} | {what} |",
            labels.join("; ")
        )
    }

    #[test]
    fn the_documentation_lists_what_there_is() {
        let document = include_str!("../../docs/metrics.md");
        let rows = document
            .lines()
            .filter(|line| line.starts_with("| `tower_b2c_"));
        let expected: Vec<_> = all().map(row).collect();
        let missing = expected.join("\n");
        assert!(rows.eq(expected), "the table is to be\n{missing}");
    }

    #[test]
    fn the_documentation_speaks_of_nothing_else() {
        let document = include_str!("../../docs/metrics.md");
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let names = document.match_indices("tower_b2c_").map(|(at, _)| {
            let rest = &document[at..];
            &rest[..rest.find(|c| !is_name(c)).unwrap_or(rest.len())]
        });
        for name in names {
            let base = name.strip_suffix("_count").unwrap_or(name);
            assert!(all().any(|metric| metric.name == base), "{name}");
        }
    }

    #[test]
    fn names_are_as_prometheus_wants_them() {
        for metric in all() {
            let suffix = match metric.kind {
                Kind::Counter => "_total",
                Kind::Gauge => "",
                Kind::Timestamp => "_timestamp_seconds",
                Kind::Histogram => "_seconds",
            };
            assert!(metric.name.starts_with("tower_b2c_"), "{}", metric.name);
            assert!(metric.name.ends_with(suffix), "{}", metric.name);
            let same = all().filter(|other| other.name == metric.name);
            assert_eq!(same.count(), 1, "{}", metric.name);
        }
    }
}
