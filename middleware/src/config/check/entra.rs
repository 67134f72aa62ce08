//! `[session.redis.entra]`.

use url::Url;

use super::provider::{self, Registration};
use crate::config::entra::{EntraIdentity, EntraSettings, ManagedIdentity};
use crate::config::kind::Kind;
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::syntax::is_guid;
use crate::secret::Secret;

/// Beside its own keys the table has those of a `[provider]` of kind `entra`: tenant, client id, and
/// what proves the app.
pub(super) fn read(mut section: Section, sources: &mut Sources) -> Option<EntraSettings> {
    let object_id = object_id(&mut section, sources);
    let scope = scope(&mut section, sources);
    let identity = if section.boolean("managed_identity", false, sources) {
        managed(section, sources).map(EntraIdentity::Managed)
    } else {
        registration(section, sources)
    };
    Some(EntraSettings {
        object_id: object_id?,
        scope,
        identity: identity?,
    })
}

fn object_id(section: &mut Section, sources: &mut Sources) -> Option<String> {
    let expected = "the object id, a GUID, of the service principal (under Enterprise applications, \
                    not App registrations) or the managed identity";
    let id = section.required("object_id", expected, sources)?;
    if !is_guid(&id) {
        sources.report(&section.path("object_id"), format!("\"{id}\""), expected);
    }
    Some(id)
}

fn scope(section: &mut Section, sources: &mut Sources) -> String {
    let scope = section.string("scope", sources);
    let scope = scope.unwrap_or_else(|| "https://redis.azure.com/.default".to_owned());
    let is_one = scope.chars().all(|c| c.is_ascii_graphic());
    if !is_one || !scope.ends_with("/.default") {
        let expected = "a resource and /.default, as \"https://redis.azure.com/.default\"";
        sources.report(&section.path("scope"), format!("\"{scope}\""), expected);
    }
    scope
}

fn registration(section: Section, sources: &mut Sources) -> Option<EntraIdentity> {
    let tenant = section.path("tenant");
    let required = Registration::Required;
    let table = "session.redis.entra";
    let asserted = section.path("client_assertion");
    let settings = provider::read_of(Kind::Entra, table, required, "/getAToken", section, sources)?;
    if let Some(of_many @ ("common" | "organizations" | "consumers")) =
        settings.authority.tenant.as_deref()
    {
        let expected = "the tenant's GUID or domain: an app has tokens of its own in one tenant";
        sources.report(&tenant, format!("\"{of_many}\""), expected);
    }
    if settings.asks_app() {
        let expected = "{ file = \"path\" }; for a function of the app's own, a RedisStore with \
                        RedisTokens";
        sources.report(&asserted, "\"callback\"", expected);
    }
    Some(EntraIdentity::Registration(Box::new(settings)))
}

fn managed(mut section: Section, sources: &mut Sources) -> Option<ManagedIdentity> {
    for key in OF_REGISTRATIONS {
        if section.has(key) {
            let expected = "nothing, since managed_identity is true";
            sources.report(&section.path(key), "a value", expected);
            section.forget(&[key]);
        }
    }
    let client_id = section.string("client_id", sources);
    if let Some(id) = client_id.as_ref().filter(|id| !is_guid(id)) {
        let expected = "the client id, a GUID, of the user-assigned identity; nothing for the \
                        system-assigned one";
        sources.report(&section.path("client_id"), format!("\"{id}\""), expected);
    }
    let path = section.path("managed_identity");
    section.close(sources);
    let variable = |name: &str| {
        let value = sources.environment.get(name).cloned();
        value.filter(|value| !value.is_empty())
    };
    let platform = variable("IDENTITY_ENDPOINT").zip(variable("IDENTITY_HEADER"));
    let (address, header) = match platform {
        Some((endpoint, header)) => (endpoint, Some(Secret::new(header))),
        None => {
            // As Azure's own libraries have it where the service is somewhere else.
            let host = variable("AZURE_POD_IDENTITY_AUTHORITY_HOST");
            let host = host.unwrap_or_else(|| "http://169.254.169.254".to_owned());
            let host = host.trim_end_matches('/');
            (format!("{host}/metadata/identity/oauth2/token"), None)
        }
    };
    let Some(endpoint) = Url::parse(&address).ok().filter(Url::has_host) else {
        let found = format!("the endpoint \"{address}\"");
        let expected = "a URL in IDENTITY_ENDPOINT or AZURE_POD_IDENTITY_AUTHORITY_HOST";
        sources.report(&path, found, expected);
        return None;
    };
    Some(ManagedIdentity {
        endpoint,
        header,
        client_id,
    })
}

/// What proves a registration, and where.
const OF_REGISTRATIONS: [&str; 11] = [
    "tenant",
    "authority",
    "instance",
    "client_authentication",
    "client_secret",
    "second_client_secret",
    "client_key",
    "client_key_id",
    "client_certificate",
    "client_assertion",
    "client_assertion_algorithm",
];
