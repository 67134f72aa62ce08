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
    let width = profiles.iter().map(|profile| profile.name.len()).max();
    let width = width.unwrap_or_default();
    let lines = profiles.iter().map(|profile| line(profile, width));
    let document: Vec<_> = profiles.iter().map(json_of).collect();
    Ok(Report::done().lines(lines).field("profiles", document))
}

fn line(profile: &Profile, width: usize) -> String {
    let mark = if profile.active { '*' } else { ' ' };
    let kind = profile
        .kind
        .map_or_else(|| "-".to_owned(), |kind| kind.to_string());
    let tenant = profile.tenant.as_deref().unwrap_or("-");
    let client_id = profile.client_id.as_deref().unwrap_or("-");
    let name = &profile.name;
    format!("{mark} {name:width$}  {kind:<11}  {tenant}  {client_id}")
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
