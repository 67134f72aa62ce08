//! The command line.

use std::time::Duration;

use crate::error::Failure;

/// What a measurement may be told.
#[derive(Clone, Debug)]
pub struct Arguments {
    /// One JSON object per line in place of the table.
    pub json: bool,
    /// Only these rows (and `bare`, which the others are compared with). Default: all.
    pub rows: Vec<String>,
    /// How long each row is driven in each run. Default: 5 seconds.
    pub seconds: Duration,
    /// How many runs, interleaved between the rows. Default: 3.
    pub runs: usize,
    /// How many sessions `scale` puts into Redis. Default: one million.
    pub records: u64,
}

impl Arguments {
    /// Reads the words after the command.
    ///
    /// # Errors
    ///
    /// When a word is not known, or its value is missing or no number.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, Failure> {
        let mut arguments = Self {
            json: false,
            rows: Vec::new(),
            seconds: Duration::from_secs(5),
            runs: 3,
            records: 1_000_000,
        };
        while let Some(word) = words.next() {
            let mut value = || {
                let value = words.next();
                value.ok_or_else(|| Failure::new(format!("{word} needs a value\n{USAGE}")))
            };
            match &*word {
                "--json" => arguments.json = true,
                "--rows" => arguments.rows = value()?.split(',').map(str::to_owned).collect(),
                "--seconds" => {
                    let seconds: f64 = number(&word, &value()?)?;
                    arguments.seconds = Duration::try_from_secs_f64(seconds)
                        .map_err(Failure::during("--seconds"))?;
                }
                "--runs" => arguments.runs = number::<usize>(&word, &value()?)?.max(1),
                "--records" => arguments.records = number(&word, &value()?)?,
                _ => return Err(Failure::new(format!("{word} is not known\n{USAGE}"))),
            }
        }
        Ok(arguments)
    }

    /// Whether a row is wanted.
    pub fn wants(&self, row: &str) -> bool {
        self.rows.is_empty() || self.rows.iter().any(|wanted| wanted == row)
    }
}

fn number<N: std::str::FromStr>(word: &str, value: &str) -> Result<N, Failure> {
    let number = value.parse();
    number.map_err(|_| Failure::new(format!("{word} {value} is no number\n{USAGE}")))
}

/// How it is called.
pub const USAGE: &str = "\
usage: cargo bench-peers sessions [--json] [--rows a,b] [--seconds N] [--runs N]
       cargo bench-peers tokens   [--json] [--rows a,b] [--seconds N] [--runs N]
       cargo bench-peers scale    [--json] [--records N]";
