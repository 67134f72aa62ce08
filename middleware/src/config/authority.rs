//! Where a provider is: every spelling of an authority that is in use.

use url::Url;

use super::kind::Kind;
use super::syntax::{full_tenant, is_tenant, is_user_flow, web_url};

/// A provider's address.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Authority {
    /// The origin of the pages that browsers are sent to.
    pub(crate) instance: Url,
    /// The address of the metadata; [`USER_FLOW`] stands where B2C has the user flow's name.
    pub(crate) metadata: String,
    /// The tenant as the operator wrote it, in full; `None` for `oidc`.
    pub(crate) tenant: Option<String>,
}

/// An authority as it was written, which in B2C may name a user flow.
#[derive(Debug)]
pub(super) struct Written {
    pub(super) authority: Authority,
    pub(super) user_flow: Option<String>,
}

/// The placeholder for the user flow's name in [`Authority::metadata`].
pub(crate) const USER_FLOW: &str = "{user_flow}";

impl Authority {
    /// The address of the metadata of a user flow; without one, of the provider.
    pub(crate) fn metadata_url(&self, user_flow: Option<&str>) -> String {
        self.metadata
            .replace(USER_FLOW, user_flow.unwrap_or_default())
    }

    /// From `instance` (an origin) and `tenant` (a name, a domain or a GUID).
    pub(super) fn of_tenant(kind: Kind, instance: &Url, tenant: String) -> Self {
        let tenant = match tenant.as_str() {
            "common" | "organizations" | "consumers" => tenant,
            _ => full_tenant(tenant),
        };
        let origin = instance.as_str().trim_end_matches('/');
        let policy = match kind {
            Kind::B2c => format!("/{USER_FLOW}"),
            _ => String::new(),
        };
        Self {
            instance: instance.clone(),
            metadata: format!("{origin}/{tenant}{policy}/v2.0{WELL_KNOWN}"),
            tenant: Some(tenant),
        }
    }

    /// From an OpenID provider's issuer (OpenID Connect Discovery §4: the path is appended to it,
    /// less a slash at its end).
    pub(super) fn of_issuer(issuer: &Url) -> Self {
        let base = issuer.as_str().trim_end_matches('/');
        Self {
            instance: origin(issuer),
            metadata: format!("{base}{WELL_KNOWN}"),
            tenant: None,
        }
    }
}

impl Written {
    /// Reads `authority`, in the forms that Microsoft's libraries and pages use:
    /// `https://{host}/{tenant}/{user flow}`, with `tfp/` or `te/` before the tenant, with the user
    /// flow as `?p=`, with a custom domain, a GUID or a verified domain as the tenant, with `/v2.0`
    /// or the whole metadata path at the end, with or without a slash. What is wrong with it is
    /// said as what is expected instead.
    pub(super) fn parse(kind: Kind, text: &str) -> Result<Self, &'static str> {
        let url = web_url(text).ok_or("an https URL (http only on localhost)")?;
        let path = url.path().trim_matches('/').to_owned();
        let (path, whole) = match path.strip_suffix(WELL_KNOWN.trim_start_matches('/')) {
            Some(path) => (path.trim_end_matches('/'), true),
            None => (path.as_str(), false),
        };
        let (path, v2) = match path.strip_suffix("v2.0") {
            Some(path) if path.is_empty() || path.ends_with('/') => {
                (path.trim_end_matches('/'), true)
            }
            _ => (path, false),
        };
        // A whole metadata path without it means the v1 endpoints.
        let version = if whole && !v2 { "" } else { "/v2.0" };
        let segments: Vec<_> = path.split('/').filter(|part| !part.is_empty()).collect();
        let segments: Vec<_> = segments.iter().map(|&part| part.to_owned()).collect();
        match kind {
            Kind::B2c => Self::b2c(&url, &segments, version),
            Kind::ExternalId => Self::external_id(&url, segments, version),
            Kind::Entra => Self::one_tenant(&url, segments, version),
            Kind::Oidc => Err("issuer in place of it, which is what an OpenID provider has"),
        }
    }

    fn b2c(url: &Url, segments: &[String], version: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "https://{host}/{tenant}/{user flow}";
        let (prefix, segments) = match segments.split_first() {
            Some((first, rest)) if matches!(first.as_str(), "tfp" | "te") => {
                (format!("/{first}"), rest)
            }
            _ => (String::new(), segments),
        };
        let in_query = url.query_pairs().find(|(name, _)| name == "p");
        let in_query = in_query.map(|(_, flow)| flow.into_owned());
        let (tenant, user_flow) = match (segments, &in_query) {
            ([tenant], _) => (tenant, in_query.clone()),
            ([tenant, flow], None) => (tenant, Some(flow.clone())),
            _ => return Err(EXPECTED),
        };
        if user_flow.as_ref().is_some_and(|flow| !is_user_flow(flow)) {
            return Err("a user flow's name at its end, such as B2C_1_signupsignin1");
        }
        let tenant = checked_tenant(tenant).ok_or(EXPECTED)?;
        let instance = origin(url);
        let base = instance.as_str().trim_end_matches('/');
        let metadata = if in_query.is_some() {
            format!("{base}{prefix}/{tenant}{version}{WELL_KNOWN}?p={USER_FLOW}")
        } else {
            format!("{base}{prefix}/{tenant}/{USER_FLOW}{version}{WELL_KNOWN}")
        };
        Ok(Self {
            authority: Authority {
                instance,
                metadata,
                tenant: Some(tenant),
            },
            user_flow,
        })
    }

    /// `https://contoso.ciamlogin.com` alone stands for the tenant `contoso.onmicrosoft.com`.
    fn external_id(
        url: &Url,
        mut segments: Vec<String>,
        version: &str,
    ) -> Result<Self, &'static str> {
        let host = url.host_str().unwrap_or_default();
        if let (true, Some(name)) = (segments.is_empty(), host.strip_suffix(".ciamlogin.com")) {
            segments.push(full_tenant(name.to_owned()));
        }
        Self::one_tenant(url, segments, version)
    }

    fn one_tenant(url: &Url, segments: Vec<String>, version: &str) -> Result<Self, &'static str> {
        const EXPECTED: &str = "https://{host}/{tenant}";
        let [tenant] = <[String; 1]>::try_from(segments).map_err(|_| EXPECTED)?;
        let tenant = checked_tenant(&tenant).ok_or(EXPECTED)?;
        let instance = origin(url);
        let base = instance.as_str().trim_end_matches('/');
        Ok(Self {
            authority: Authority {
                metadata: format!("{base}/{tenant}{version}{WELL_KNOWN}"),
                tenant: Some(tenant),
                instance,
            },
            user_flow: None,
        })
    }
}

/// Where a tenant's pages are unless the operator says otherwise.
pub(super) fn default_instance(kind: Kind, tenant: &str) -> Option<String> {
    let name = tenant.strip_suffix(".onmicrosoft.com").unwrap_or(tenant);
    let bare = !name.contains('.');
    match kind {
        // A GUID is no B2C host.
        Kind::B2c if bare && !super::syntax::is_guid(name) => {
            Some(format!("https://{name}.b2clogin.com"))
        }
        Kind::ExternalId if bare => Some(format!("https://{name}.ciamlogin.com")),
        Kind::Entra => Some("https://login.microsoftonline.com".to_owned()),
        Kind::B2c | Kind::ExternalId | Kind::Oidc => None,
    }
}

fn checked_tenant(tenant: &str) -> Option<String> {
    is_tenant(tenant).then(|| tenant.to_owned())
}

pub(super) fn origin(url: &Url) -> Url {
    let mut origin = url.clone();
    origin.set_path("/");
    origin.set_query(None);
    origin
}

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

#[cfg(test)]
mod tests {
    use super::*;

    const GUID: &str = "aaaabbbb-0000-cccc-1111-dddd2222eeee";

    fn metadata(kind: Kind, authority: &str) -> String {
        match Written::parse(kind, authority) {
            Ok(written) => {
                let user_flow = written.user_flow.as_deref();
                written.authority.metadata_url(user_flow)
            }
            Err(expected) => format!("expected {expected}"),
        }
    }

    /// Every form of the tables "B2C URL forms" (U1–U10) and "Authority forms (MSAL Python)".
    #[test]
    fn every_b2c_form_leads_to_its_metadata() {
        let end = "/v2.0/.well-known/openid-configuration";
        let path = "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi";
        let guid = format!("https://contoso.b2clogin.com/{GUID}/B2C_1_susi");
        let custom = format!("https://login.contoso.com/{GUID}/B2C_1A_susi");
        let custom_tfp = format!("https://login.contoso.com/tfp/{GUID}/B2C_1A_susi");
        let same = [
            path,
            &guid,
            "https://contoso.b2clogin.com/tfp/contoso.onmicrosoft.com/B2C_1_susi",
            "https://contoso.b2clogin.com/te/contoso.onmicrosoft.com/B2C_1A_SignIn",
            &custom,
            &custom_tfp,
            "https://login.contoso.com/identity.contoso.com/b2c_1_susi",
            "https://contoso.b2clogin.cn/contoso.onmicrosoft.com/B2C_1_susi",
            "https://contoso.b2clogin.us/contoso.onmicrosoft.com/B2C_1_susi",
            "https://contoso.b2clogin.de/contoso.onmicrosoft.com/B2C_1_susi",
            "https://login.microsoftonline.com/te/contoso.onmicrosoft.com/B2C_1_susi",
            "https://contoso.b2clogin.com:8443/contoso.onmicrosoft.com/B2C_1_susi",
            "http://localhost:8400/contoso.onmicrosoft.com/B2C_1_susi",
        ];
        for authority in same {
            assert_eq!(metadata(Kind::B2c, authority), format!("{authority}{end}"));
        }
        for spelling in [
            format!("{path}/"),
            format!("{path}/v2.0"),
            format!("{path}/v2.0/"),
            format!("{path}{end}"),
            path.replace("contoso.b2clogin.com", "CONTOSO.b2clogin.com:443"),
        ] {
            assert_eq!(metadata(Kind::B2c, &spelling), format!("{path}{end}"));
        }
        let v1 = format!("{path}/.well-known/openid-configuration");
        assert_eq!(metadata(Kind::B2c, &v1), v1);
        for query in [
            "https://contoso.b2clogin.com/contoso.onmicrosoft.com?p=B2C_1_susi",
            "https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration?p=B2C_1_susi",
        ] {
            assert_eq!(
                metadata(Kind::B2c, query),
                format!("https://contoso.b2clogin.com/contoso.onmicrosoft.com{end}?p=B2C_1_susi")
            );
        }
    }

    #[test]
    fn every_form_of_the_other_kinds_leads_to_its_metadata() {
        let end = "/v2.0/.well-known/openid-configuration";
        let named = format!("https://contoso.ciamlogin.com/contoso.onmicrosoft.com{end}");
        for authority in [
            "https://contoso.ciamlogin.com",
            "https://contoso.ciamlogin.com/",
            "https://contoso.ciamlogin.com/contoso.onmicrosoft.com",
            "https://contoso.ciamlogin.com/contoso.onmicrosoft.com/v2.0/",
        ] {
            assert_eq!(metadata(Kind::ExternalId, authority), named, "{authority}");
        }
        for authority in [
            format!("https://{GUID}.ciamlogin.com/{GUID}"),
            format!("https://login.fabrikam.com/{GUID}"),
        ] {
            assert_eq!(
                metadata(Kind::ExternalId, &authority),
                format!("{authority}{end}")
            );
        }
        let bare = format!("https://{GUID}.ciamlogin.com");
        assert_eq!(
            metadata(Kind::ExternalId, &bare),
            format!("{bare}/{GUID}{end}")
        );
        for host in [
            "login.microsoftonline.com",
            "login.microsoftonline.us",
            "login.partner.microsoftonline.cn",
        ] {
            for tenant in [GUID, "contoso.com", "common", "organizations"] {
                let authority = format!("https://{host}/{tenant}");
                assert_eq!(
                    metadata(Kind::Entra, &authority),
                    format!("{authority}{end}")
                );
            }
        }
    }

    #[test]
    fn what_is_no_authority_is_refused() {
        for (kind, authority) in [
            (
                Kind::B2c,
                "http://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi",
            ),
            (
                Kind::B2c,
                "contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi",
            ),
            (Kind::B2c, "https://contoso.b2clogin.com"),
            (Kind::B2c, "https://contoso.b2clogin.com/"),
            (Kind::B2c, "https://contoso.b2clogin.com/tfp/"),
            (Kind::B2c, "https://contoso.b2clogin.com/t/B2C_1_susi/more"),
            (
                Kind::B2c,
                "https://contoso.b2clogin.com/t/B2C_1_susi?p=B2C_1_other",
            ),
            (Kind::B2c, "https://contoso.b2clogin.com/t/B2C_1_su%2Fsi"),
            (Kind::B2c, "https://contoso.b2clogin.com/t/B2C_1_susi#x"),
            (Kind::B2c, "https://u:p@contoso.b2clogin.com/t/B2C_1_susi"),
            (Kind::ExternalId, "https://login.fabrikam.com"),
            (Kind::ExternalId, "https://contoso.ciamlogin.com/a/b"),
            (Kind::Entra, "https://login.microsoftonline.com"),
            (Kind::Entra, "https://login.microsoftonline.com/a/b"),
            (Kind::Oidc, "https://op.example"),
        ] {
            let verdict = metadata(kind, authority);
            assert!(verdict.starts_with("expected "), "{authority}: {verdict}");
        }
    }

    #[test]
    fn an_issuer_may_end_in_a_slash() {
        for (issuer, expected) in [
            ("https://op.example", "https://op.example"),
            (
                "https://tenant.auth0.example/",
                "https://tenant.auth0.example",
            ),
            ("https://kc.example/realms/a", "https://kc.example/realms/a"),
        ] {
            let authority = Authority::of_issuer(&Url::parse(issuer).unwrap());
            assert_eq!(
                authority.metadata_url(None),
                format!("{expected}/.well-known/openid-configuration")
            );
        }
    }
}
