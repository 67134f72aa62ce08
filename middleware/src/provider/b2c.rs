//! Azure AD B2C: each user flow is an authorization server of its own.

use crate::config::ProviderSettings;

/// Where the metadata of a user flow is:
/// `{instance}/{tenant}/{user flow}/v2.0/.well-known/openid-configuration`.
///
/// Source: Microsoft Learn, "OpenID Connect in Azure Active Directory B2C". The issuer is *not* a
/// prefix of this URL; it is taken from the document.
pub(super) fn metadata_url(provider: &ProviderSettings, user_flow: &str) -> String {
    let instance = provider.instance.as_str().trim_end_matches('/');
    let tenant = &provider.tenant;
    format!("{instance}/{tenant}/{user_flow}/v2.0/.well-known/openid-configuration")
}
