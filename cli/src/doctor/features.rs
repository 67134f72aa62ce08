//! Whether the app is built with the session stores that its settings name.

use std::collections::BTreeSet;

use super::finding::Finding;
use super::manifest::{dependency, manifest};
use super::project::Project;
use super::rule::Rule;
use crate::add::add_feature;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::project::is_api;

/// A store that `Cargo.toml` does not ask the layer for.
struct Missing {
    /// Where `b2c.toml` names it, dotted.
    key: String,
    /// The store, which is also the feature.
    store: &'static str,
    is_active: bool,
}

/// Judges `session.store` of every profile.
pub(super) fn judge(project: &Project, findings: &mut Vec<Finding>) {
    let asked = asked_for(project).unwrap_or_default();
    let asked = if asked.is_empty() {
        "nothing".to_owned()
    } else {
        let list: Vec<_> = asked.iter().map(String::as_str).collect();
        format!("only {}", list.join(", "))
    };
    for Missing {
        key,
        store,
        is_active,
    } in missing(project)
    {
        let rule = if is_active {
            Rule::StoreNotBuilt
        } else {
            Rule::OtherStoreNotBuilt
        };
        let what =
            format!("\"{store}\" is a feature of tower-b2c, and Cargo.toml asks it for {asked}");
        let found = Finding::new(rule, key.as_str(), what);
        findings.push(found.at(project.position(&key)).advise(advice(store)));
    }
}

/// Plans the features that are missing, where the dependency is under `[dependencies]`.
///
/// # Errors
///
/// Cargo.toml cannot be read.
pub(super) fn add(project: &Project, changes: &mut ChangeSet) -> Result<(), Error> {
    let missing = missing(project);
    let table = manifest(&project.root).unwrap_or_default();
    let dependency = dependency(&project.root, &table).filter(|found| found.is_plain);
    let (Some(dependency), false) = (dependency, missing.is_empty()) else {
        return Ok(());
    };
    let mut document = parse(MANIFEST, &changes.read(MANIFEST)?.unwrap_or_default())?;
    let dependencies = document.get_mut("dependencies");
    if let Some(entry) = dependencies.and_then(|all| all.get_mut(&dependency.name)) {
        for Missing { store, .. } in &missing {
            add_feature(entry, store);
        }
    }
    changes.write(MANIFEST, &document.to_string())
}

/// What `Cargo.toml` asks the layer for; `None` where it does not depend on it.
fn asked_for(project: &Project) -> Option<BTreeSet<String>> {
    let table = manifest(&project.root)?;
    Some(dependency(&project.root, &table)?.features)
}

fn missing(project: &Project) -> Vec<Missing> {
    // An API keeps no sessions, and without the dependency there is nothing to ask for.
    let asked = asked_for(project).filter(|_| !is_api(&project.table));
    let Some(asked) = asked else {
        return Vec::new();
    };
    let mut missing: Vec<Missing> = Vec::new();
    let active = project.active.as_deref();
    let profiles = std::iter::once(active).chain(project.other_profiles().map(Some));
    for profile in profiles {
        let Some((key, store)) = project.text(profile, &["session", "store"]) else {
            continue;
        };
        let feature = STORES.into_iter().find(|known| *known == store);
        let Some(store) = feature.filter(|feature| !asked.contains(*feature)) else {
            continue;
        };
        if !missing.iter().any(|known| known.key == key) {
            let is_active = profile == active;
            missing.push(Missing {
                key,
                store,
                is_active,
            });
        }
    }
    missing
}

fn advice(store: &str) -> &'static str {
    match store {
        "postgres" => "cargo add tower-b2c --features postgres (doctor --fix does)",
        "redis" => "cargo add tower-b2c --features redis (doctor --fix does)",
        _ => "cargo add tower-b2c --features sqlite (doctor --fix does)",
    }
}

/// The stores that are features of the layer, by the same names.
const STORES: [&str; 3] = ["postgres", "redis", "sqlite"];
const MANIFEST: &str = "Cargo.toml";
