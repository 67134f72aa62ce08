use axum::http::{HeaderMap, header, request};

use crate::{
    address::{Authority, TenantPath},
    directory::{Tenant, UserFlow, is_shared_authority},
    protocol::Params,
    provider::{Provider, Providers},
    session::Cookies,
};

/// A request to a user flow that exists.
pub(super) struct Visit<'a> {
    pub(super) provider: &'a Provider,
    /// All that there are.
    pub(super) providers: &'a Providers,
    pub(super) authority: Authority,
    pub(super) user_flow: &'a UserFlow,
    /// `common`, `organizations` or `consumers`, if the URL names no single tenant.
    pub(super) shared_authority: Option<String>,
    pub(super) query: Params,
    pub(super) cookies: Cookies,
    pub(super) headers: &'a HeaderMap,
}

impl<'a> Visit<'a> {
    /// Looks up tenant and user flow; `None` if either is unknown here.
    pub(super) fn new(
        provider: &'a Provider,
        providers: &'a Providers,
        parts: &'a request::Parts,
        path: &TenantPath,
        origin: String,
    ) -> Option<Self> {
        let tenant = &provider.tenant;
        let is_public = provider.settings.public;
        let is_here = is_public || host(parts).is_none_or(|host| tenant.is_served_at(host));
        if !is_here || !tenant.is_called(&path.tenant) {
            return None;
        }
        let query = Params::parse(parts.uri.query().unwrap_or_default());
        let is_b2c = tenant.kind.is_b2c();
        let user_flow = if is_b2c {
            let policy = path.policy.clone().or_else(|| query.get("p"))?;
            tenant.user_flow(&policy)?
        } else {
            linked_user_flow(tenant, path, &query)?
        };
        let shared_authority =
            Some(&path.tenant).filter(|name| !is_b2c && is_shared_authority(name));
        let authority = Authority {
            origin,
            tenant_path: if is_b2c {
                path.spelling.clone()
            } else {
                tenant.id.clone()
            },
            policy: user_flow.lower_case_name(),
            policy_in_query: path.policy.is_none(),
            version: path.service.version(),
            kind: tenant.kind,
        };
        let cookies = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        Some(Self {
            provider,
            providers,
            authority,
            user_flow,
            shared_authority: shared_authority.cloned(),
            query,
            cookies: Cookies::read(cookies, tenant),
            headers: &parts.headers,
        })
    }

    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Outside of B2C only pages have a user flow in their path; else the application decides.
fn linked_user_flow<'a>(
    tenant: &'a Tenant,
    path: &TenantPath,
    query: &Params,
) -> Option<&'a UserFlow> {
    match &path.policy {
        Some(policy) if path.service.is_page() => tenant.user_flow(policy),
        Some(_) => None,
        None => tenant.linked_user_flow(&query.get("client_id").unwrap_or_default()),
    }
}

/// Scheme, host and port that the client used; `None` for a host that leads to no tenant, so that
/// no web site can reach the emulator by rebinding its DNS.
pub(super) fn origin(parts: &request::Parts, providers: &Providers) -> Option<String> {
    let provider = providers.default();
    let Some(host) = host(parts) else {
        return Some(provider.base_url.clone());
    };
    let is_known = || {
        providers
            .all()
            .any(|provider| provider.tenant.is_served_at(host))
    };
    (provider.settings.public || is_known())
        .then(|| format!("{}://{}", provider.scheme(), host.to_ascii_lowercase()))
}

/// The `Host` header; one that cannot be read names no host at all.
pub(super) fn host(parts: &request::Parts) -> Option<&str> {
    let host = parts.headers.get(header::HOST)?;
    Some(host.to_str().unwrap_or_default())
}
