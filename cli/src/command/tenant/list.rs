//! `tenant list`.

use serde_json::{Value, json};

use super::arguments::List;
use super::switch::wins;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, Project};
use crate::tenant::{Profile, Provider, profiles};
use crate::terminal::Report;

pub(super) fn list(arguments: &List) -> Result<Report, Error> {
    let project = Project::open(&arguments.place.directory)?;
    let text = project.read(CONFIG_FILE)?.unwrap_or_default();
    let mut profiles = profiles(&parse(CONFIG_FILE, &text)?);
    let in_file = profiles.iter().find(|profile| profile.active);
    let in_file = in_file.map(|profile| profile.name.clone());
    let overriding = project.overriding_profile()?;
    for profile in &mut profiles {
        profile.active = overriding.as_ref().or(in_file.as_ref()) == Some(&profile.name);
    }
    let document: Vec<_> = profiles.iter().map(json_of).collect();
    let lines = if profiles.is_empty() {
        vec![format!("{CONFIG_FILE} has no profiles.")]
    } else {
        aligned(&profiles)
    };
    let report = Report::done().lines(lines).field("profiles", document);
    Ok(
        match overriding.filter(|name| in_file.as_ref() != Some(name)) {
            Some(other) => report.warning(wins(&other)),
            None => report,
        },
    )
}

/// A line for each provider below one of headings, in columns as wide as what is in them. Where no profile
/// has several, there is no column for their names.
fn aligned(profiles: &[Profile]) -> Vec<String> {
    let headings = ["", "PROFILE", "PROVIDER", "KIND", "TENANT", "CLIENT ID"].map(str::to_owned);
    let rows = std::iter::once(headings).chain(profiles.iter().flat_map(rows));
    let rows: Vec<_> = rows.collect();
    let has_names = profiles.iter().any(|own| own.names().next().is_some());
    let columns: Vec<_> = (0..COLUMNS)
        .filter(|column| has_names || *column != NAMES)
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.max().unwrap_or_default()
    };
    let widths: Vec<_> = (0..COLUMNS).map(width).collect();
    let line = |row: &[String; COLUMNS]| {
        let cells = columns.iter().map(|column| {
            let width = widths[*column];
            format!("{:width$}", row[*column])
        });
        let [mark, rest @ ..] = &cells.collect::<Vec<_>>()[..] else {
            return String::new();
        };
        format!("{mark} {}", rest.join("  ")).trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

/// The profile is named once.
fn rows(profile: &Profile) -> Vec<[String; COLUMNS]> {
    let mark = if profile.active { "*" } else { "" };
    let row = |(index, provider): (usize, Option<&Provider>)| {
        let [mark, name] = if index == 0 {
            [mark, profile.name.as_str()]
        } else {
            ["", ""]
        };
        let cell = |text: Option<String>| text.unwrap_or_else(|| "-".to_owned());
        [
            mark.to_owned(),
            name.to_owned(),
            cell(provider.and_then(|own| own.name.clone())),
            cell(
                provider
                    .and_then(|own| own.kind)
                    .map(|kind| kind.to_string()),
            ),
            cell(provider.and_then(|own| own.tenant.clone())),
            cell(provider.and_then(|own| own.client_id.clone())),
        ]
    };
    if profile.providers.is_empty() {
        return vec![row((0, None))];
    }
    let all = profile.providers.iter().map(Some);
    all.enumerate().map(row).collect()
}

/// `kind`, `tenant` and `client_id` are those of `[provider]`, and nothing where a profile has several.
fn json_of(profile: &Profile) -> Value {
    let only = profile.only();
    let several = profile
        .providers
        .iter()
        .filter(|provider| provider.name.is_some());
    let providers = several.map(|provider| {
        json!({
            "name": provider.name,
            "kind": provider.kind.map(|kind| kind.to_string()),
            "tenant": provider.tenant,
            "client_id": provider.client_id,
        })
    });
    json!({
        "name": profile.name,
        "active": profile.active,
        "kind": only.and_then(|only| only.kind).map(|kind| kind.to_string()),
        "tenant": only.and_then(|only| only.tenant.as_ref()),
        "client_id": only.and_then(|only| only.client_id.as_ref()),
        "providers": providers.collect::<Value>(),
    })
}

const COLUMNS: usize = 6;
const NAMES: usize = 2;
