use serde::{Deserialize, Serialize};

use super::Fault;
use crate::{
    directory::{Client, Tenant},
    entra,
};

/// What a `scope` parameter asks for, as far as the application may have it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Scopes {
    pub(crate) openid: bool,
    pub(crate) offline_access: bool,
    /// Without a resource there is no access token.
    pub(crate) access: Option<Access>,
}

/// Access to one resource.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Access {
    /// The resource's client id, the `aud` of the access token.
    pub(crate) resource: String,
    /// Scope names without the resource, for `scp`; empty if the application asked for itself.
    pub(crate) names: Vec<String>,
    /// The scopes in the form in which they were asked for.
    pub(crate) requested: Vec<String>,
}

impl Scopes {
    /// Reads a `scope` parameter with the rules of a tenant and an application.
    pub(crate) fn read(parameter: &str, client: &Client, tenant: &Tenant) -> Result<Self, Fault> {
        if !tenant.kind.is_b2c() {
            return entra::read_scopes(parameter, client, tenant);
        }
        if let Some(illegal) = parameter.chars().find(|&letter| !is_legal(letter)) {
            return Err(Fault::IllegalScopeCharacter(illegal));
        }
        let mut scopes = Self::default();
        let mut refused = false;
        for requested in parameter.split(' ').filter(|scope| !scope.is_empty()) {
            match requested {
                "openid" => scopes.openid = true,
                "offline_access" => scopes.offline_access = true,
                "profile" | "email" | "address" | "phone" => {}
                _ if requested.eq_ignore_ascii_case(client.client_id()) => {
                    scopes.add(parameter, client.client_id(), None, requested)?;
                }
                _ => {
                    let (resource, name) = find(requested, tenant)
                        .ok_or_else(|| Fault::UnsupportedScope(requested.to_owned()))?;
                    if client.may_use(name) {
                        scopes.add(parameter, resource, Some(name), requested)?;
                    } else {
                        refused = true;
                    }
                }
            }
        }
        if scopes.openid && client.lacks_openid {
            return Err(Fault::IdTokenNotPermitted(client.client_id().to_owned()));
        }
        if refused && scopes.access.is_none() {
            return Err(Fault::NotPermitted);
        }
        Ok(scopes)
    }

    /// Was this scope of the access token asked for, in this form?
    pub(crate) fn has_requested(&self, scope: &str) -> bool {
        let requested = self.access.iter().flat_map(|access| &access.requested);
        requested.into_iter().any(|known| known == scope)
    }

    fn add(
        &mut self,
        parameter: &str,
        resource: &str,
        name: Option<&str>,
        requested: &str,
    ) -> Result<(), Fault> {
        let access = self.access.get_or_insert_with(|| Access {
            resource: resource.to_owned(),
            names: Vec::new(),
            requested: Vec::new(),
        });
        if access.resource != resource {
            return Err(Fault::SeveralResources(parameter.to_owned()));
        }
        if !access.requested.iter().any(|known| known == requested) {
            access.requested.push(requested.to_owned());
            access.names.extend(name.map(ToOwned::to_owned));
        }
        Ok(())
    }
}

impl Access {
    /// Is everything in `self` also in `other`?
    pub(crate) fn is_within(&self, other: Option<&Self>) -> bool {
        other.is_some_and(|other| {
            self.resource == other.resource
                && self.names.iter().all(|name| other.names.contains(name))
        })
    }
}

/// Finds the API and the name of a scope given as a URI.
fn find<'a>(requested: &'a str, tenant: &'a Tenant) -> Option<(&'a str, &'a str)> {
    tenant.apis.iter().find_map(|api| {
        let name = api.scope_name(requested)?;
        api.scopes
            .iter()
            .any(|known| known == name)
            .then_some((api.client_id.as_str(), name))
    })
}

/// The characters of a scope list (RFC 6749, section 3.3).
fn is_legal(letter: char) -> bool {
    matches!(letter, ' ' | '!' | '#'..='[' | ']'..='~')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(parameter: &str, client: &Client) -> Result<Scopes, Fault> {
        let tenant = Tenant::seeded(
            "t.onmicrosoft.com".into(),
            vec![client.clone()],
            Vec::new(),
            Vec::new(),
        );
        Scopes::read(parameter, client, &tenant)
    }

    #[test]
    fn separates_resources_from_oidc_scopes() {
        let client = Client::new("app", "secret");
        let scopes = read(
            "openid profile https://t.onmicrosoft.com/demo-api/demo.read",
            &client,
        );
        let scopes = scopes.unwrap();
        assert!(scopes.openid && !scopes.offline_access);
        assert_eq!(scopes.access.unwrap().names, ["demo.read"]);

        let own = read("openid app", &client).unwrap().access.unwrap();
        assert_eq!((own.resource.as_str(), own.names.len()), ("app", 0));
    }

    #[test]
    fn refuses_with_b2cs_own_faults() {
        let client = Client::new("app", "secret").granted_scopes(["demo.read"]);
        let write = "https://t.onmicrosoft.com/demo-api/demo.write";
        let read_uri = "https://t.onmicrosoft.com/demo-api/demo.read";
        assert_eq!(read(write, &client), Err(Fault::NotPermitted));
        assert!(read(&format!("{write} {read_uri}"), &client).is_ok());
        assert_eq!(
            read(&format!("app {read_uri}"), &client),
            Err(Fault::SeveralResources(format!("app {read_uri}")))
        );
        assert_eq!(
            read("foo", &client),
            Err(Fault::UnsupportedScope("foo".into()))
        );
        assert_eq!(
            read("open\"id", &client),
            Err(Fault::IllegalScopeCharacter('"'))
        );
    }
}
