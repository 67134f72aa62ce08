//! The rows, as a table or as one JSON object per line.

use serde_json::{Value, json};

use crate::error::Failure;

/// One run of a row.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    /// Requests answered in a second.
    pub rps: f64,
    /// CPU time of the server process per request, in microseconds.
    pub cpu_us: f64,
    /// Commands that the store has carried out, per request.
    pub store_commands: f64,
    /// CPU time of the store's process per request, in microseconds.
    pub store_cpu_us: f64,
}

/// What became of a row.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Its name.
    pub row: &'static str,
    /// Its runs, by their number: the bare app's of the same number is what to compare with.
    pub runs: Vec<(usize, Measured)>,
    /// Why there are none, or not all.
    pub failure: Option<Failure>,
    /// Allocations per request, the server's own for reading and writing included.
    pub allocations: Option<f64>,
    /// What the server process has in memory at the end, in MiB.
    pub rss_mib: Option<f64>,
    /// What a row tells that is not driven like the others.
    pub told: Vec<(&'static str, f64)>,
}

impl Outcome {
    /// A row before its first run.
    pub fn new(row: &'static str, failure: Option<&Failure>) -> Self {
        Self {
            row,
            runs: Vec::new(),
            failure: failure.cloned(),
            allocations: None,
            rss_mib: None,
            told: Vec::new(),
        }
    }

    fn values(&self, value: impl Fn(&Measured) -> f64) -> Vec<f64> {
        self.runs.iter().map(|(_, run)| value(run)).collect()
    }

    /// Each run together with the bare app's of the same number.
    fn against(&self, bare: &Self, value: impl Fn(&Measured, &Measured) -> f64) -> Vec<f64> {
        let both = self.runs.iter().filter_map(|(number, run)| {
            let (_, bare) = bare.runs.iter().find(|(same, _)| same == number)?;
            Some(value(run, bare))
        });
        both.collect()
    }
}

/// Prints all rows, compared with the bare app's.
pub fn print(outcomes: &[Outcome], as_json: bool) {
    let Some(bare) = outcomes.iter().find(|outcome| outcome.row == BARE) else {
        return;
    };
    if !as_json {
        println!(
            "| row | rps | ± | CPU µs | added µs | ± | ratio | allocations | store commands | \
             store CPU µs | RSS MiB |\n|---|---|---|---|---|---|---|---|---|---|---|"
        );
    }
    for outcome in outcomes {
        let line = Line::of(outcome, bare);
        match as_json {
            true => println!("{}", line.json(outcome)),
            false => println!("{}", line.markdown(outcome)),
        }
    }
}

/// The medians of a row.
struct Line {
    rps: Median,
    cpu_us: Median,
    added: Median,
    ratio: Median,
    commands: Median,
    store_cpu: Median,
}

impl Line {
    fn of(outcome: &Outcome, bare: &Outcome) -> Self {
        Self {
            rps: Median::of(outcome.values(|run| run.rps)),
            cpu_us: Median::of(outcome.values(|run| run.cpu_us)),
            added: Median::of(outcome.against(bare, |run, bare| run.cpu_us - bare.cpu_us)),
            ratio: Median::of(outcome.against(bare, |run, bare| run.rps / bare.rps)),
            commands: Median::of(outcome.values(|run| run.store_commands)),
            store_cpu: Median::of(outcome.values(|run| run.store_cpu_us)),
        }
    }

    fn json(&self, outcome: &Outcome) -> Value {
        if let Some(failure) = &outcome.failure {
            return json!({ "row": outcome.row, "unavailable": failure.to_string() });
        }
        if !outcome.told.is_empty() {
            let told = outcome
                .told
                .iter()
                .map(|(name, value)| (*name, rounded(*value, 3).into()));
            let row = std::iter::once(("row", Value::from(outcome.row)));
            return row
                .chain(told)
                .map(|(name, value)| (name.to_owned(), value))
                .collect();
        }
        json!({
            "row": outcome.row,
            "rps": rounded(self.rps.value, 0),
            "rps_spread": rounded(self.rps.spread, 0),
            "cpu_us": rounded(self.cpu_us.value, 2),
            "added_cpu_us": rounded(self.added.value, 2),
            "added_cpu_us_spread": rounded(self.added.spread, 2),
            "ratio": rounded(self.ratio.value, 3),
            "allocations": outcome.allocations.map(|count| rounded(count, 1)),
            "store_commands_per_request": rounded(self.commands.value, 3),
            "store_cpu_us": rounded(self.store_cpu.value, 2),
            "rss_mib": outcome.rss_mib.map(|mib| rounded(mib, 1)),
        })
    }

    fn markdown(&self, outcome: &Outcome) -> String {
        let row = outcome.row;
        if let Some(failure) = &outcome.failure {
            let why = failure.to_string().replace('\n', " ").replace('|', "/");
            return format!("| {row} | not measured: {why} |");
        }
        if !outcome.told.is_empty() {
            let told = outcome
                .told
                .iter()
                .map(|(name, value)| format!("{name} {:.3}", value));
            return format!("| {row} | {} |", told.collect::<Vec<_>>().join(", "));
        }
        format!(
            "| {row} | {:.0} | {:.0} | {:.2} | {:+.2} | {:.2} | {:.3} | {:.1} | {:.3} | {:.2} | {:.1} |",
            self.rps.value,
            self.rps.spread,
            self.cpu_us.value,
            self.added.value,
            self.added.spread,
            self.ratio.value,
            outcome.allocations.unwrap_or_default(),
            self.commands.value,
            self.store_cpu.value,
            outcome.rss_mib.unwrap_or_default(),
        )
    }
}

/// The middle of some runs, and how far the lowest and the highest are apart.
struct Median {
    value: f64,
    spread: f64,
}

impl Median {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let (Some(first), Some(last)) = (values.first(), values.last()) else {
            return Self {
                value: 0.0,
                spread: 0.0,
            };
        };
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Self {
            value: f64::midpoint(low, high),
            spread: last - first,
        }
    }
}

fn rounded(value: f64, digits: i32) -> f64 {
    let scale = 10_f64.powi(digits);
    // Adding zero makes a negative zero positive.
    (value * scale).round() / scale + 0.0
}

/// The row that the others are compared with.
pub const BARE: &str = "bare";
