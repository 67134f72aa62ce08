//! The downstream APIs, which are registered in each tenant.

use std::str::FromStr;

use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, Value};

use super::place::Place;
use crate::tenant::put;

/// Where an API of the configuration is registered in the new tenant: `demo=api://{id}`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Api {
    /// Its name in the configuration.
    pub(crate) name: String,
    /// Its App ID URI.
    pub(crate) resource: String,
}

impl FromStr for Api {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let expected = "NAME=URI, such as demo=api://11112222-bbbb-3333-cccc-4444dddd5555";
        let (name, resource) = text.split_once('=').ok_or(expected)?;
        if name.is_empty() || !resource.contains("://") || resource.contains(char::is_whitespace) {
            return Err(expected.to_owned());
        }
        Ok(Self {
            name: name.to_owned(),
            resource: resource.trim_end_matches('/').to_owned(),
        })
    }
}

/// The names of the APIs that the app calls.
pub(super) fn names(document: &DocumentMut, place: &Place) -> Vec<String> {
    let tables = tables(document, place).cloned().unwrap_or_default();
    let names = tables.iter().filter_map(|api| api.get("name")?.as_str());
    names.map(str::to_owned).collect()
}

/// Whether users of this provider have an API of this name.
pub(super) fn is_at(document: &DocumentMut, place: &Place, name: &str, provider: &str) -> bool {
    let tables = tables(document, place).cloned().unwrap_or_default();
    let text = |table: &Table, key: &str| table.get(key)?.as_str().map(str::to_owned);
    let mut named = tables.iter().filter(|table| name_of(table) == Some(name));
    named.any(|table| text(table, "provider").as_deref() == Some(provider))
}

/// Every API is the new tenant's.
pub(super) fn replace(document: &mut DocumentMut, place: &Place, apis: &[Api]) {
    change(document, place, |all| {
        for table in all.iter_mut() {
            if let Some(api) = named(apis, table) {
                put_resource(table, &api.resource);
            }
        }
    });
}

/// Every API has users of the old provider, and those of the new one where it is registered there.
pub(super) fn divide(
    document: &mut DocumentMut,
    place: &Place,
    (old, new): (&str, &str),
    apis: &[Api],
) {
    change(document, place, |all| {
        let mut divided = ArrayOfTables::new();
        for table in all.iter() {
            let whose = table.get("provider").and_then(Item::as_str);
            let is_new = whose == Some(new);
            let mut table = table.clone();
            // A second time only what was not there is added.
            let has_new = all.iter().any(|other| {
                let same = |key| other.get(key).and_then(Item::as_str);
                same("provider") == Some(new) && same("name") == name_of(&table)
            });
            if whose.is_none() {
                put(&mut table, "provider", old.into());
            }
            let api = named(apis, &table).cloned();
            if let Some(api) = api.as_ref().filter(|_| is_new) {
                put_resource(&mut table, &api.resource);
            }
            let mut beside = table.clone();
            divided.push(table);
            if let Some(api) = api.filter(|_| !is_new && !has_new) {
                put_resource(&mut beside, &api.resource);
                put(&mut beside, "provider", new.into());
                beside.set_position(None);
                beside.decor_mut().set_prefix("\n");
                divided.push(beside);
            }
        }
        *all = divided;
    });
}

/// Only those of the new provider are left, for everybody.
pub(super) fn keep(document: &mut DocumentMut, place: &Place, (old, new): (&str, &str)) {
    change(document, place, |all| {
        let whose = |table: &Table| table.get("provider")?.as_str().map(str::to_owned);
        all.retain(|table| whose(table).as_deref() != Some(old));
        for table in all.iter_mut() {
            if whose(table).as_deref() == Some(new) {
                table.remove("provider");
            }
        }
    });
}

/// The profile's tables; those at the top of the file where it has none.
fn tables<'d>(document: &'d DocumentMut, place: &Place) -> Option<&'d ArrayOfTables> {
    let own = place.get(document, &[KEY]);
    own.or_else(|| document.get(KEY))?.as_array_of_tables()
}

/// Changes them where the profile has them: other profiles keep what is at the top of the file.
fn change(document: &mut DocumentMut, place: &Place, act: impl FnOnce(&mut ArrayOfTables)) {
    let Some(present) = tables(document, place) else {
        return;
    };
    let mut all = present.clone();
    let is_own = place.get(document, &[KEY]).is_some();
    act(&mut all);
    if !is_own {
        all.iter_mut().for_each(|table| table.set_position(None));
    }
    let mut item = document.as_item_mut();
    for key in place.path(&[]) {
        item = &mut item[key];
    }
    if let Some(table) = item.as_table_like_mut() {
        if all.is_empty() {
            table.remove(KEY);
        } else {
            table.insert(KEY, Item::ArrayOfTables(all));
        }
    }
}

fn name_of(table: &Table) -> Option<&str> {
    table.get("name").and_then(Item::as_str)
}

fn named<'a>(apis: &'a [Api], table: &Table) -> Option<&'a Api> {
    let name = name_of(table)?;
    apis.iter().find(|api| api.name == name)
}

/// Scopes that were written in full lose what is the resource's now.
fn put_resource(table: &mut Table, resource: &str) {
    put(table, "resource", resource.into());
    let Some(scopes) = table.get_mut("scopes").and_then(Item::as_array_mut) else {
        return;
    };
    for scope in scopes.iter_mut() {
        let short = scope.as_str().and_then(|full| {
            let (_, short) = full.contains("://").then(|| full.rsplit_once('/'))??;
            Some(short.to_owned())
        });
        if let Some(short) = short {
            let decor = scope.decor().clone();
            *scope = Value::from(short);
            *scope.decor_mut() = decor;
        }
    }
}

const KEY: &str = "downstream";
