use crate::directory::{Tenant, UserFlow};

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
            tenant_path: tenant.name.clone(),
            policy: user_flow.lower_case_name(),
            policy_in_query: false,
            version: Version::V2,
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

    /// The issuer: host used, tenant GUID, trailing slash.
    pub(crate) fn issuer(&self, tenant: &Tenant) -> String {
        format!("{}/{}/{}", self.origin, tenant.id, self.version.prefix())
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
        if self.policy_in_query {
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
