use percent_encoding::percent_decode_str;

use super::{Endpoint, Version};

/// What a path names, before anyone asks whether the tenant exists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Place {
    /// The emulator's start page.
    Start,
    Stylesheet,
    Icon,
    /// The list of errors, as a page or for programs.
    Errors,
    ErrorsDocument,
    /// The protected sample API.
    Api,
    Tenant(TenantPath),
    /// Microsoft Graph's stand-in, which no path of this listener leads to.
    Graph,
    Nowhere,
}

/// A path below a tenant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TenantPath {
    /// The segments as requested, lower-cased, with a `tfp/` or `te/` prefix.
    pub(crate) spelling: String,
    /// The tenant's domain or GUID.
    pub(crate) tenant: String,
    /// The policy, if it is in the path.
    pub(crate) policy: Option<String>,
    pub(crate) service: Service,
}

/// What is asked of a user flow.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Service {
    Metadata(Version),
    Keys(Version),
    Authorize(Version),
    Token(Version),
    Logout(Version),
    /// Claims about the bearer of an access token; custom policies have it.
    UserInfo,
    /// Which authorities are aliases of each other; only Entra answers.
    Instance,
    /// The target of every form on B2C's pages.
    SelfAsserted,
    /// A page of a journey, or one of its links: the segments after `api/`.
    Page(String),
}

impl Place {
    /// Letter case and empty segments do not matter, as on B2C's servers.
    pub(crate) fn of(path: &str) -> Self {
        let segments = segments(path);
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        match names.as_slice() {
            [] => Self::Start,
            ["emulator", "style.css"] => Self::Stylesheet,
            ["emulator", "icon.svg"] | ["favicon.ico"] => Self::Icon,
            ["emulator", "errors"] => Self::Errors,
            ["emulator", "errors.json"] => Self::ErrorsDocument,
            ["api", "me"] | [_, "api", "me"] => Self::Api,
            [prefix @ ("tfp" | "te"), tenant, rest @ ..] => {
                below_tenant(format!("{prefix}/{tenant}"), tenant, rest)
            }
            [tenant, rest @ ..] => below_tenant((*tenant).to_owned(), tenant, rest),
        }
    }

    /// What a path names at a host that stands for one tenant: `/oauth2/v2.0/token` alone will do.
    pub(crate) fn without_tenant(path: &str, tenant: &str) -> Option<Self> {
        let segments = segments(path);
        let names: Vec<&str> = segments.iter().map(String::as_str).collect();
        Some(Self::Tenant(TenantPath {
            spelling: tenant.to_owned(),
            tenant: tenant.to_owned(),
            policy: None,
            service: Service::of(&names).filter(|service| !service.is_page())?,
        }))
    }

    /// The endpoint that a misbehaviour or a recorded request refers to.
    pub(crate) fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Api => Some(Endpoint::Api),
            Self::Graph => Some(Endpoint::Graph),
            Self::Tenant(path) => path.service.endpoint(),
            _ => None,
        }
    }
}

impl Service {
    pub(crate) fn version(&self) -> Version {
        match self {
            Self::Metadata(version)
            | Self::Keys(version)
            | Self::Authorize(version)
            | Self::Token(version)
            | Self::Logout(version) => *version,
            Self::Instance | Self::UserInfo | Self::SelfAsserted | Self::Page(_) => Version::V2,
        }
    }

    /// Is it something that a person sees?
    pub(crate) fn is_page(&self) -> bool {
        matches!(self, Self::SelfAsserted | Self::Page(_))
    }

    fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Metadata(_) => Some(Endpoint::Metadata),
            Self::Keys(_) => Some(Endpoint::Keys),
            Self::Authorize(_) => Some(Endpoint::Authorize),
            Self::Token(_) => Some(Endpoint::Token),
            Self::Logout(_) => Some(Endpoint::Logout),
            Self::UserInfo => Some(Endpoint::UserInfo),
            Self::Instance | Self::SelfAsserted | Self::Page(_) => None,
        }
    }

    fn of(segments: &[&str]) -> Option<Self> {
        Some(match segments {
            ["v2.0", ".well-known", "openid-configuration"] => Self::Metadata(Version::V2),
            [".well-known", "openid-configuration"] => Self::Metadata(Version::V1),
            ["discovery", "v2.0", "keys"] => Self::Keys(Version::V2),
            ["discovery", "instance"] => Self::Instance,
            ["discovery", "keys"] => Self::Keys(Version::V1),
            ["oauth2", "v2.0", "authorize"] => Self::Authorize(Version::V2),
            ["oauth2", "authorize"] => Self::Authorize(Version::V1),
            ["oauth2", "v2.0", "token"] => Self::Token(Version::V2),
            ["oauth2", "token"] => Self::Token(Version::V1),
            ["oauth2", "v2.0", "logout"] => Self::Logout(Version::V2),
            ["oauth2", "logout"] => Self::Logout(Version::V1),
            ["openid", "v2.0", "userinfo"] => Self::UserInfo,
            ["selfasserted"] => Self::SelfAsserted,
            ["api", rest @ ..] => Self::Page(rest.join("/")),
            _ => return None,
        })
    }
}

fn segments(path: &str) -> Vec<String> {
    percent_decode_str(path)
        .decode_utf8_lossy()
        .split('/')
        .filter(|segment| !segment.is_empty())
        .map(str::to_ascii_lowercase)
        .collect()
}

fn below_tenant(spelling: String, tenant: &str, rest: &[&str]) -> Place {
    let (policy, service) = match (Service::of(rest), rest) {
        (Some(service), _) => (None, Some(service)),
        (None, [policy, rest @ ..]) => (Some((*policy).to_owned()), Service::of(rest)),
        (None, []) => (None, None),
    };
    match service {
        Some(service) => Place::Tenant(TenantPath {
            spelling,
            tenant: tenant.to_owned(),
            policy,
            service,
        }),
        None => Place::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tenant_path(path: &str) -> TenantPath {
        match Place::of(path) {
            Place::Tenant(path) => path,
            other => panic!("{path} is {other:?}"),
        }
    }

    #[test]
    fn reads_every_spelling() {
        let path = tenant_path("/Contoso.onmicrosoft.com/B2C_1_susi/oauth2/v2.0/authorize");
        assert_eq!(path.tenant, "contoso.onmicrosoft.com");
        assert_eq!(path.policy.as_deref(), Some("b2c_1_susi"));
        assert_eq!(path.service, Service::Authorize(Version::V2));

        let path = tenant_path("/tfp/contoso.onmicrosoft.com/b2c_1_susi/discovery/keys");
        assert_eq!(path.spelling, "tfp/contoso.onmicrosoft.com");
        assert_eq!(path.service, Service::Keys(Version::V1));

        let path = tenant_path("/contoso.onmicrosoft.com//v2.0/.well-known/openid-configuration");
        assert_eq!(path.policy, None);
        assert_eq!(path.service, Service::Metadata(Version::V2));
    }

    #[test]
    fn finds_nothing_elsewhere() {
        for path in [
            "/x",
            "/x/y",
            "/x/y/z",
            "/tfp",
            "/te/x",
            "/%ff%fe/%00",
            "/a/b/c/oauth2/token",
        ] {
            assert_eq!(Place::of(path), Place::Nowhere, "{path}");
        }
    }
}
