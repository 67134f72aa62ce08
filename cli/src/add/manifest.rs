//! What `Cargo.toml` gets: the layer, in the way in which the others are depended on.

use toml_edit::{Item, Value};

use super::dependency::{add_feature, inherits, insert, table};
use super::target::Target;
use crate::change::ChangeSet;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{Checkout, requirement};

/// Plans the dependencies; those that are there keep their versions.
///
/// # Errors
///
/// A manifest cannot be read, or keeps its dependencies in another way than cargo takes.
pub(super) fn depend(
    changes: &mut ChangeSet,
    target: &Target,
    checkout: Option<&Checkout>,
) -> Result<(), Error> {
    let path = target.path(MANIFEST);
    let mut manifest = parse(&path, &changes.read(&path)?.unwrap_or_default())?;
    let feature = target.server.feature();
    if target.depends_on(LAYER) {
        let known = manifest
            .get_mut("dependencies")
            .and_then(|all| all.get_mut(LAYER));
        if let (Some(known), Some(feature)) = (known, feature) {
            add_feature(known, feature);
        }
        return changes.write(&path, &manifest.to_string());
    }
    let mut wanted = vec![(
        LAYER,
        requirement(LAYER, checkout, &target.directory()),
        feature,
    )];
    if needs_layer_trait(target) {
        wanted.push(("tower-layer", "version = \"0.3.3\"".to_owned(), None));
    }
    let of_workspace = target.is_member() && inherits(&manifest);
    if of_workspace {
        let workspace = [LAYER, "tower-layer"].into_iter().zip([
            requirement(LAYER, checkout, target.root()),
            "version = \"0.3.3\"".to_owned(),
        ]);
        let names: Vec<_> = wanted.iter().map(|(name, ..)| *name).collect();
        let workspace = workspace.filter(|(name, _)| names.contains(name));
        share(changes, workspace)?;
    }
    for (name, requirement, feature) in wanted {
        let requirement = if of_workspace {
            "workspace = true"
        } else {
            &requirement
        };
        let features = feature.map(|feature| format!(", features = [\"{feature}\"]"));
        let value = value(&format!(
            "{{ {requirement}{} }}",
            features.unwrap_or_default()
        ));
        let dependencies = table(&mut manifest, &["dependencies"]).ok_or_else(|| odd(&path))?;
        insert(dependencies, name, value?);
    }
    changes.write(&path, &manifest.to_string())
}

/// Whether the module names tower's `Layer`, and the crate has none of the crates that have it.
fn needs_layer_trait(target: &Target) -> bool {
    target.server.feature().is_none()
        && !["tower", "tower-layer"]
            .iter()
            .any(|name| target.depends_on(name))
}

/// Plans dependencies of the workspace.
fn share<'n>(
    changes: &mut ChangeSet,
    wanted: impl Iterator<Item = (&'n str, String)>,
) -> Result<(), Error> {
    let mut workspace = parse(MANIFEST, &changes.read(MANIFEST)?.unwrap_or_default())?;
    for (name, requirement) in wanted {
        let shared = table(&mut workspace, &["workspace", "dependencies"]);
        let shared = shared.ok_or_else(|| odd(MANIFEST))?;
        if shared.get(name).is_none_or(Item::is_none) {
            insert(shared, name, value(&format!("{{ {requirement} }}"))?);
        }
    }
    changes.write(MANIFEST, &workspace.to_string())
}

fn value(text: &str) -> Result<Value, Error> {
    let value: Result<Value, _> = text.parse();
    value.map_err(|error| Error::Config(format!("{text}: {error}")))
}

fn odd(path: &str) -> Error {
    Error::refused(
        format!("{path} has dependencies that are no table"),
        "write them as [dependencies], then try again",
    )
}

const MANIFEST: &str = "Cargo.toml";
const LAYER: &str = "tower-b2c";
