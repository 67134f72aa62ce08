//! A dependency in a manifest, with everything else as it stands there.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

/// The table of dependencies at this path, made if it is not there.
pub(super) fn table<'d>(
    document: &'d mut DocumentMut,
    path: &[&str],
) -> Option<&'d mut dyn TableLike> {
    let mut current: &mut dyn TableLike = document.as_table_mut();
    for key in path {
        if current.get(key).is_none() {
            current.insert(key, Item::Table(Table::new()));
        }
        current = current.get_mut(key)?.as_table_like_mut()?;
    }
    Some(current)
}

/// Whether any of a crate's dependencies is one that its workspace has.
pub(super) fn inherits(manifest: &DocumentMut) -> bool {
    let dependencies = manifest.get("dependencies").and_then(Item::as_table_like);
    let is_inherited = |item: &Item| item.get("workspace").and_then(Item::as_bool) == Some(true);
    dependencies.is_some_and(|all| all.iter().any(|(_, item)| is_inherited(item)))
}

/// Puts a dependency among the others: in its place where they are sorted, else at their end.
pub(super) fn insert(dependencies: &mut dyn TableLike, name: &str, value: Value) {
    let all_values = dependencies.iter().all(|(_, item)| item.is_value());
    let is_sorted = all_values && dependencies.iter().map(|(key, _)| key).is_sorted();
    dependencies.insert(name, Item::Value(value));
    if is_sorted {
        dependencies.sort_values();
    }
}

/// Asks a dependency that is there for one feature more; its version and all else stay.
pub(crate) fn add_feature(item: &mut Item, feature: &str) {
    if let Item::Value(Value::String(version)) = item {
        let version = version.value().clone();
        let mut table = toml_edit::InlineTable::new();
        table.insert("version", version.into());
        let decor = item.as_value().map(|value| value.decor().clone());
        let mut value = Value::InlineTable(table);
        if let Some(decor) = decor {
            *value.decor_mut() = decor;
        }
        *item = Item::Value(value);
    }
    let Some(table) = item.as_table_like_mut() else {
        return;
    };
    match table.get_mut("features").and_then(Item::as_array_mut) {
        Some(features) if features.iter().any(|known| known.as_str() == Some(feature)) => {}
        Some(features) => features.push(feature),
        None => {
            let features: Array = [feature].into_iter().collect();
            table.insert("features", Item::Value(features.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use toml_edit::{DocumentMut, Item};

    use super::{add_feature, insert, table};

    fn with(text: &str, edit: impl FnOnce(&mut dyn toml_edit::TableLike)) -> String {
        let mut document: DocumentMut = text.parse().expect("TOML");
        edit(table(&mut document, &["dependencies"]).expect("a table"));
        document.to_string()
    }

    #[test]
    fn a_dependency_goes_where_the_others_lead_it() {
        let new = |text| with(text, |all| insert(all, "tower-b2c", "1".into()));
        assert_eq!(
            new(
                "[dependencies]\naxum = \"0.8\" # web\n# says things\ntracing = \"0.1\"\n\n[features]\n"
            ),
            "[dependencies]\naxum = \"0.8\" # web\ntower-b2c = \"1\"\n# says things\ntracing = \"0.1\"\n\n[features]\n"
        );
        assert_eq!(
            new("[dependencies]\ntracing = \"0.1\"\naxum = \"0.8\"\n"),
            "[dependencies]\ntracing = \"0.1\"\naxum = \"0.8\"\ntower-b2c = \"1\"\n"
        );
        let apart = new("[dependencies.axum]\nversion = \"0.8\"\n");
        assert!(
            apart.contains("[dependencies.axum]\nversion = \"0.8\"\n"),
            "{apart}"
        );
        assert!(
            apart.contains("[dependencies]\ntower-b2c = \"1\"\n"),
            "{apart}"
        );
    }

    #[test]
    fn a_feature_is_added_once_and_the_version_stays() {
        for (before, after) in [
            (
                "a = \"1\" # why",
                "a = { version = \"1\", features = [\"axum\"] } # why",
            ),
            (
                "a = { path = \"x\" }",
                "a = { path = \"x\" , features = [\"axum\"] }",
            ),
            (
                "a = { version = \"1\", features = [\"axum\"] }",
                "a = { version = \"1\", features = [\"axum\"] }",
            ),
            (
                "a.workspace = true",
                "a.workspace = true\na.features = [\"axum\"]",
            ),
        ] {
            let text = with(&format!("[dependencies]\n{before}\n"), |all| {
                add_feature(all.get_mut("a").unwrap_or(&mut Item::None), "axum");
            });
            let plain = |text: &str| text.replace(' ', "");
            assert_eq!(plain(&text), plain(&format!("[dependencies]\n{after}\n")));
        }
    }
}
