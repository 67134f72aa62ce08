//! `[provider]`, or one of `[providers.NAME]`.

use toml::Value;

use super::address::{Located, back_channel, metadata_address, of_issuer, of_tenant};
use super::{authorize, credential, round_trip, user_flows};
use crate::config::authority::{Authority, USER_FLOW};
use crate::config::credential::ClientAuthentication;
use crate::config::kind::Kind;
use crate::config::provider::{ProviderSettings, StaticEndpoints};
use crate::config::section::Section;
use crate::config::signing_algorithm::SigningAlgorithm;
use crate::config::sources::Sources;
use crate::config::syntax::{is_guid, is_loopback, is_path, web_url};

/// What a provider's table is read for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Registration {
    /// Users sign in there, so the app's id and secret are needed.
    Required,
    /// Tokens are verified only; an id and a secret may be there and play no part.
    Unused,
}

/// Reads one provider's table. `redirect_path` is where its redirect URI is unless the table says
/// otherwise.
pub(super) fn read(
    name: &str,
    registration: Registration,
    redirect_path: &str,
    mut section: Section,
    sources: &mut Sources,
) -> Option<ProviderSettings> {
    let written = section.string("kind", sources);
    let known = written.as_deref().map(Kind::parse);
    if let (Some(kind), Some(None)) = (&written, known) {
        sources.report(&section.path("kind"), format!("\"{kind}\""), Kind::NAMES);
    }
    let elsewhere = section.misspelt("kind").and_then(Value::as_str);
    let meant = written.as_deref().or(elsewhere).map(Kind::meant);
    let kind = meant.unwrap_or(Some(Kind::B2c));
    let place = section.place().to_owned();
    let settings = read_of(
        kind.unwrap_or(Kind::B2c),
        name,
        registration,
        redirect_path,
        section,
        sources,
    );
    if kind.is_none() {
        // What else it needs is known when its kind is.
        sources.forgive(&place);
    }
    settings
}

/// As [`read`], of a kind that is known.
pub(super) fn read_of(
    kind: Kind,
    name: &str,
    registration: Registration,
    redirect_path: &str,
    mut section: Section,
    sources: &mut Sources,
) -> Option<ProviderSettings> {
    let emulator = section.boolean("emulator", false, sources);
    let issuer = section.string("issuer", sources);
    let by_authority = section.has("authority");

    let Located {
        authority,
        user_flow,
    } = match kind {
        Kind::Oidc => of_issuer(issuer.as_deref(), &section, sources),
        _ => of_tenant(kind, &mut section, sources),
    };
    let authority = metadata_address(authority, kind, &mut section, sources);
    let loopback = |authority: &Authority| is_loopback(&authority.instance);
    if emulator && !authority.as_ref().is_none_or(loopback) {
        let expected = "false, unless the provider is on localhost";
        sources.report(&section.path("emulator"), "true", expected);
    }
    let back_channel = back_channel(emulator, &mut section, sources);
    let endpoints = endpoints(&mut section, sources);
    let tenant = authority.as_ref().and_then(|known| known.tenant.as_deref());
    let allowed_tenants = allowed_tenants(kind, tenant, &mut section, sources);

    let (client_id, client_authentication) = match registration {
        Registration::Required => (
            client_id(kind, &mut section, sources),
            credential::read(kind, &mut section, sources),
        ),
        Registration::Unused => {
            section.forget(&["client_id"]);
            credential::forget(&mut section);
            (Some(String::new()), Some(ClientAuthentication::Public))
        }
    };

    let round_trip = round_trip::read(kind, &mut section, sources);
    let flows = section.section("user_flows", sources);
    let user_flows = user_flows::read(kind, user_flow, flows, sources);
    if by_authority && authority.is_none() {
        // The authority would have named one.
        sources.forgive(&section.path("user_flows"));
    }
    let known_flows = user_flows.clone().unwrap_or_default();
    let authorize = section.section("authorize", sources);
    let authorize = authorize::read(&known_flows, authorize, sources);
    let allowed = authorize::read_allowed(&known_flows, &mut section, sources);
    let label = section.string("label", sources);
    let redirect_path = redirect(redirect_path, &mut section, sources);
    let scopes = scopes(kind, &mut section, sources);
    let signing_algorithms = signing_algorithms(&mut section, sources);
    let client_capabilities = capabilities(kind, &mut section, sources);
    let id_token_hint = section.boolean("id_token_hint", false, sources);
    if section.misspelt("authority").is_some() {
        for key in ["tenant", "instance", "user_flows"] {
            sources.forgive(&section.path(key));
        }
    }
    let table = section.place().to_owned();
    section.close(sources);
    Some(ProviderSettings {
        table,
        name: name.to_owned(),
        label: label.unwrap_or_else(|| name.to_owned()),
        kind,
        authority: authority?,
        issuer,
        back_channel,
        endpoints,
        allowed_tenants,
        client_id: client_id?,
        client_authentication: client_authentication?,
        redirect_path,
        round_trip,
        scopes,
        user_flows: user_flows?,
        authorize,
        allowed,
        client_capabilities,
        signing_algorithms,
        id_token_hint,
        emulator,
    })
}

fn endpoints(section: &mut Section, sources: &mut Sources) -> Option<StaticEndpoints> {
    if !section.has("metadata") {
        section.forget(&["metadata"]);
        return None;
    }
    let mut table = section.section("metadata", sources);
    let mut url = |key: &'static str, required: bool| {
        let text = if required {
            table.required(key, "what the provider's metadata says there", sources)
        } else {
            table.string(key, sources)
        };
        if let Some(text) = &text
            && web_url(&text.replace(USER_FLOW, "flow")).is_none()
        {
            let expected = "an https URL (http only on localhost)";
            sources.report(&table.path(key), format!("\"{text}\""), expected);
        }
        text
    };
    let authorization_endpoint = url("authorization_endpoint", true);
    let token_endpoint = url("token_endpoint", true);
    let jwks_uri = url("jwks_uri", true);
    let end_session_endpoint = url("end_session_endpoint", false);
    let userinfo_endpoint = url("userinfo_endpoint", false);
    let pushed = url("pushed_authorization_request_endpoint", false);
    let issuer = table.required("issuer", "the issuer that tokens name", sources);
    let iss = "authorization_response_iss_parameter_supported";
    let iss_in_response = table.boolean(iss, false, sources);
    table.close(sources);
    Some(StaticEndpoints {
        issuer: issuer?,
        authorization_endpoint: authorization_endpoint?,
        token_endpoint: token_endpoint?,
        jwks_uri: jwks_uri?,
        end_session_endpoint,
        userinfo_endpoint,
        pushed_authorization_request_endpoint: pushed,
        iss_in_response,
    })
}

/// A multi-tenant authority signs in everybody who has an account anywhere, so the tenants must be
/// named; `["*"]` says that all are meant.
fn allowed_tenants(
    kind: Kind,
    tenant: Option<&str>,
    section: &mut Section,
    sources: &mut Sources,
) -> Option<Vec<String>> {
    let written = section.has("allowed_tenants");
    let tenants = section.strings("allowed_tenants", sources);
    let key = section.path("allowed_tenants");
    let multi =
        kind == Kind::Entra && matches!(tenant, Some("common" | "organizations" | "consumers"));
    if !multi {
        if written {
            let expected = "nothing, since tenant is the only one";
            sources.report(&key, "a list", expected);
        }
        return None;
    }
    if tenants == ["*"] {
        return None;
    }
    if tenants.is_empty() || !tenants.iter().all(|tenant| is_guid(tenant)) {
        let found = if written {
            format!("{tenants:?}")
        } else {
            "nothing".to_owned()
        };
        let expected = "the GUIDs of the tenants whose users may sign in, or [\"*\"] for all";
        sources.report(&key, found, expected);
    }
    Some(
        tenants
            .iter()
            .map(|tenant| tenant.to_ascii_lowercase())
            .collect(),
    )
}

fn client_id(kind: Kind, section: &mut Section, sources: &mut Sources) -> Option<String> {
    let expected = match kind {
        Kind::Oidc => "the client's id at the provider",
        _ => "the application (client) id, a GUID",
    };
    let id = section.required("client_id", expected, sources)?;
    let valid = match kind {
        Kind::Oidc => !id.is_empty() && id.chars().all(|c| c == ' ' || c.is_ascii_graphic()),
        _ => is_guid(&id),
    };
    if !valid {
        sources.report(&section.path("client_id"), format!("\"{id}\""), expected);
    }
    Some(id)
}

fn redirect(default: &str, section: &mut Section, sources: &mut Sources) -> String {
    let path = section.string("redirect_path", sources);
    let path = path.unwrap_or_else(|| default.to_owned());
    if !is_path(&path, false) {
        let expected = format!("a path such as \"{default}\"");
        sources.report(
            &section.path("redirect_path"),
            format!("\"{path}\""),
            expected,
        );
    }
    path
}

/// The scopes of a sign-in beyond those of APIs. Some B2C tenants refuse `profile` (AADB2C90085),
/// and only user flows decide about claims there.
fn scopes(kind: Kind, section: &mut Section, sources: &mut Sources) -> Vec<String> {
    let mut scopes = section.strings("scopes", sources);
    if scopes.is_empty() {
        let default: &[&str] = match kind {
            Kind::B2c => &["offline_access"],
            Kind::ExternalId | Kind::Entra => &["profile", "email", "offline_access"],
            Kind::Oidc => &["profile", "email"],
        };
        scopes = default.iter().map(|&scope| scope.to_owned()).collect();
    }
    let valid = |c: char| c.is_ascii_graphic() && c != '"' && c != '\\';
    if let Some(scope) = scopes.iter().find(|scope| !scope.chars().all(valid)) {
        let expected = "scopes such as \"profile\"";
        sources.report(&section.path("scopes"), format!("\"{scope}\""), expected);
    }
    scopes.retain(|scope| scope != "openid");
    scopes.insert(0, "openid".to_owned());
    scopes
}

/// `cp1`: the app handles claims challenges. Nobody but Entra ID and External ID reads it.
fn capabilities(kind: Kind, section: &mut Section, sources: &mut Sources) -> Vec<String> {
    let capabilities = section.strings("client_capabilities", sources);
    let is_word =
        |word: &String| !word.is_empty() && word.bytes().all(|c| c.is_ascii_alphanumeric());
    let found = || format!("{capabilities:?}");
    if !capabilities.iter().all(is_word) {
        let expected = "[\"cp1\"], if the app handles claims challenges";
        sources.report(&section.path("client_capabilities"), found(), expected);
    } else if !capabilities.is_empty() && !matches!(kind, Kind::Entra | Kind::ExternalId) {
        let expected = "nothing: only Entra ID and External ID ask";
        sources.report(&section.path("client_capabilities"), found(), expected);
    }
    capabilities
}

fn signing_algorithms(section: &mut Section, sources: &mut Sources) -> Vec<SigningAlgorithm> {
    let names = section.strings("signing_algorithms", sources);
    if names.is_empty() {
        return vec![SigningAlgorithm::Rs256];
    }
    let known = names.iter().filter_map(|name| {
        let known = SigningAlgorithm::parse(name);
        if known.is_none() {
            let key = section.path("signing_algorithms");
            sources.report(&key, format!("\"{name}\""), SigningAlgorithm::NAMES);
        }
        known
    });
    known.collect()
}
