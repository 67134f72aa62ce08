//! `cargo b2c-init explain`.

use clap::Args;
use serde_json::Value;

use super::help;
use crate::error::Error;
use crate::explain::{Entry, all, find, near, page};
use crate::terminal::{Report, Style, Terminal};

/// Say what a code means: of a provider's error, or of this tool
#[derive(Args, Debug)]
#[command(before_help = help::EXPLAIN, help_template = help::TEMPLATE)]
pub(super) struct Explain {
    /// The code, its number, or the error's whole text [default: list them all]
    code: Option<String>,
}

pub(super) fn explain(arguments: &Explain, terminal: &Terminal) -> Result<Report, Error> {
    let Some(asked) = &arguments.code else {
        let entries = all();
        let lines = entries.iter().map(|entry| {
            let code = format!("{:<14}", entry.code);
            format!("{} {}", terminal.styled(Style::Bold, &code), entry.meaning)
        });
        return Ok(Report::done().lines(lines).field("codes", json(&entries)));
    };
    let entries = find(asked);
    if entries.is_empty() {
        return Err(Error::UnknownCode {
            code: asked.clone(),
            near: near(asked),
            page: page(asked),
        });
    }
    let mut lines = Vec::new();
    for entry in &entries {
        if !lines.is_empty() {
            lines.push(String::new());
        }
        lines.extend(paragraph(entry, terminal));
    }
    Ok(Report::done().lines(lines).field("codes", json(&entries)))
}

fn paragraph(entry: &Entry, terminal: &Terminal) -> Vec<String> {
    let code = terminal.styled(Style::Bold, &entry.code);
    let mut lines = vec![format!("{code}  {}", entry.meaning)];
    if let Some((does, _)) = &entry.layer {
        lines.push(format!("  the layer  {does}"));
    }
    let advice = match (&entry.advice, &entry.layer) {
        (Some(advice), _) => advice,
        (None, Some(_)) => "nothing: the layer and the user deal with it",
        (None, None) => return lines,
    };
    lines.push(format!("  you        {advice}"));
    lines
}

fn json(entries: &[Entry]) -> Vec<Value> {
    entries.iter().map(Entry::to_json).collect()
}
