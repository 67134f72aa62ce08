//! `tenant list`.

use serde_json::{Value, json};

use super::arguments::List;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::{Profile, profiles};
use crate::terminal::Report;

pub(super) fn list(arguments: &List) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let profiles = profiles(&parse(CONFIG_FILE, &text)?);
    let document: Vec<_> = profiles.iter().map(json_of).collect();
    let lines = if profiles.is_empty() {
        vec![format!("{CONFIG_FILE} has no profiles.")]
    } else {
        aligned(&profiles)
    };
    Ok(Report::done().lines(lines).field("profiles", document))
}

/// A line for each profile below one of headings, in columns as wide as what is in them.
fn aligned(profiles: &[Profile]) -> Vec<String> {
    let headings = ["", "PROFILE", "KIND", "TENANT", "CLIENT ID"].map(str::to_owned);
    let rows = std::iter::once(headings).chain(profiles.iter().map(row));
    let rows: Vec<_> = rows.collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..COLUMNS).map(width).collect();
    let line = |row: &[String; COLUMNS]| {
        let cells = row.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{cell:width$}"));
        let [mark, rest @ ..] = &cells.collect::<Vec<_>>()[..] else {
            return String::new();
        };
        format!("{mark} {}", rest.join("  ")).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn row(profile: &Profile) -> [String; COLUMNS] {
    let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
    [
        if profile.active { "*" } else { "" }.to_owned(),
        profile.name.clone(),
        or_dash(profile.kind.map(|kind| kind.to_string())),
        or_dash(profile.tenant.clone()),
        or_dash(profile.client_id.clone()),
    ]
}

fn json_of(profile: &Profile) -> Value {
    json!({
        "name": profile.name,
        "active": profile.active,
        "kind": profile.kind.map(|kind| kind.to_string()),
        "tenant": profile.tenant,
        "client_id": profile.client_id,
    })
}

const COLUMNS: usize = 5;
