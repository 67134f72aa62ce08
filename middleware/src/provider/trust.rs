//! How much of a discovery document is believed.
//!
//! A document comes over TLS from the host that the operator named, so it speaks for that host. It
//! must not speak for others: an issuer that is not its own would let it vouch for somebody else's
//! users, an endpoint elsewhere would be sent codes and the client's secret.

use oauth2::{AuthUrl, TokenUrl};
use url::Url;

use super::document::Document;
use super::metadata::Metadata;
use crate::config::{Kind, ProviderSettings, PushedAuthorization};
use crate::jwt::{Issuer, KeySet, TENANT_ID};
use crate::time::Timestamp;

/// A document's contents, checked; all that is missing is the keys.
pub(super) struct Endpoints {
    issuer: Issuer,
    authorization: AuthUrl,
    token: TokenUrl,
    end_session: Option<Url>,
    userinfo: Option<Url>,
    pushed: Option<Url>,
    iss_in_response: bool,
    pub(super) keys: Url,
}

impl Endpoints {
    /// Checks a document of this provider; what is wrong with it is said in words.
    pub(super) fn of(document: Document, settings: &ProviderSettings) -> Result<Self, String> {
        let issuer = issuer(document.issuer, settings)?;
        let browser = |name: &str, text: &str| {
            let url = endpoint(settings, name, text)?;
            Ok::<_, String>(moved(
                url,
                settings.back_channel.as_ref(),
                Some(&settings.authority.instance),
            ))
        };
        let server = |name: &str, text: &str| {
            let url = endpoint(settings, name, text)?;
            Ok::<_, String>(to_back_channel(url, settings))
        };
        let authorization = browser("authorization_endpoint", &document.authorization_endpoint)?;
        let token = server("token_endpoint", &document.token_endpoint)?;
        let end_session = document.end_session_endpoint;
        let end_session = end_session.map(|text| browser("end_session_endpoint", &text));
        // Microsoft's is of another host, and what nobody wants need not be believed.
        let wanted = &settings.round_trip;
        let userinfo = document.userinfo_endpoint.filter(|_| wanted.userinfo);
        let userinfo = userinfo.map(|text| server("userinfo_endpoint", &text));
        let pushed = document.pushed_authorization_request_endpoint;
        let pushed = pushed.filter(|_| wanted.pushed != PushedAuthorization::Never);
        let pushed = pushed.map(|text| server("pushed_authorization_request_endpoint", &text));
        Ok(Self {
            issuer,
            userinfo: userinfo.transpose()?,
            pushed: pushed.transpose()?,
            iss_in_response: document.authorization_response_iss_parameter_supported,
            authorization: AuthUrl::from_url(authorization),
            token: TokenUrl::from_url(token),
            end_session: end_session.transpose()?,
            keys: server("jwks_uri", &document.jwks_uri)?,
        })
    }

    pub(super) fn with_keys(self, keys: KeySet, fetched: Timestamp) -> Metadata {
        Metadata {
            issuer: self.issuer,
            authorization_endpoint: self.authorization,
            token_endpoint: self.token,
            end_session_endpoint: self.end_session,
            userinfo_endpoint: self.userinfo,
            pushed_authorization_request_endpoint: self.pushed,
            iss_in_response: self.iss_in_response,
            keys,
            fetched,
        }
    }
}

/// A URL of the provider as this server reaches it.
pub(super) fn to_back_channel(url: Url, settings: &ProviderSettings) -> Url {
    let instance = &settings.authority.instance;
    moved(url, Some(instance), settings.back_channel.as_ref())
}

/// The issuer that a document may claim.
///
/// - One that the operator wrote down is compared exactly; so is that of an OpenID provider with
///   the URL that the document was found by (OpenID Connect Discovery §4.3).
/// - Microsoft's are not prefixes of that URL. B2C and Entra name the host that was asked; External
///   ID names the host of the tenant's GUID (`{guid}.ciamlogin.com`) whichever was asked.
fn issuer(found: String, settings: &ProviderSettings) -> Result<Issuer, String> {
    if let Some(expected) = &settings.issuer {
        return if found == *expected {
            Ok(Issuer::Exact(found))
        } else {
            Err(format!("its issuer is {found:?}, expected {expected:?}"))
        };
    }
    let url = Url::parse(&found.replace(TENANT_ID, "tenant"));
    let url = url.map_err(|error| format!("its issuer {found:?} is no URL ({error})"))?;
    let instance = &settings.authority.instance;
    let back_channel = settings.back_channel.as_ref();
    let same_host = url.origin() == instance.origin()
        || back_channel.is_some_and(|own| own.origin() == url.origin());
    let by_guid = settings.kind == Kind::ExternalId
        && url.scheme() == "https"
        && url.host_str().is_some_and(is_guid_host);
    if !same_host && !by_guid {
        return Err(format!(
            "its issuer {found:?} is of another host than {instance}; if that is meant so, write it into {}",
            settings.key("issuer")
        ));
    }
    if found.contains(TENANT_ID) {
        return match settings.kind {
            Kind::Entra => Ok(Issuer::PerTenant {
                template: found,
                allowed: settings.allowed_tenants.clone(),
            }),
            _ => Err(format!(
                "its issuer {found:?} is that of another kind of provider"
            )),
        };
    }
    Ok(Issuer::Exact(found))
}

/// `aaaabbbb-0000-cccc-1111-dddd2222eeee.ciamlogin.com`
fn is_guid_host(host: &str) -> bool {
    let Some(name) = host.strip_suffix(".ciamlogin.com") else {
        return false;
    };
    let lengths = name.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && name.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// An endpoint may not leave TLS; Microsoft's may not leave the host either. Other providers spread
/// over several hosts, and their documents may say so: the issuer in them is the operator's.
fn endpoint(settings: &ProviderSettings, name: &str, text: &str) -> Result<Url, String> {
    let url = Url::parse(text).map_err(|error| format!("{name} is no URL ({error})"))?;
    let instance = &settings.authority.instance;
    let own = [Some(instance), settings.back_channel.as_ref()];
    let same_host = own
        .into_iter()
        .flatten()
        .any(|own| own.origin() == url.origin());
    if settings.kind.is_microsoft() && settings.endpoints.is_none() && !same_host {
        return Err(format!("{name} leads to another host than {instance}"));
    }
    if !same_host && url.scheme() != "https" {
        return Err(format!("{name} does not use https"));
    }
    Ok(url)
}

/// The URL with its origin exchanged, if it is `from` and there is something to exchange it for.
fn moved(url: Url, from: Option<&Url>, to: Option<&Url>) -> Url {
    let (Some(from), Some(to)) = (from, to) else {
        return url;
    };
    if url.origin() != from.origin() {
        return url;
    }
    let mut moved = to.clone();
    moved.set_path(url.path());
    moved.set_query(url.query());
    moved
}
