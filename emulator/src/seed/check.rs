//! What TOML cannot say about a tenant.

use std::{collections::HashSet, fmt::Display};

use super::SeedError;
use crate::directory::{Client, Tenant, UserFlow, is_domain};

/// Where a tenant stands in a seed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Spot {
    /// At the top.
    Top,
    /// `[[tenant]]`, by its number.
    Entry(usize),
}

impl Spot {
    /// The path of one of the tenant's own values.
    pub(super) fn fact(self, key: &str) -> String {
        match self {
            Self::Top => format!("tenant.{key}"),
            Self::Entry(index) => format!("tenant[{index}].{key}"),
        }
    }

    /// The path of something in one of the tenant's sections.
    fn item(self, section: &str, index: usize, key: &str) -> String {
        match self {
            Self::Top => format!("{section}[{index}].{key}"),
            Self::Entry(tenant) => format!("tenant[{tenant}].{section}[{index}].{key}"),
        }
    }

    fn section(self, section: &str) -> String {
        match self {
            Self::Top => section.to_owned(),
            Self::Entry(index) => format!("tenant[{index}].{section}"),
        }
    }
}

pub(super) fn wrong(path: &str, found: impl Display, expected: &str) -> SeedError {
    SeedError::new(format!("{path}: found '{found}', expected {expected}"))
}

/// Checks a tenant; the default one needs an application.
pub(super) fn check(tenant: &Tenant, spot: Spot, is_default: bool) -> Result<(), SeedError> {
    check_names(tenant, spot)?;
    check_uniqueness(tenant, spot)?;
    check_links(tenant, spot)?;
    check_attributes(tenant, spot)?;
    if is_default && tenant.clients.is_empty() {
        let path = spot.section("clients");
        return Err(SeedError::new(format!(
            "{path}: found none, expected at least one"
        )));
    }
    Ok(())
}

fn check_names(tenant: &Tenant, spot: Spot) -> Result<(), SeedError> {
    if !is_domain(&tenant.name) {
        let expected = "a label, or a domain";
        return Err(wrong(&spot.fact("name"), &tenant.name, expected));
    }
    if tenant.id.is_empty() || tenant.id.contains('/') {
        return Err(wrong(&spot.fact("id"), &tenant.id, "a GUID"));
    }
    for (section, domains) in [
        ("custom_domains", &tenant.custom_domains),
        ("verified_domains", &tenant.verified_domains),
    ] {
        for (index, domain) in domains.iter().enumerate() {
            if !is_domain(domain) {
                let path = spot.fact(&format!("{section}[{index}]"));
                return Err(wrong(&path, domain, "a domain"));
            }
        }
    }
    Ok(())
}

fn check_uniqueness(tenant: &Tenant, spot: Spot) -> Result<(), SeedError> {
    let users = tenant.users.all();
    let unique = |section, key, values: Vec<&str>| unique(spot, section, key, &values);
    let attributes = tenant.users.attributes();
    let names = attributes.iter().map(|attribute| attribute.name.as_str());
    unique("attribute", "name", names.collect())?;
    let user_flows = tenant.user_flows.iter().map(UserFlow::name);
    unique("user_flows", "name", user_flows.collect())?;
    let clients = tenant.clients.iter().map(Client::client_id);
    unique("clients", "client_id", clients.collect())?;
    let ids = users.iter().map(|user| user.object_id.as_str());
    unique("users", "object_id", ids.collect())?;
    // The same name may have accounts at several identity providers.
    let mut seen = HashSet::new();
    for (index, user) in users.iter().enumerate() {
        let path = spot.item("users", index, "sign_in_name");
        let name = user.sign_in_name.as_str();
        if name.is_empty() {
            return Err(wrong(&path, name, "a value"));
        }
        if !seen.insert((user.identity_provider.as_deref(), name.to_ascii_lowercase())) {
            let problem = format!("{path}: found '{name}' twice, expected it once");
            return Err(SeedError::new(problem));
        }
    }
    Ok(())
}

fn check_links(tenant: &Tenant, spot: Spot) -> Result<(), SeedError> {
    for (index, (client_id, user_flow)) in tenant.links.iter().enumerate() {
        if tenant.client(client_id).is_none() {
            let path = spot.item("links", index, "client_id");
            return Err(wrong(&path, client_id, "one of the tenant's clients"));
        }
        if tenant.user_flow(user_flow).is_none() {
            let path = spot.item("links", index, "user_flow");
            return Err(wrong(&path, user_flow, "one of the tenant's user flows"));
        }
    }
    Ok(())
}

fn check_attributes(tenant: &Tenant, spot: Spot) -> Result<(), SeedError> {
    let users = &tenant.users;
    for (index, attribute) in users.attributes().iter().enumerate() {
        if !attribute.has_good_name() {
            let path = spot.item("attribute", index, "name");
            let expected = "letters, digits and underscores";
            return Err(wrong(&path, &attribute.name, expected));
        }
    }
    for (index, flow) in tenant.user_flows.iter().enumerate() {
        for (number, name) in flow.settings.attributes.iter().enumerate() {
            if users.attribute(name).is_none() {
                let key = format!("settings.attributes[{number}]");
                let path = spot.item("user_flows", index, &key);
                let expected = "an attribute that the tenant declares";
                return Err(wrong(&path, name, expected));
            }
        }
    }
    for (index, user) in users.all().iter().enumerate() {
        if let Some(problem) = users.misfit(user) {
            let path = spot.item("users", index, &problem);
            return Err(SeedError::new(path));
        }
    }
    Ok(())
}

fn unique(spot: Spot, section: &str, key: &str, values: &[&str]) -> Result<(), SeedError> {
    let mut seen = HashSet::new();
    for (index, value) in values.iter().enumerate() {
        let path = spot.item(section, index, key);
        if value.is_empty() {
            return Err(wrong(&path, value, "a value"));
        }
        if !seen.insert(value.to_ascii_lowercase()) {
            let problem = format!("{path}: found '{value}' twice, expected it once");
            return Err(SeedError::new(problem));
        }
    }
    Ok(())
}
