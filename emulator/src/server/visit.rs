use axum::http::{HeaderMap, header, request};

use crate::{
    address::{Authority, TenantPath, is_loopback_host},
    directory::UserFlow,
    protocol::Params,
    provider::Provider,
    session::Cookies,
};

/// A request to a user flow that exists.
pub(super) struct Visit<'a> {
    pub(super) provider: &'a Provider,
    pub(super) authority: Authority,
    pub(super) user_flow: &'a UserFlow,
    pub(super) query: Params,
    pub(super) cookies: Cookies,
    pub(super) headers: &'a HeaderMap,
}

impl<'a> Visit<'a> {
    /// Looks up tenant and user flow; `None` if either is unknown here.
    pub(super) fn new(
        provider: &'a Provider,
        parts: &'a request::Parts,
        path: &TenantPath,
        origin: String,
    ) -> Option<Self> {
        let tenant = &provider.tenant;
        if !tenant.is_called(&path.tenant) {
            return None;
        }
        let query = Params::parse(parts.uri.query().unwrap_or_default());
        let policy = path.policy.clone().or_else(|| query.get("p"))?;
        let user_flow = tenant.user_flow(&policy)?;
        let authority = Authority {
            origin,
            tenant_path: path.spelling.clone(),
            policy: user_flow.lower_case_name(),
            policy_in_query: path.policy.is_none(),
            version: path.service.version(),
        };
        let cookies = parts
            .headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|value| value.to_str().ok());
        Some(Self {
            provider,
            authority,
            user_flow,
            query,
            cookies: Cookies::read(cookies, &tenant.name),
            headers: &parts.headers,
        })
    }

    pub(super) fn header(&self, name: header::HeaderName) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Scheme, host and port that the client used; `None` for a host that is not this machine.
pub(super) fn origin(parts: &request::Parts, provider: &Provider) -> Option<String> {
    let host = match parts.headers.get(header::HOST) {
        Some(host) => host.to_str().ok()?,
        None => return Some(provider.base_url.clone()),
    };
    is_loopback_host(host).then(|| format!("{}://{}", provider.scheme(), host.to_ascii_lowercase()))
}
