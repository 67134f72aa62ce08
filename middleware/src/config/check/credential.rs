//! `provider.client_authentication` and the keys beside it.

use crate::config::credential::{ClientAuthentication, KeySettings, SecretSource};
use crate::config::kind::Kind;
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::signing_key::{AssertionAlgorithm, SigningKey};

/// Reads how the app authenticates. Keys of another method than the chosen one are mistakes.
pub(super) fn read(
    kind: Kind,
    section: &mut Section,
    sources: &mut Sources,
) -> Option<ClientAuthentication> {
    let chosen = section.string("client_authentication", sources);
    let method = chosen.as_deref().unwrap_or("client_secret_post");
    let wants_public = section.boolean("public_client", false, sources);
    if wants_public && method != "none" {
        let expected = "client_authentication = \"none\" with it";
        sources.report(&section.path("public_client"), "true", expected);
    }
    let read = match method {
        "client_secret_post" | "client_secret_basic" => {
            refuse(section, &KEY_SETTINGS, method, sources);
            secrets(method == "client_secret_basic", section, sources)
        }
        "private_key_jwt" | "workload_identity" if kind == Kind::B2c => {
            let key = section.path("client_authentication");
            // AADB2C99027: a user flow has no technical profile for assertions.
            let expected =
                "\"client_secret_post\" or \"client_secret_basic\": B2C takes no assertions";
            sources.report(&key, format!("\"{method}\""), expected);
            None
        }
        "private_key_jwt" => {
            refuse(section, &SECRETS, method, sources);
            key(kind, section, sources)
        }
        "workload_identity" => {
            refuse(section, &SECRETS, method, sources);
            refuse(section, &KEY_SETTINGS, method, sources);
            assertion(section, sources)
        }
        "none" => {
            refuse(section, &SECRETS, method, sources);
            refuse(section, &KEY_SETTINGS, method, sources);
            if !wants_public {
                let key = section.path("client_authentication");
                let expected = "a secret or a key, as a web app can keep one; if the registration is \
                                that of a public client, public_client = true says so";
                sources.report(&key, "\"none\"", expected);
            }
            Some(ClientAuthentication::Public)
        }
        other => {
            let key = section.path("client_authentication");
            sources.report(&key, format!("\"{other}\""), METHODS);
            None
        }
    };
    // Known whichever method is chosen, so that they are not called unknown as well.
    if method != "workload_identity" {
        refuse(section, &ASSERTION, method, sources);
    }
    section.forget(&KEY_SETTINGS);
    section.forget(&SECRETS);
    section.forget(&ASSERTION);
    read
}

/// Passes over how the app authenticates, where it does not.
pub(super) fn forget(section: &mut Section) {
    section.forget(&["client_authentication", "public_client"]);
    section.forget(&KEY_SETTINGS);
    section.forget(&SECRETS);
    section.forget(&ASSERTION);
}

/// The platform writes a new token into the file before the last one ends.
fn assertion(section: &mut Section, sources: &mut Sources) -> Option<ClientAuthentication> {
    if section.is("client_assertion", "callback") {
        return Some(ClientAuthentication::Callback);
    }
    let problems_before = sources.problems.len();
    let source = section.secret_source("client_assertion", sources);
    if source.is_none() && sources.problems.len() == problems_before {
        let expected = "{ file = \"path\" }, the token that the platform writes (in Kubernetes \
                        what AZURE_FEDERATED_TOKEN_FILE names), or \"callback\" for a function of \
                        the app's own";
        sources.report(&section.path("client_assertion"), "nothing", expected);
    }
    source.map(ClientAuthentication::Assertion)
}

fn secrets(
    basic: bool,
    section: &mut Section,
    sources: &mut Sources,
) -> Option<ClientAuthentication> {
    let problems_before = sources.problems.len();
    let first = section.secret_source("client_secret", sources);
    if first.is_none() && sources.problems.len() == problems_before {
        let expected = "{ env = \"B2C_CLIENT_SECRET\" } or { file = \"path\" }";
        sources.report(&section.path("client_secret"), "nothing", expected);
    }
    let second = section.secret_source("second_client_secret", sources);
    let expires = section.date("client_secret_expires", sources);
    Some(ClientAuthentication::Secrets {
        basic,
        first: first?,
        second,
        expires,
    })
}

fn key(kind: Kind, section: &mut Section, sources: &mut Sources) -> Option<ClientAuthentication> {
    let problems_before = sources.problems.len();
    let key = section.secret_source("client_key", sources);
    if key.is_none() && sources.problems.len() == problems_before {
        let expected = "{ file = \"key.pem\" } or { env = \"NAME\" }, a private key in PEM";
        sources.report(&section.path("client_key"), "nothing", expected);
    }
    let certificate = section.secret_source("client_certificate", sources);
    let key_id = section.string("client_key_id", sources);
    let to_issuer = match section
        .string("client_assertion_audience", sources)
        .as_deref()
    {
        None | Some("token-endpoint") => false,
        Some("issuer") => true,
        Some(other) => {
            let path = section.path("client_assertion_audience");
            let expected = "\"token-endpoint\" or \"issuer\"";
            sources.report(&path, format!("\"{other}\""), expected);
            false
        }
    };
    let algorithm = section.string("client_assertion_algorithm", sources);
    let algorithm = algorithm.and_then(|name| {
        let known = AssertionAlgorithm::parse(&name);
        if known.is_none() {
            let path = section.path("client_assertion_algorithm");
            sources.report(&path, format!("\"{name}\""), AssertionAlgorithm::NAMES);
        }
        known
    });
    let key = key?;
    let settings = KeySettings {
        algorithm: algorithm.unwrap_or_else(|| usual_algorithm(kind, &key)),
        key,
        certificate,
        key_id,
        to_issuer,
    };
    match settings.signing_key() {
        Ok(parsed) => {
            // Microsoft finds the registered certificate by its thumbprint alone.
            if kind.is_microsoft() && parsed.thumbprint().is_none() {
                let expected =
                    "{ file = \"certificate.pem\" }, which the provider knows the key by";
                sources.report(&section.path("client_certificate"), "nothing", expected);
            }
        }
        Err(found) => {
            let expected = "an RSA (2048 bits or more) or P-256 key in PEM without a passphrase, with \
                            its own certificate";
            sources.report(&section.path("client_key"), found, expected);
        }
    }
    Some(ClientAuthentication::Key(settings))
}

/// PS256 where Microsoft recommends it with `x5t#S256`, RS256 where nothing is known but that every
/// provider has it (Microsoft Learn, "Certificate credentials"; RFC 7518 §3.1).
fn usual_algorithm(kind: Kind, key: &SecretSource) -> AssertionAlgorithm {
    let parsed = SigningKey::parse(key.value.expose(), None);
    match parsed {
        Ok(key) if key.is_elliptic() => AssertionAlgorithm::Es256,
        _ if kind.is_microsoft() => AssertionAlgorithm::Ps256,
        _ => AssertionAlgorithm::Rs256,
    }
}

/// Reports keys that mean nothing with the chosen method.
fn refuse(section: &Section, keys: &[&'static str], method: &str, sources: &mut Sources) {
    for key in keys {
        if section.has(key) {
            let expected = format!("nothing, since client_authentication is \"{method}\"");
            sources.report(&section.path(key), "a value", expected);
        }
    }
}

const METHODS: &str = "\"client_secret_post\", \"client_secret_basic\", \"private_key_jwt\", \"workload_identity\" or \"none\"";
const ASSERTION: [&str; 1] = ["client_assertion"];
const SECRETS: [&str; 3] = [
    "client_secret",
    "second_client_secret",
    "client_secret_expires",
];
const KEY_SETTINGS: [&str; 5] = [
    "client_key",
    "client_certificate",
    "client_key_id",
    "client_assertion_audience",
    "client_assertion_algorithm",
];
