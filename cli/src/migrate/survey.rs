//! Everything that a project uses of B2C.

use toml_edit::DocumentMut;

use super::claims::Paths;
use super::configuration;
use super::files::{Sort, files};
use super::finding::{Finding, Severity};
use super::newcomer::Newcomer;
use super::place::Place;
use super::stage::Stage;
use super::{rust, text};
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::project::CONFIG_FILE;

/// What the app uses, the worst first, and the files that could not be read. The texts are those that
/// the files have, or will have by `changes`; of `b2c.toml` it is `config`.
///
/// # Errors
///
/// `b2c.toml` is not TOML.
pub(crate) fn survey(
    changes: &ChangeSet,
    config: &str,
    place: &Place,
    stage: &Stage,
) -> Result<(Vec<Finding>, Vec<String>), Error> {
    let document = parse(CONFIG_FILE, config)?;
    let path = |key, default: &str| {
        let path = place.setting(&document, "app", key);
        path.unwrap_or(default).to_owned()
    };
    let paths = Paths {
        edit_profile: path("edit_profile_path", "/edit-profile"),
        reset_password: path("reset_password_path", "/reset-password"),
    };
    let secret = old_secret(&document, place, stage);
    let new_secret = Newcomer::of(&document, place, stage).variable;
    let mut found = configuration::findings(config, &document, place, stage);
    let mut unread = Vec::new();
    for (file, sort) in files(changes.root()) {
        let Ok(Some(content)) = changes.read(&file) else {
            unread.push(file);
            continue;
        };
        match sort {
            Sort::Rust => match rust::findings(&file, &content, &paths) {
                Some(more) => found.extend(more),
                None => unread.push(file),
            },
            Sort::Page => found.extend(text::of_page(&file, &content, &paths)),
            Sort::Deployment => {
                let secret = secret.as_deref();
                found.extend(text::of_deployment(&file, &content, secret, &new_secret));
            }
        }
    }
    once_where_it_works(&mut found);
    found.sort_by_key(key);
    found.dedup();
    Ok((found, unread))
}

/// The variable of the old provider's client secret.
fn old_secret(document: &DocumentMut, place: &Place, stage: &Stage) -> Option<String> {
    let (Stage::Before { old } | Stage::Moving { old, .. }) = stage else {
        return None;
    };
    place.secret_variable(document, old)
}

/// That something works is told once.
fn once_where_it_works(found: &mut Vec<Finding>) {
    let mut told = Vec::new();
    found.retain(|finding| {
        let again = told.contains(&finding.topic);
        if finding.severity == Severity::Works {
            told.push(finding.topic);
        }
        finding.severity != Severity::Works || !again
    });
}

fn key(finding: &Finding) -> impl Ord + use<> {
    let place = (finding.file.clone(), finding.line, finding.what.clone());
    (finding.severity, finding.topic, place)
}
