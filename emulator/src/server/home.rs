//! Which tenant of Entra ID does a person belong to?

use super::visit::Visit;
use crate::{
    directory::{TenantKind, User, UserFlow},
    journey::Journey,
    protocol::Params,
    provider::Provider,
};

/// The provider whose account is meant: the one that was asked, if it knows the name, or else
/// another tenant of Entra ID that does.
pub(super) fn of_name<'a>(visit: &Visit<'a>, name: &str) -> Option<(&'a Provider, User)> {
    let here = visit.provider;
    let account = |provider: &'a Provider| {
        let user = provider.tenant.users.by_sign_in_name(name)?;
        Some((provider, user))
    };
    account(here).or_else(|| others(visit).find_map(account))
}

/// The provider whose accounts a journey is about.
pub(super) fn of_journey<'a>(visit: &Visit<'a>, journey: &Journey) -> &'a Provider {
    let is_home = |provider: &&Provider| Some(&provider.tenant.id) == journey.home_tenant.as_ref();
    others(visit).find(is_home).unwrap_or(visit.provider)
}

/// Somebody from another tenant who has just shown the right password.
pub(super) fn foreigner<'a>(
    visit: &Visit<'a>,
    form: &Params,
    now: i64,
) -> Option<(&'a Provider, User)> {
    let name = Journey::sign_in_name(form);
    let password = form.get("password")?;
    let (home, _) = of_name(visit, &name)?;
    if std::ptr::eq(home, visit.provider) {
        return None;
    }
    let user = home.tenant.users.sign_in(&name, &password, now).ok()?;
    Some((home, user))
}

/// Every tenant of Entra ID but the one that was asked, if that is one.
pub(super) fn others<'a>(visit: &Visit<'a>) -> impl Iterator<Item = &'a Provider> {
    let here = visit.provider;
    let is_entra = here.tenant.kind == TenantKind::Entra;
    let all = visit.providers.all().map(|provider| &**provider);
    all.filter(move |other| {
        is_entra && other.tenant.kind == TenantKind::Entra && other.tenant.id != here.tenant.id
    })
}

/// Does the authority that was asked take accounts of this tenant?
pub(super) fn is_welcome(visit: &Visit<'_>, home: &Provider) -> bool {
    std::ptr::eq(home, visit.provider) || visit.shared_authority.is_some()
}

/// The user flow that answers an application for a person of this tenant.
pub(super) fn user_flow<'a>(
    home: &'a Provider,
    visit: &Visit<'a>,
    journey: &Journey,
) -> &'a UserFlow {
    if std::ptr::eq(home, visit.provider) {
        return visit.user_flow;
    }
    let linked = home.tenant.linked_user_flow(&journey.request.client_id);
    linked.unwrap_or(visit.user_flow)
}
