//! What the URL of a provider says about it.

use url::Url;

use crate::guid::is_guid;
use crate::tenant::{Kind, is_several};

/// The parts of an authority.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Authority {
    pub(super) kind: Kind,
    /// The origin of the sign-in pages, where the tenant's name does not give it.
    pub(super) instance: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) user_flow: Option<String>,
    /// For kind `oidc`.
    pub(super) issuer: Option<String>,
}

impl Authority {
    /// Reads `https://{host}/{tenant}/{user flow}` in the spellings of Microsoft's libraries, and
    /// an OpenID provider's issuer. `hint` is the kind that the section's name tells.
    ///
    /// What is wrong with it is said in words that do not repeat it.
    pub(super) fn read(text: &str, hint: Option<Kind>) -> Result<Self, &'static str> {
        Self::of_url(text, hint).map(|(authority, _)| authority)
    }

    /// Reads what the address of one of Microsoft's endpoints says, `…/oauth2/v2.0/authorize` or `…/token`.
    /// That of another provider says nothing that its metadata does not.
    pub(super) fn of_endpoint(text: &str, hint: Option<Kind>) -> Result<Self, &'static str> {
        match Self::of_url(text, hint)? {
            (authority, true) if authority.kind != Kind::Oidc => Ok(authority),
            _ => Err("the provider's metadata says it"),
        }
    }

    /// What an address says, and whether it is that of an endpoint.
    fn of_url(text: &str, hint: Option<Kind>) -> Result<(Self, bool), &'static str> {
        let url = web_url(text)?;
        let in_query = url.query_pairs().find(|(name, _)| name == "p");
        let in_query = in_query.map(|(_, flow)| flow.into_owned());
        if url.query().is_some() && in_query.is_none() {
            return Err("its query may hold a key");
        }
        let mut parts: Vec<_> = url.path_segments().into_iter().flatten().collect();
        parts.retain(|part| !part.is_empty());
        if let [.., ".well-known", _] = parts.as_slice() {
            parts.truncate(parts.len() - 2);
        }
        let depth = match parts.as_slice() {
            [.., "oauth2", "v2.0", "authorize" | "token"] => 3,
            [.., "oauth2", "authorize" | "token"] => 2,
            _ => 0,
        };
        parts.truncate(parts.len() - depth);
        let is_endpoint = depth > 0;
        let issuer_path = parts.join("/");
        let v2 = parts.last() == Some(&"v2.0");
        parts.truncate(parts.len() - usize::from(v2));
        if let ["tfp" | "te", ..] = parts.as_slice() {
            parts.remove(0);
        }
        let host = url.host_str().unwrap_or_default();
        let flow = parts.iter().position(|part| is_user_flow(part));
        let flow = flow.map(|at| parts.remove(at).to_owned()).or(in_query);
        let kind = match (kind_of_host(host), &flow) {
            // At Entra's host, too: it was B2C's before b2clogin.com.
            (Some(Kind::Entra) | None, Some(_)) => Kind::B2c,
            (Some(Kind::Entra), None) if hint == Some(Kind::B2c) => Kind::B2c,
            (Some(kind), _) => kind,
            (None, None) => match (hint, parts.as_slice()) {
                (Some(kind), _) => kind,
                (None, [tenant]) if v2 && is_guid(tenant) => Kind::ExternalId,
                (None, _) => Kind::Oidc,
            },
        };
        let origin = url.origin().ascii_serialization();
        if kind == Kind::Oidc {
            let slash = if text.ends_with('/') && issuer_path.is_empty() {
                ""
            } else {
                "/"
            };
            let issuer = format!("{origin}{slash}{issuer_path}");
            let authority = Self {
                kind,
                instance: None,
                tenant: None,
                user_flow: None,
                issuer: Some(issuer.trim_end_matches('/').to_owned()),
            };
            return Ok((authority, is_endpoint));
        }
        let tenant = match parts.as_slice() {
            [] => None,
            [tenant] => Some((*tenant).to_owned()),
            _ => return Err("it is not https://{host}/{tenant}/{user flow}"),
        };
        let subdomain = host.strip_suffix(".ciamlogin.com");
        let of_host = subdomain.map(|name| format!("{name}.onmicrosoft.com"));
        let tenant = tenant.or_else(|| of_host.filter(|_| kind == Kind::ExternalId));
        let instance = match host {
            // Nobody signs in to B2C there any more.
            _ if kind == Kind::B2c && kind_of_host(host) == Some(Kind::Entra) => None,
            // The issuer of v1 tokens, where nobody signs in.
            "sts.windows.net" => Some("https://login.microsoftonline.com".to_owned()),
            _ => Some(origin),
        };
        let authority = Self {
            kind,
            instance,
            tenant,
            user_flow: flow,
            issuer: None,
        };
        Ok((authority, is_endpoint))
    }
}

/// The kind of provider at a host, where it is one of Microsoft's.
pub(super) fn kind_of_host(host: &str) -> Option<Kind> {
    let host = host.to_ascii_lowercase();
    let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| host.ends_with(suffix));
    if ends(&[".b2clogin.com", ".b2clogin.cn"]) {
        Some(Kind::B2c)
    } else if ends(&[".ciamlogin.com"]) {
        Some(Kind::ExternalId)
    } else {
        ENTRA_HOSTS.contains(&host.as_str()).then_some(Kind::Entra)
    }
}

/// An absolute URL that gives nothing away: https, or http on this machine, no password.
pub(super) fn web_url(text: &str) -> Result<Url, &'static str> {
    let url = Url::parse(text.trim()).map_err(|_| "it is not a URL")?;
    let local = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if !url.username().is_empty() || url.password().is_some() {
        Err("it holds a password")
    } else if url.scheme() == "https" || (url.scheme() == "http" && local) {
        Ok(url)
    } else {
        Err("it is not an https URL")
    }
}

/// `contoso` stands for `contoso.onmicrosoft.com`.
pub(super) fn full_tenant(name: &str) -> String {
    if is_several(name) || name.contains('.') || is_guid(name) {
        name.to_owned()
    } else {
        format!("{name}.onmicrosoft.com")
    }
}

/// The origin that a tenant has without a custom domain.
pub(super) fn default_instance(kind: Kind, tenant: &str) -> Option<String> {
    let name = tenant.strip_suffix(".onmicrosoft.com");
    match kind {
        Kind::B2c => name.map(|name| format!("https://{name}.b2clogin.com")),
        Kind::ExternalId => name.map(|name| format!("https://{name}.ciamlogin.com")),
        Kind::Entra => Some("https://login.microsoftonline.com".to_owned()),
        Kind::Oidc => None,
    }
}

pub(super) fn is_user_flow(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let rest = lower.strip_prefix("b2c_1_");
    let rest = rest.or_else(|| lower.strip_prefix("b2c_1a_"));
    let valid = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    rest.is_some_and(|rest| !rest.is_empty() && rest.chars().all(valid))
}

const ENTRA_HOSTS: [&str; 6] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "login.chinacloudapi.cn",
    "login.windows.net",
    "sts.windows.net",
];

#[cfg(test)]
mod tests {
    use super::Authority;
    use crate::tenant::Kind;

    #[test]
    fn an_authority_says_who_it_is() {
        let guid = "0f1e2d3c-1111-2222-3333-444455556666";
        for (text, kind, tenant, flow) in [
            (
                "https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi",
                Kind::B2c,
                Some("contoso.onmicrosoft.com"),
                Some("B2C_1_susi"),
            ),
            (
                "https://login.contoso.com/tfp/contoso.onmicrosoft.com/b2c_1a_x/v2.0/",
                Kind::B2c,
                Some("contoso.onmicrosoft.com"),
                Some("b2c_1a_x"),
            ),
            (
                "https://contoso.b2clogin.com/contoso.onmicrosoft.com/v2.0/.well-known/openid-configuration?p=B2C_1_a",
                Kind::B2c,
                Some("contoso.onmicrosoft.com"),
                Some("B2C_1_a"),
            ),
            (
                "https://contoso.ciamlogin.com",
                Kind::ExternalId,
                Some("contoso.onmicrosoft.com"),
                None,
            ),
            (
                "https://login.microsoftonline.com/common",
                Kind::Entra,
                Some("common"),
                None,
            ),
            ("https://id.example.com/realms/a", Kind::Oidc, None, None),
        ] {
            let read = Authority::read(text, None).expect(text);
            assert_eq!(
                (read.kind, read.tenant.as_deref(), read.user_flow.as_deref()),
                (kind, tenant, flow),
                "{text}"
            );
        }
        let old = "https://login.microsoftonline.com/contoso.onmicrosoft.com/v2.0";
        for (hint, kind, instance) in [
            (Some(Kind::B2c), Kind::B2c, None),
            (None, Kind::Entra, Some("https://login.microsoftonline.com")),
        ] {
            let read = Authority::read(old, hint).expect(old);
            assert_eq!((read.kind, read.instance.as_deref()), (kind, instance));
        }
        let custom = format!("https://www.contoso.com/{guid}/v2.0");
        let custom = Authority::read(&custom, None).expect("an authority");
        assert_eq!(
            (custom.kind, custom.instance.as_deref()),
            (Kind::ExternalId, Some("https://www.contoso.com"))
        );
        for text in [
            "https://u:p@contoso.b2clogin.com/a",
            "http://contoso.com",
            "contoso",
            "https://contoso.b2clogin.com/a?code=k",
        ] {
            assert!(Authority::read(text, None).is_err(), "{text}");
        }
    }
}
