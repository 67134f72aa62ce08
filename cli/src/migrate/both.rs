//! Both providers on one app, and the rule that sends users to one of them.

use toml_edit::{Array, DocumentMut, Item, Table, TableLike, Value};

use super::apis::{self, Api};
use super::place::{ONLY, Place};
use super::switch::rewrite;
use crate::error::Error;
use crate::merge::parse;
use crate::project::{CONFIG_FILE, is_api};
use crate::tenant::{Kind, Tenant, put, set_provider, uncomment, with_table};

/// Who signs in at the new provider. What is not given stays as it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Rule {
    /// How many of a hundred browsers.
    pub(crate) percent: Option<u8>,
    /// Whose address ends with one of these.
    pub(crate) domains: Vec<String>,
    /// Whose address is one of these.
    pub(crate) emails: Vec<String>,
}

/// The text with the new provider beside the old one. Where it is there already, `tenant` is what is to
/// be set anew of it, and `None` leaves it as it is.
///
/// The old provider keeps its name, so that its sessions go on, and its redirect URI.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn side_by_side(
    text: &str,
    place: &Place,
    (old, new): (&str, &str),
    tenant: Option<&Tenant>,
    rule: &Rule,
    apis: &[Api],
) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    let only_tokens = is_api(&text.parse().unwrap_or_default());
    let redirect_path = place.setting(&document, "app", "redirect_path");
    let redirect_path = redirect_path.unwrap_or("/getAToken").to_owned();
    move_only(
        &mut document,
        place,
        (!only_tokens).then_some(&*redirect_path),
    );
    if let Some(tenant) = tenant {
        let path = place.path(&["providers", new]);
        let there = (new.to_owned(), Some(Kind::ExternalId));
        if place.providers(&document).contains(&there) {
            // What it has besides is its own, such as the address of a custom domain.
            let set = &mut |provider: &mut dyn TableLike| set_provider(provider, tenant);
            with_table(document.as_table_mut(), &path, set);
        } else {
            rewrite(&mut document, &path, tenant);
        }
    }
    if !only_tokens {
        with_table(document.as_table_mut(), &place.path(&["app"]), &mut |app| {
            if !app.contains_key("default_provider") {
                put(app, "default_provider", old.into());
            }
        });
        route(&mut document, place, new, rule);
    }
    apis::divide(&mut document, place, (old, new), apis);
    uncomment(&document.to_string(), &place.path(&["app"]))
}

/// `[provider]` becomes `[providers.default]`: by that name sessions know it.
fn move_only(document: &mut DocumentMut, place: &Place, redirect_path: Option<&str>) {
    let mut moved = None;
    with_table(document.as_table_mut(), &place.path(&[]), &mut |tables| {
        moved = tables.remove("provider");
    });
    let Some(Ok(mut provider)) = moved.map(Item::into_table) else {
        return;
    };
    provider.set_dotted(false);
    if let Some(path) = redirect_path.filter(|_| !provider.contains_key("redirect_path")) {
        put(&mut provider, "redirect_path", path.into());
    }
    let mut provider = Some(provider);
    with_table(
        document.as_table_mut(),
        &place.path(&["providers"]),
        &mut |providers| {
            providers.insert(ONLY, provider.take().map_or(Item::None, Item::Table));
        },
    );
    let mut item = document.as_item_mut();
    for key in place.path(&["providers"]) {
        item = &mut item[key];
    }
    if let Some(table) = item.as_table_mut() {
        table.set_implicit(true);
    }
}

fn route(document: &mut DocumentMut, place: &Place, new: &str, rule: &Rule) {
    let is_new = place.get(document, &["routing"]).is_none();
    with_table(
        document.as_table_mut(),
        &place.path(&["routing"]),
        &mut |routing| {
            put(routing, "to", new.into());
            let percent = rule.percent.map(i64::from).or(is_new.then_some(0));
            if let Some(percent) = percent {
                put(routing, "percent", percent.into());
            }
            for (key, texts) in [("email_domains", &rule.domains), ("emails", &rule.emails)] {
                if !texts.is_empty() {
                    let list: Array = texts.iter().map(String::as_str).collect();
                    put(routing, key, Value::Array(list));
                }
            }
        },
    );
    let mut item = document.as_item_mut();
    for key in place.path(&["routing"]) {
        item = &mut item[key];
    }
    if let Some(table) = item.as_table_mut().filter(|_| is_new) {
        explain(table);
    }
}

fn explain(table: &mut Table) {
    table.decor_mut().set_prefix(
        "\n# Who signs in at the new provider; the others do at app.default_provider. Raise percent \
         step by step:\n# a browser that was sent there is sent there again. /login?provider=NAME goes \
         before it.\n",
    );
}
