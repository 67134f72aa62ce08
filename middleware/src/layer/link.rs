//! What a link to one of the layer's own endpoints asks for. Anybody can write such a link, so each
//! wish is granted only as far as the configuration and this origin go.

use url::form_urlencoded;

use super::caller::Caller;
use super::shell::Shell;
use crate::flow::local_path;

impl Shell {
    /// Where the user wants to be afterwards: as the link says, else the page with the link.
    pub(super) fn wanted_return(&self, caller: &Caller) -> String {
        let query = form_urlencoded::parse(caller.uri.query().unwrap_or_default().as_bytes());
        let asked = query
            .into_iter()
            .find(|(name, _)| name == "return_to")
            .map(|(_, path)| path);
        let asked = asked.or_else(|| self.target_link(caller).map(Into::into));
        // Links are written with the path that the app is mounted under, and without.
        let asked = asked.map(|path| self.config.app.unmounted(&path).into_owned());
        let asked = asked.as_deref().and_then(local_path);
        let came_from = || {
            caller
                .came_from(self.config.base_url())
                .and_then(local_path)
        };
        let path = asked.or_else(came_from).unwrap_or("/");
        let path_only = path.split(['?', '#']).next().unwrap_or_default();
        if self.is_own(path_only) {
            "/".to_owned()
        } else {
            path.to_owned()
        }
    }

    /// The provider that a link to the sign-in asks for, if it is one.
    pub(super) fn wanted_provider(&self, caller: &Caller) -> Option<String> {
        let query = form_urlencoded::parse(caller.uri.query().unwrap_or_default().as_bytes());
        let mut names = query.into_iter().filter(|(name, _)| name == "provider");
        let provider = self.providers.get(&names.next()?.1)?;
        Some(provider.name().to_owned())
    }

    /// The scopes that a link to the sign-in asks for, as far as they are configured.
    pub(super) fn wanted_scopes(&self, caller: &Caller) -> Vec<String> {
        let query = caller.uri.query().unwrap_or_default();
        let values = form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name == "scope");
        let scopes = values.flat_map(|(_, value)| {
            let words = value.split_whitespace().map(str::to_owned);
            words.collect::<Vec<_>>()
        });
        self.tokens.known_scopes(&scopes.collect::<Vec<_>>())
    }
}
