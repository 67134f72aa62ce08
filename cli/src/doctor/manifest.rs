//! How a project's Cargo.toml depends on the layer.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use toml::{Table, Value};

/// The dependency on the layer, as cargo reads it.
pub(super) struct Dependency {
    /// What the crate calls it, and whether that is under `[dependencies]` itself.
    pub(super) name: String,
    pub(super) is_plain: bool,
    /// The features that the manifest asks for anywhere, those of its workspace and its own features
    /// included.
    pub(super) features: BTreeSet<String>,
}

/// The manifest at this root, if it is TOML.
pub(super) fn manifest(root: &Path) -> Option<Table> {
    let text = fs::read_to_string(root.join("Cargo.toml")).ok()?;
    text.parse().ok()
}

/// The dependency on the layer, under whatever name and for whatever target; `None` where there is none.
pub(super) fn dependency(root: &Path, manifest: &Table) -> Option<Dependency> {
    let workspace = workspace_dependencies(root, manifest);
    let is_layer = |name: &str, entry: &Value| {
        let shared = workspace.get(name).filter(|_| is_inherited(entry));
        let package = entry
            .get("package")
            .or(shared.and_then(|it| it.get("package")));
        package.and_then(Value::as_str).unwrap_or(name) == LAYER
    };
    let plain = manifest.get("dependencies").and_then(Value::as_table);
    let targets = manifest.get("target").and_then(Value::as_table);
    let targets = targets.into_iter().flat_map(Table::values);
    let targets = targets.filter_map(|target| target.get("dependencies")?.as_table());
    let tables = plain.map(|table| (table, true)).into_iter();
    let tables = tables.chain(targets.map(|table| (table, false)));
    let mut found: Option<Dependency> = None;
    for (table, is_plain) in tables {
        for (name, entry) in table.iter().filter(|(name, entry)| is_layer(name, entry)) {
            let dependency = found.get_or_insert_with(|| Dependency {
                name: name.clone(),
                is_plain,
                features: own_features(manifest, name),
            });
            dependency.features.extend(features(entry));
            if let Some(shared) = workspace.get(name).filter(|_| is_inherited(entry)) {
                dependency.features.extend(features(shared));
            }
        }
    }
    found
}

fn is_inherited(entry: &Value) -> bool {
    entry.get("workspace").and_then(Value::as_bool) == Some(true)
}

fn features(entry: &Value) -> impl Iterator<Item = String> {
    let list = entry.get("features").and_then(Value::as_array);
    let list = list.into_iter().flatten().filter_map(Value::as_str);
    list.map(str::to_owned)
}

/// What the crate's own features turn on in a dependency: `name/feature`, `name?/feature`. Which of them
/// the app is built with, nobody can tell from the manifest.
fn own_features(manifest: &Table, name: &str) -> BTreeSet<String> {
    let all = manifest.get("features").and_then(Value::as_table);
    let all = all.into_iter().flat_map(Table::values);
    let all = all.filter_map(Value::as_array).flatten();
    let all = all.filter_map(Value::as_str);
    let of_layer = all.filter_map(|entry| {
        let (dependency, feature) = entry.split_once('/')?;
        let is_it = dependency.trim_end_matches('?') == name;
        is_it.then(|| feature.to_owned())
    });
    of_layer.collect()
}

/// `[workspace.dependencies]` of the workspace that a package is in: of its own manifest, of the one that
/// `package.workspace` names, or of the next one above it.
fn workspace_dependencies(root: &Path, manifest: &Table) -> Table {
    let dependencies = |manifest: &Table| {
        let workspace = manifest.get("workspace")?.as_table()?;
        let dependencies = workspace.get("dependencies").and_then(Value::as_table);
        Some(dependencies.cloned().unwrap_or_default())
    };
    if let Some(own) = dependencies(manifest) {
        return own;
    }
    let named = manifest
        .get("package")
        .and_then(|package| package.get("workspace"));
    let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let above = match named.and_then(Value::as_str) {
        Some(path) => vec![root.join(path)],
        None => root.ancestors().skip(1).map(Path::to_owned).collect(),
    };
    let mut above = above.iter().filter_map(|root| self::manifest(root));
    above
        .find_map(|manifest| dependencies(&manifest))
        .unwrap_or_default()
}

pub(super) const LAYER: &str = "tower-b2c";
