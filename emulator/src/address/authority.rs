use super::{host_name, is_loopback_host};
use crate::directory::{Tenant, TenantKind, UserFlow};

/// A user flow of a tenant, spelled as one client spells it.
///
/// B2C answers in the spelling of the question: host, tenant segment and the place of the policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Authority {
    /// Scheme, host and port, for example `http://localhost:8400`.
    pub(crate) origin: String,
    /// The segments before the policy, for example `b2cemulator.onmicrosoft.com`.
    pub(crate) tenant_path: String,
    /// The policy's name, lower-cased as B2C prints it.
    pub(crate) policy: String,
    /// `true` if the policy was given as `?p=`.
    pub(crate) policy_in_query: bool,
    pub(crate) version: Version,
    /// Only B2C has the policy in the URLs of its endpoints.
    pub(crate) kind: TenantKind,
}

/// The version of the protocol endpoints.
#[derive(Clone, Copy, Debug, Eq, PartialEq, serde::Deserialize, serde::Serialize)]
pub(crate) enum Version {
    V1,
    V2,
}

impl Authority {
    /// The usual spelling: tenant name and policy in the path, version 2.
    pub(crate) fn usual(origin: &str, tenant: &Tenant, user_flow: &UserFlow) -> Self {
        Self {
            origin: origin.to_owned(),
            tenant_path: if tenant.kind.is_b2c() {
                tenant.name.clone()
            } else {
                tenant.id.clone()
            },
            policy: user_flow.lower_case_name(),
            policy_in_query: false,
            version: Version::V2,
            kind: tenant.kind,
        }
    }

    pub(crate) fn metadata(&self) -> String {
        self.url(&format!(
            "{}.well-known/openid-configuration",
            self.version.prefix()
        ))
    }

    pub(crate) fn authorize(&self) -> String {
        self.oauth2("authorize")
    }

    pub(crate) fn token(&self) -> String {
        self.oauth2("token")
    }

    pub(crate) fn logout(&self) -> String {
        self.oauth2("logout")
    }

    pub(crate) fn keys(&self) -> String {
        self.url(&format!("discovery/{}keys", self.version.prefix()))
    }

    pub(crate) fn userinfo(&self) -> String {
        self.url("openid/v2.0/userinfo")
    }

    /// The issuer: host used and tenant GUID. B2C ends it with a slash.
    pub(crate) fn issuer(&self, tenant: &Tenant) -> String {
        let issuer = format!(
            "{}/{}/{}",
            self.issuer_origin(tenant),
            tenant.id,
            self.version.prefix()
        );
        if self.kind.is_b2c() || self.version == Version::V1 {
            issuer
        } else {
            issuer.trim_end_matches('/').to_owned()
        }
    }

    /// `ciamlogin.com` has the tenant's GUID as its sub-domain, whatever name was used.
    fn issuer_origin(&self, tenant: &Tenant) -> String {
        let (scheme, host) = self
            .origin
            .split_once("://")
            .unwrap_or(("https", &self.origin));
        let name = host_name(host);
        if self.kind == TenantKind::ExternalId
            && !is_loopback_host(host)
            && name.ends_with(".ciamlogin.com")
        {
            let port = &host[name.len()..];
            format!("{scheme}://{}.ciamlogin.com{port}", tenant.id)
        } else {
            self.origin.clone()
        }
    }

    /// A URL below the tenant, without the policy.
    pub(crate) fn below_tenant(&self, rest: &str) -> String {
        format!("{}/{}/{rest}", self.origin, self.tenant_path)
    }

    /// The path to a page of this user flow, always with the policy in it.
    pub(crate) fn page(&self, rest: &str) -> String {
        format!("/{}/{}/{rest}", self.tenant_path, self.policy)
    }

    fn oauth2(&self, name: &str) -> String {
        self.url(&format!("oauth2/{}{name}", self.version.prefix()))
    }

    fn url(&self, rest: &str) -> String {
        let Self {
            origin,
            tenant_path,
            policy,
            ..
        } = self;
        if !self.kind.is_b2c() {
            self.below_tenant(rest)
        } else if self.policy_in_query {
            format!("{origin}/{tenant_path}/{rest}?p={policy}")
        } else {
            format!("{origin}/{tenant_path}/{policy}/{rest}")
        }
    }
}

impl Version {
    /// The path segment of the version, with its slash.
    fn prefix(self) -> &'static str {
        match self {
            Self::V1 => "",
            Self::V2 => "v2.0/",
        }
    }
}
