//! Makes one profile of what several files say, if they agree.

use std::fmt::Write;

use super::address::{Address, address};
use super::api::api;
use super::authority::{default_instance, full_tenant};
use super::field::Field;
use super::gather::{Facts, Found, NO_COUNTERPART};
use super::imported::{ALLOWED, Imported};
use super::node::Place;
use super::redirect::redirect;
use super::said::Said;
use super::secret::FoundSecret;
use super::source::unreadable;
use crate::error::Error;
use crate::tenant::{Kind, is_several};

/// Makes one profile.
///
/// # Errors
///
/// The files disagree, or say nothing about signing in.
pub(super) fn assemble(mut facts: Facts) -> Result<Imported, Error> {
    let mut imported = Imported::default();
    let mut quarrels = Vec::new();
    let secret = secret(&facts, &mut quarrels);
    if let Some((secret, _)) = &secret {
        withhold(&mut facts, secret);
    }
    let address = address(&mut facts, &mut imported.warnings);
    let kind = settle(&address, &facts, &mut imported, &mut quarrels);

    let mut client_id = Said::default();
    for found in facts.of(Field::ClientId) {
        client_id.say(&found.text, &found.place);
    }
    if let Some((id, place)) = client_id.agreed("provider.client_id", &mut quarrels) {
        imported.add("provider.client_id", id, &place);
        imported.uses(client_id.places());
    }
    flows(kind, &address, &mut facts, &mut imported, &mut quarrels);
    redirect(&mut facts, &mut imported, &mut quarrels);
    api(kind, &mut facts, &mut imported, &mut quarrels);
    if !quarrels.is_empty() {
        return Err(disagreement(&quarrels));
    }
    imported.secret_file = secret_file(&facts, secret.is_some(), &mut imported);
    imported.uses(facts.of(Field::ClientSecret).map(|found| &found.place));
    list_the_rest(kind, &mut facts, &imported);
    imported.left.append(&mut facts.left);
    imported.secret = secret;
    let has_secret = imported.secret.is_some() || imported.secret_file.is_some();
    if imported.settings.is_empty() && !has_secret {
        return Err(nothing(&imported));
    }
    imported.missing = missing(kind, &imported);
    Ok(imported)
}

/// Kind, tenant, instance and issuer.
fn settle(
    address: &Address,
    facts: &Facts,
    imported: &mut Imported,
    quarrels: &mut Vec<String>,
) -> Option<Kind> {
    let all = [Kind::B2c, Kind::ExternalId, Kind::Entra, Kind::Oidc];
    let said = address.kind.agreed("provider.kind", quarrels);
    let (kind, place) = match said {
        Some((name, place)) => (
            all.into_iter().find(|kind| kind.to_string() == name)?,
            place,
        ),
        None => {
            let tells = [
                Field::SignIn,
                Field::Tenant,
                Field::TenantId,
                Field::Instance,
            ];
            let mut found = facts.found.iter();
            let first = found.find(|found| tells.contains(&found.field))?;
            let guess = match facts.hint {
                Some(kind) => kind,
                None if first.field == Field::TenantId => Kind::Entra,
                None => return None,
            };
            (guess, first.place.clone())
        }
    };
    imported.add("provider.kind", kind, &place);
    imported.uses(address.kind.places());
    if let Some((issuer, place)) = address.issuer.agreed("provider.issuer", quarrels) {
        imported.add("provider.issuer", issuer, &place);
        imported.uses(address.issuer.places());
        return Some(kind);
    }
    let name = address.names.agreed("provider.tenant", quarrels);
    let id = address.ids.agreed("provider.tenant", quarrels);
    let instance = address.instance.agreed("provider.instance", quarrels);
    let of_instance = || {
        let (origin, place) = instance.clone()?;
        let name = origin.strip_prefix("https://")?;
        let name = name.strip_suffix(".b2clogin.com")?;
        Some((full_tenant(name), place))
    };
    let tenant = match (kind, &id, &name) {
        (Kind::Entra, Some(_), _) | (_, Some(_), None) => {
            imported.uses(address.ids.places());
            id
        }
        (_, _, Some(_)) => {
            imported.uses(address.names.places());
            name
        }
        (Kind::Entra, None, None) => None,
        (_, None, None) => of_instance(),
    };
    imported.uses(address.instance.places());
    let default = tenant
        .as_ref()
        .and_then(|(tenant, _)| default_instance(kind, tenant));
    if let Some((tenant, place)) = tenant {
        imported.add("provider.tenant", tenant.as_str().to_owned(), &place);
        allowed(&tenant, address, imported);
    }
    if let Some((origin, place)) = instance
        && default.is_none_or(|default| default != origin)
    {
        imported.add("provider.instance", origin, &place);
    }
    Some(kind)
}

/// The tenants whose users may come, where the tenant stands for many: one alone needs no list.
fn allowed(tenant: &str, address: &Address, imported: &mut Imported) {
    if let Some((_, place)) = address.allowed.first().filter(|_| is_several(tenant)) {
        let mut guids: Vec<String> = Vec::new();
        for (guid, place) in &address.allowed {
            imported.uses([place]);
            if !guids.contains(guid) {
                guids.push(guid.clone());
            }
        }
        imported.add(ALLOWED, guids, place);
    }
}

fn flows(
    kind: Option<Kind>,
    address: &Address,
    facts: &mut Facts,
    imported: &mut Imported,
    quarrels: &mut Vec<String>,
) {
    for (said, key) in address.flows.iter().zip(FLOWS) {
        let Some((flow, place)) = said.agreed(key, quarrels) else {
            continue;
        };
        if kind.is_some_and(|kind| kind != Kind::B2c) {
            facts.leave(key, &place, "only B2C has user flows");
            continue;
        }
        imported.uses(said.places());
        if key == FLOWS[0] && is_of_another_journey(&flow) {
            imported.warnings.push(format!(
                "{place}: users would sign in with {flow}; a published .env.sample.b2c has its three \
                 user flows in each other's places"
            ));
        }
        imported.add(key, flow, &place);
    }
}

/// Whether a user flow's name says that it edits profiles or resets passwords, and not that it signs people
/// in: `b2c_1_susi_reset_v2` of Microsoft's samples does, and offers the other as well.
fn is_of_another_journey(flow: &str) -> bool {
    let lower = flow.to_ascii_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| lower.contains(word));
    has(&["edit", "reset"]) && !has(&["susi", "sign"])
}

/// The file of the client secret, where the secret itself is not set.
fn secret_file(
    facts: &Facts,
    has_secret: bool,
    imported: &mut Imported,
) -> Option<(String, Place)> {
    let first = facts.of(Field::ClientSecretFile).next()?;
    if has_secret {
        return None;
    }
    imported.uses([&first.place]);
    Some((first.text.clone(), first.place.clone()))
}

/// Lists what was understood, and of which nothing was made.
fn list_the_rest(kind: Option<Kind>, facts: &mut Facts, imported: &Imported) {
    let reason = |field: Field| match field {
        Field::AllowedTenants => "the tenant is the only one whose users may sign in",
        Field::ClientSecretFile => "the client secret itself is set, too, or another file",
        _ if kind.is_none() => "nothing says which kind of provider it is of",
        Field::Tenant | Field::TenantId => "another setting says which tenant it is",
        _ => "another setting says it",
    };
    let is_told = |found: &&Found| {
        let told = facts.left.iter().any(|left| left.place == found.place);
        told || imported.has_used(&found.place)
    };
    let rest = facts.found.iter().filter(|found| !is_told(found));
    let rest: Vec<_> = rest
        .map(|found| (found.key.clone(), found.place.clone(), reason(found.field)))
        .collect();
    for (key, place, reason) in rest {
        facts.leave(&key, &place, reason);
    }
}

fn secret(facts: &Facts, quarrels: &mut Vec<String>) -> Option<(FoundSecret, Place)> {
    let mut all = facts.of(Field::ClientSecret);
    let first = all.next()?;
    if let Some(other) = all.find(|other| other.text != first.text) {
        quarrels.push(format!(
            "the client secret is {} at {}, and another, {}, at {}",
            FoundSecret::new(&first.text),
            first.place,
            FoundSecret::new(&other.text),
            other.place
        ));
    }
    Some((FoundSecret::new(&first.text), first.place.clone()))
}

/// A setting that repeats the secret is neither shown nor written.
fn withhold(facts: &mut Facts, secret: &FoundSecret) {
    let gives_away =
        |found: &Found| found.field != Field::ClientSecret && secret.is_in(&found.text);
    let (withheld, kept) = std::mem::take(&mut facts.found)
        .into_iter()
        .partition::<Vec<_>, _>(gives_away);
    facts.found = kept;
    for found in withheld {
        facts.leave(&found.key, &found.place, "it holds the client secret");
    }
}

fn missing(kind: Option<Kind>, imported: &Imported) -> Vec<&'static str> {
    let needed: &[&str] = match kind {
        None => &["provider.kind", "provider.client_id"],
        Some(Kind::B2c) => &["provider.tenant", "provider.client_id", FLOWS[0]],
        Some(Kind::Oidc) => &["provider.issuer", "provider.client_id"],
        Some(_) => &["provider.tenant", "provider.client_id"],
    };
    let missing = needed.iter().filter(|key| imported.text(key).is_none());
    let has_many = imported.text("provider.tenant").is_some_and(is_several);
    let lacks_list = has_many && imported.allowed_tenants().is_none();
    missing
        .copied()
        .chain(lacks_list.then_some(ALLOWED))
        .collect()
}

fn disagreement(quarrels: &[String]) -> Error {
    unreadable(
        format!("the settings disagree\n  {}", quarrels.join("\n  ")),
        "name only the files of one app and one environment; nothing was written",
    )
}

fn nothing(imported: &Imported) -> Error {
    let mut reason = "nothing was found that says whom users sign in at".to_owned();
    // First what would have said it.
    let (other, near): (Vec<_>, Vec<_>) = imported
        .left
        .iter()
        .partition(|left| left.reason == NO_COUNTERPART);
    for left in near.into_iter().chain(other).take(10) {
        let _ = write!(reason, "\n  {} {} {}", left.place, left.key, left.reason);
    }
    unreadable(
        reason,
        "name the file that has the tenant and the client id",
    )
}

pub(super) const FLOWS: [&str; 3] = [
    "provider.user_flows.sign_up_sign_in",
    "provider.user_flows.edit_profile",
    "provider.user_flows.reset_password",
];
