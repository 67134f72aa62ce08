//! The old provider goes.

use toml_edit::{Item, RawString, Table, TableLike};

use super::apis;
use super::place::Place;
use crate::error::Error;
use crate::merge::parse;
use crate::project::CONFIG_FILE;
use crate::tenant::{comment_out, with_table};

/// The text without the old provider and the rule. The new one keeps its name, so that its sessions go
/// on, and its redirect URI.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn finish(text: &str, place: &Place, (old, new): (&str, &str)) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    apis::keep(&mut document, place, (old, new));
    let root = document.as_table_mut();
    let mut above = None;
    with_table(root, &place.path(&["providers"]), &mut |providers| {
        let removed = providers
            .remove(old)
            .and_then(|item| item.into_table().ok());
        above = removed.and_then(|table| comments(&table));
        let table = providers.get_mut(new).and_then(Item::as_table_mut);
        if let (Some(table), Some(above)) = (table, &above) {
            let own = table.decor().prefix().and_then(RawString::as_str);
            let own = own.filter(|own| !own.trim().is_empty());
            let both = format!("{above}{}", own.unwrap_or_default());
            table.decor_mut().set_prefix(both);
        }
    });
    let mut stays = false;
    with_table(root, &place.path(&[]), &mut |tables| {
        tables.remove("routing");
        let app = tables.get_mut("app").and_then(Item::as_table_like_mut);
        if let Some(app) = app {
            let default = app.get("default_provider").and_then(Item::as_str);
            if default == Some(old) {
                app.remove("default_provider");
            }
        }
        if let Some(above) = tables
            .get("app")
            .and_then(Item::as_table)
            .and_then(comments)
        {
            // It is in the place of the template's comment, below what is said of the tenant.
            if let Some(app) = tables.get_mut("app").and_then(Item::as_table_mut) {
                app.decor_mut().set_prefix(above);
                stays = app.is_empty();
            }
        } else if is_empty(tables.get("app")) {
            tables.remove("app");
        }
        let api = tables
            .get_mut("api")
            .and_then(|api| api.get_mut("providers"));
        if let Some(own) = api.and_then(Item::as_table_like_mut) {
            own.remove(old);
        }
    });
    let text = document.to_string();
    Ok(if stays {
        comment_out(&text, &place.path(&["app"]))
    } else {
        text
    })
}

fn is_empty(table: Option<&Item>) -> bool {
    let table = table.and_then(Item::as_table_like);
    table.is_some_and(TableLike::is_empty)
}

/// What stands above a table, about the tenant; `None` if that is nothing.
fn comments(table: &Table) -> Option<String> {
    let above = table.decor().prefix()?.as_str()?;
    let above = Some(above).filter(|above| !above.trim().is_empty())?;
    Some(above.replace("Azure AD B2C tenant", "External ID tenant"))
}
