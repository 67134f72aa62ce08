//! The table of docs/metrics.md, which the crate's own tests hold against its code.

use std::collections::BTreeMap;

/// A metric's labels, each with its values; none stand for those of the configuration.
pub type Labels = BTreeMap<&'static str, Vec<&'static str>>;

/// The metrics by their names, as Prometheus has them: a histogram is three series.
pub fn metrics() -> BTreeMap<String, Labels> {
    let mut metrics = BTreeMap::new();
    for row in DOCUMENT
        .lines()
        .filter(|line| line.starts_with("| `tower_b2c_"))
    {
        let columns: Vec<_> = row.split(" | ").collect();
        let name = columns[0].trim_start_matches("| ").trim_matches('`');
        let labels: Labels = columns[3].split("; ").filter_map(label).collect();
        if columns[1] == "histogram" {
            for (part, has_le) in [("bucket", true), ("count", false), ("sum", false)] {
                let mut labels = labels.clone();
                if has_le {
                    labels.insert("le", Vec::new());
                }
                metrics.insert(format!("{name}_{part}"), labels);
            }
        } else {
            metrics.insert(name.to_owned(), labels);
        }
    }
    metrics
}

fn label(text: &'static str) -> Option<(&'static str, Vec<&'static str>)> {
    let (name, values) = text.split_once(": ")?;
    let values = match values {
        "as configured" => Vec::new(),
        values => values.split(", ").collect(),
    };
    Some((name.trim_matches('`'), values))
}

const DOCUMENT: &str = include_str!("../../../../middleware/docs/metrics.md");
