//! Sign-ins that somebody else starts, such as a provider's page of apps (OpenID Connect Core §4).

use url::form_urlencoded;

use super::caller::Caller;
use super::shell::Shell;

impl Shell {
    /// The provider whose issuer a link to the sign-in names (`iss`). An issuer of nobody's counts
    /// for nothing.
    pub(super) async fn initiating_provider(&self, caller: &Caller) -> Option<String> {
        let issuer = parameter(caller, "iss")?;
        for provider in self.providers.all() {
            let metadata = provider.metadata(provider.sign_in_flow()).await;
            if metadata.is_ok_and(|metadata| metadata.issuer.is_named(&issuer)) {
                return Some(provider.name().to_owned());
            }
        }
        None
    }

    /// The path of this app that such a link leads to (`target_link_uri`). It must be checked like
    /// any other return path; what leads elsewhere is none.
    pub(super) fn target_link(&self, caller: &Caller) -> Option<String> {
        let target = parameter(caller, "target_link_uri")?;
        let path = target.strip_prefix(self.config.base_url())?;
        match path {
            "" => Some("/".to_owned()),
            path => path.starts_with('/').then(|| path.to_owned()),
        }
    }
}

/// A parameter that must not come twice (RFC 6749 §3.1).
fn parameter(caller: &Caller, name: &str) -> Option<String> {
    let query = caller.uri.query().unwrap_or_default();
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(found, _)| found == name);
    let (_, value) = values.next()?;
    values.next().is_none().then(|| value.into_owned())
}
