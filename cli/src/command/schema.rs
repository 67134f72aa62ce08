//! `cargo b2c-init schema`.

use clap::Args;
use serde_json::Value;

use super::help;
use crate::schema::SCHEMA;
use crate::terminal::Report;

/// Write the JSON Schema of b2c.toml to standard output
#[derive(Args, Debug)]
#[command(before_help = help::SCHEMA, help_template = help::TEMPLATE)]
pub(super) struct Schema {}

pub(super) fn schema() -> Report {
    let document: Value = serde_json::from_str(SCHEMA).unwrap_or_default();
    Report::done()
        .line(SCHEMA.trim_end())
        .field("document", document)
}
