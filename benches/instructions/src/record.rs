//! `benches/instructions.toml`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::fs;

use serde::Deserialize;

use crate::row::Row;

/// Instructions per request, by row, without those of the service alone.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Record {
    pub(crate) instructions: BTreeMap<String, u64>,
}

impl Record {
    /// As committed.
    pub(crate) fn read() -> Result<Self, Box<dyn Error>> {
        let text = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
        Ok(toml::from_str(&text)?)
    }

    /// In place of what is committed.
    pub(crate) fn write(&self) -> Result<(), Box<dyn Error>> {
        let mut text = String::from(HEAD);
        for (row, count) in &self.instructions {
            writeln!(text, "{row} = {count}")?;
        }
        fs::write(FILE, &text)?;
        print!("{text}");
        Ok(())
    }

    /// The count of a row.
    pub(crate) fn of(&self, row: Row) -> Result<u64, Box<dyn Error>> {
        let count = self.instructions.get(row.name()).copied();
        count.ok_or_else(|| format!("{FILE} has no row {}; {HOW}", row.name()).into())
    }

    /// Fails for each row that has become a tenth more than was recorded, and for a first token that takes
    /// more than 1.2 times the bare check of its signature.
    pub(crate) fn compare(&self, measured: &Self) -> Result<(), Box<dyn Error>> {
        let mut problems = String::new();
        for row in Row::COUNTED {
            let (now, before) = (measured.of(row)?, self.of(row)?);
            if now * 10 > before * 11 {
                let name = row.name();
                writeln!(
                    problems,
                    "{name}: {now} instructions a request, {before} recorded"
                )?;
            }
        }
        let first = measured.of(Row::BearerFirst)?;
        let verified = measured.of(Row::Rs256Verify)?;
        if first * 5 > verified * 6 {
            writeln!(
                problems,
                "bearer-first: {first} instructions, beyond 1.2 times the {verified} of the bare signature"
            )?;
        }
        if problems.is_empty() {
            return Ok(());
        }
        Err(format!("{problems}If that is worth it, {HOW} and say why in the commit.").into())
    }
}

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../instructions.toml");
const HOW: &str = "run `cargo run --release -p instructions -- record`";
const HEAD: &str = "\
# Instructions per request through the layer, over those of the service alone, as callgrind counts them.
# `.ci/run` fails where one has become a tenth more. To record anew, on x86-64:
#   cargo run --release -p instructions -- record
[instructions]
";

#[cfg(test)]
mod tests {
    use super::*;

    fn record(counts: [u64; 5]) -> Record {
        let names = Row::COUNTED.map(|row| row.name().to_owned());
        Record {
            instructions: names.into_iter().zip(counts).collect(),
        }
    }

    #[test]
    fn a_tenth_more_passes_and_anything_above_is_told_with_its_row() {
        let recorded = record([1000, 2000, 3000, 4000, 5000]);
        assert!(
            recorded
                .compare(&record([1100, 1, 3300, 4400, 5500]))
                .is_ok()
        );
        let error = recorded
            .compare(&record([1101, 2000, 3301, 4400, 5500]))
            .unwrap_err();
        let told = error.to_string();
        assert!(told.contains("anonymous: 1101") && told.contains("bearer-cached: 3301"));
        assert!(
            !told.contains("memory") && told.contains("-- record"),
            "{told}"
        );
    }

    #[test]
    fn a_first_token_has_its_signatures_budget_whatever_was_recorded() {
        let within = record([1000, 2000, 3000, 6000, 5000]);
        assert!(within.compare(&within).is_ok());
        let beyond = record([1000, 2000, 3000, 6001, 5000]);
        let error = beyond.compare(&beyond).unwrap_err().to_string();
        assert!(error.contains("1.2 times the 5000"), "{error}");
    }
}
