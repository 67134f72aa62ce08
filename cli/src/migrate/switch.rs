//! One provider in place of the other, at once.

use toml_edit::{DocumentMut, Item, TableLike};

use super::apis::{self, Api};
use super::place::Place;
use super::topic::Topic;
use crate::error::Error;
use crate::merge::parse;
use crate::project::CONFIG_FILE;
use crate::tenant::{EMULATOR, Kind, OfKind as _, Tenant, set_provider, with_table};

/// The text with the new tenant in the place of the old one. Comments, the order of tables and every
/// setting that is not about B2C stay.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn switch(
    text: &str,
    place: &Place,
    old: &str,
    tenant: &Tenant,
    apis: &[Api],
) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    let path = place.provider_path(&document, old);
    with_table(document.as_table_mut(), &path, &mut |provider| {
        for (key, _) in OF_REGISTRATION {
            provider.remove(key);
        }
        // An API may do without one; it has then no use for B2C's.
        if !tenant.has_secret() {
            provider.remove("client_secret");
        }
    });
    rewrite(&mut document, &path, tenant);
    apis::replace(&mut document, place, apis);
    Ok(document.to_string())
}

/// The text with the emulator as External ID, as the app's own tenant is one. It stays as it is where
/// people have made something else of that profile. What [`OF_REGISTRATION`] names stays there too: it is
/// the same emulator, at the same address, with the same secrets.
///
/// # Errors
///
/// The text is not TOML.
pub(crate) fn offline(text: &str) -> Result<String, Error> {
    let mut document = parse(CONFIG_FILE, text)?;
    let profile = document.get("profile").and_then(|all| all.get(EMULATOR));
    let Some(provider) = profile.and_then(|own| own.get("provider")) else {
        return Ok(text.to_owned());
    };
    let stands_in = provider.get("emulator").and_then(Item::as_bool);
    if provider.kind() != Ok(Kind::B2c) || stands_in != Some(true) {
        return Ok(text.to_owned());
    }
    let place = Place::find(&document, Some(EMULATOR))?;
    let mut tenant = Tenant::new();
    if let Some(instance) = provider.get("instance").and_then(Item::as_str) {
        tenant = tenant.instance(instance);
    }
    let path = place.provider_path(&document, super::place::ONLY);
    rewrite(&mut document, &path, &tenant);
    let own = place.get(&document, &["downstream"]);
    let is_own = own.and_then(Item::as_array_of_tables).is_some_and(|all| {
        let resources = all
            .iter()
            .map(|api| api.get("resource").and_then(Item::as_str));
        resources.flatten().all(|uri| uri == EMULATORS_API)
    });
    if is_own {
        let apis = apis::names(&document, &place).into_iter().map(|name| Api {
            name,
            resource: EMULATORS_NEW_API.to_owned(),
        });
        let apis: Vec<_> = apis.collect();
        apis::replace(&mut document, &place, &apis);
    }
    Ok(document.to_string())
}

/// Writes the tenant into the provider's table as one of External ID, and takes out what that has not.
pub(super) fn rewrite(document: &mut DocumentMut, path: &[&str], tenant: &Tenant) {
    let tenant = tenant.clone().kind(Kind::ExternalId);
    with_table(document.as_table_mut(), path, &mut |provider| {
        set_provider(provider, &tenant);
        for key in OF_B2C {
            provider.remove(key);
        }
        keep_scalars(provider);
    });
}

/// `[provider.authorize]` stays; its tables are about single user flows.
fn keep_scalars(provider: &mut dyn TableLike) {
    let Some(authorize) = provider
        .get_mut("authorize")
        .and_then(Item::as_table_like_mut)
    else {
        return;
    };
    let flows = authorize.iter().filter(|(_, item)| item.is_table_like());
    let flows: Vec<_> = flows.map(|(key, _)| key.to_owned()).collect();
    for flow in flows {
        authorize.remove(&flow);
    }
}

/// Settings that name B2C's addresses or user flows.
pub(super) const OF_B2C: [&str; 4] = ["allow_user_flows", "issuer", "metadata", "metadata_url"];

/// Settings of one registration besides those that a new one sets, and what each is about: with them
/// the new tenant would be sent B2C's secret, or B2C the new tenant's codes.
pub(super) const OF_REGISTRATION: [(&str, Topic); 3] = [
    ("second_client_secret", Topic::ClientSecret),
    ("client_secret_expires", Topic::ClientSecret),
    ("back_channel", Topic::Address),
];

const EMULATORS_API: &str = "https://b2cemulator.onmicrosoft.com/demo-api";
const EMULATORS_NEW_API: &str = "api://11112222-bbbb-3333-cccc-4444dddd5555";
