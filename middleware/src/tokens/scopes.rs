//! Scopes, as the app writes them and as the provider wants them.

use std::collections::HashMap;

use crate::config::{Downstream, Kind, ProviderSettings};

/// The scopes of the configured APIs.
#[derive(Debug)]
pub(super) struct Scopes {
    /// As anybody may write them, to as the provider wants them.
    full: HashMap<String, Vec<Full>>,
    apis: Vec<Api>,
}

/// A scope as a provider wants it.
#[derive(Debug)]
struct Full {
    /// Whose users can have it; `None` for everybody's.
    provider: Option<String>,
    scope: String,
}

/// A configured API.
#[derive(Debug)]
pub(super) struct Api {
    name: String,
    /// Whose users can have tokens for it; `None` for everybody's.
    pub(super) provider: Option<String>,
    /// In full.
    pub(super) scopes: Vec<String>,
}

impl Scopes {
    pub(super) fn new(downstreams: &[Downstream]) -> Self {
        let mut full: HashMap<String, Vec<Full>> = HashMap::new();
        for api in downstreams {
            let namesakes = || {
                downstreams
                    .iter()
                    .filter(|other| other.name() == api.name())
            };
            for scope in api.scopes() {
                // One short scope means one API of a provider; the configuration is checked for that.
                // What another provider's API of the same name calls it means the same.
                let theirs = namesakes().filter(|other| other.scopes().contains(scope));
                let written = theirs.map(|other| other.full_scope(scope));
                for written in std::iter::once(scope.clone()).chain(written) {
                    full.entry(written).or_default().push(Full {
                        provider: api.provider().cloned(),
                        scope: api.full_scope(scope),
                    });
                }
            }
        }
        let apis = downstreams.iter().map(|api| Api {
            name: api.name().to_owned(),
            provider: api.provider().cloned(),
            scopes: api.full_scopes().collect(),
        });
        Self {
            full,
            apis: apis.collect(),
        }
    }

    /// A scope as the provider writes it, whichever way it was given. Where two providers have an API of
    /// the same name, that of this provider; without one the first.
    pub(super) fn full<'s>(&'s self, scope: &'s str, provider: Option<&str>) -> &'s str {
        let Some(known) = self.full.get(scope) else {
            return scope;
        };
        let is_for = |full: &&Full| {
            let named = full.provider.as_deref().zip(provider);
            named.is_none_or(|(one, other)| one == other)
        };
        let found = known.iter().find(is_for).or(known.first());
        found.map_or(scope, |full| &full.scope)
    }

    /// Whether a scope, in full, belongs to a configured API.
    pub(super) fn is_known(&self, full: &str) -> bool {
        self.full
            .values()
            .flatten()
            .any(|known| known.scope == full)
    }

    /// What an application asks for to call the API of this name on its own: all that it was given
    /// there (`{resource}/.default`) at Microsoft's providers. With the provider that issues it, if
    /// one is named.
    pub(super) fn of_app(&self, name: &str) -> Option<(&Api, String)> {
        let api = self.apis.iter().find(|api| api.name == name)?;
        let first = api.scopes.first()?;
        Some((api, format!("{}/.default", whole_resource(first))))
    }

    /// The scopes, in full, of the API of this name, if users of this provider can have its tokens.
    pub(super) fn of_api(&self, name: &str, provider: &str) -> Option<&[String]> {
        let is_for = |api: &&Api| api.provider.as_ref().is_none_or(|only| only == provider);
        let mut named = self.apis.iter().filter(|api| api.name == name);
        named.find(is_for).map(|api| &*api.scopes)
    }
}

/// What is asked for where no scope is: in B2C the app itself, by its client id (Microsoft Learn,
/// "Request an access token in Azure Active Directory B2C").
pub(super) fn own_scope(provider: &ProviderSettings) -> Option<&str> {
    (provider.kind == Kind::B2c).then_some(&*provider.client_id)
}

/// Whether scopes are of several resources where a token is for one: at Microsoft's providers
/// (AADB2C90146, AADSTS28000). Others may have tokens for several (RFC 8707 §2).
pub(super) fn are_of_several_resources<S: AsRef<str>>(kind: Kind, full: &[S]) -> bool {
    let mut resources = full.iter().map(|scope| resource(scope.as_ref()));
    let Some(first) = resources.next().filter(|_| kind.is_microsoft()) else {
        return false;
    };
    resources.any(|other| !other.eq_ignore_ascii_case(first))
}

/// What is before the scope's own name: `https://contoso.onmicrosoft.com/api` of
/// `https://contoso.onmicrosoft.com/api/read`. A client id is a resource by itself; a plain name is
/// one of Microsoft Graph's.
fn resource(scope: &str) -> &str {
    match whole_resource(scope) {
        GRAPH => "",
        other => other,
    }
}

fn whole_resource(scope: &str) -> &str {
    match scope.rsplit_once('/') {
        Some((resource, _)) => resource.trim_end_matches('/'),
        None if scope.len() == GUID
            && scope.bytes().all(|c| c == b'-' || c.is_ascii_hexdigit()) =>
        {
            scope
        }
        None => GRAPH,
    }
}

const GRAPH: &str = "https://graph.microsoft.com";
const GUID: usize = 36;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_microsoft_token_is_for_one_resource() {
        let api = "https://contoso.onmicrosoft.com/demo-api";
        let client = "00001111-aaaa-2222-bbbb-3333cccc4444";
        let (read, write) = (format!("{api}/demo.read"), format!("{api}/demo.write"));
        let upper = format!("{}/demo.write", api.to_uppercase());
        let slashes = "https://vault.azure.net//.default";
        for (scopes, several) in [
            (vec![], false),
            (vec![&*read], false),
            (vec![&*read, &*write], false),
            (vec![&*read, &*upper], false),
            (
                vec!["User.Read", "https://graph.microsoft.com/Mail.Read"],
                false,
            ),
            (vec![slashes, "https://vault.azure.net/read"], false),
            (vec!["api://one/read", "api://two/read"], true),
            (vec![&*read, client], true),
            (vec![client, "22221111-aaaa-2222-bbbb-3333cccc4444"], true),
            (vec![&*read, "User.Read"], true),
        ] {
            for kind in [Kind::B2c, Kind::ExternalId, Kind::Entra] {
                assert_eq!(
                    are_of_several_resources(kind, &scopes),
                    several,
                    "{kind} {scopes:?}"
                );
            }
            assert!(!are_of_several_resources(Kind::Oidc, &scopes));
        }
    }
}
