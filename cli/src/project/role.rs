//! Whether users sign in at a project.

use toml::Table;

/// Whether these settings are those of an API, which signs nobody in: they have `[api]` and no `[app]`.
/// The layer reads them otherwise (`Config::load_api`).
pub(crate) fn is_api(file: &Table) -> bool {
    let profiles = file.get("profile").and_then(toml::Value::as_table);
    let profiles = profiles.into_iter().flat_map(Table::values);
    let profiles = profiles.filter_map(toml::Value::as_table);
    let tables: Vec<_> = profiles.chain([file]).collect();
    let has = |key: &str| tables.iter().any(|table| table.contains_key(key));
    has("api") && !has("app")
}

#[cfg(test)]
mod tests {
    use super::is_api;

    #[test]
    fn an_api_has_no_app() {
        for (text, expected) in [
            ("[api]\naudiences = []", true),
            ("[profile.tenant.api]\naudiences = []", true),
            ("[app]\n[api]", false),
            ("[api]\n[profile.tenant.app]", false),
            ("[provider]", false),
        ] {
            let file = text.parse().expect("TOML");
            assert_eq!(is_api(&file), expected, "{text}");
        }
    }
}
