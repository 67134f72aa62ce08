//! The same registration as a script for the Azure CLI. It has no secret in it: the one that Graph
//! makes goes through a pipe into `.env`.

use std::fmt::Write;

use serde_json::{Value, json};

use super::body::{self, Access};
use super::microsoft_graph;
use super::wanted::{SecretPlace, Wanted, WantedApi};
use crate::terminal::quoted;

/// A shell script that registers the app. One that is there already is left alone: only `register`
/// itself can tell the differences.
pub(crate) fn script(wanted: &Wanted, graph: &str, wants: Choices) -> String {
    let mut text = String::new();
    let domain = wanted.domain();
    let _ = write!(
        text,
        "#!/bin/sh\n\
         # Registers {name} in the tenant {tenant}, for the profile {profile} of b2c.toml.\n\
         # In the project's directory, after: az login --tenant {domain} --allow-no-subscriptions\n\
         set -eu\n\
         graph={graph}\n\n\
         ask() {{ az rest --method get --url \"$1\" --query \"$2\" --output tsv; }}\n\
         make() {{ az rest --method post --url \"$1\" --headers Content-Type=application/json --body \"$2\" --query \"$3\" --output tsv; }}\n\
         # What was just made takes some seconds to be known everywhere.\n\
         patiently() {{ n=0; until \"$@\"; do n=$((n + 1)); [ $n -lt 6 ] || return 1; sleep 5; done; }}\n",
        name = commented(&wanted.name),
        tenant = commented(&wanted.tenant),
        profile = commented(&wanted.profile),
        graph = quoted(graph),
    );
    is_signed_in_there(&mut text, &wanted.tenant, &domain);
    let filter = format!("tags/any(t:t eq {})", literal(&wanted.tag));
    let _ = write!(
        text,
        "\nif [ -n \"$(ask {found} 'value[0].id')\" ]; then\n  \
         echo 'It is registered already; cargo b2c-init register sends what differs.' >&2\n  exit 1\nfi\n",
        found = filtered("applications", &filter),
    );
    let mut accesses = vec![microsoft_graph::access(&wanted.graph_scopes)];
    let (apis, _) = wanted.own_apis();
    for (index, api) in apis.iter().enumerate() {
        let filter = format!("identifierUris/any(u:u eq {})", literal(&api.uri));
        let body = body::api(&api.uri, &api.scopes, wanted.kind);
        let _ = write!(
            text,
            "\n# The API {uri}.\n\
             api_{index}=$(ask {found} 'value[0].appId')\n\
             if [ -z \"$api_{index}\" ]; then\n  \
             api_{index}=$(make \"$graph/v1.0/applications\" {json} appId)\n  \
             patiently make \"$graph/v1.0/servicePrincipals\" \"{{\\\"appId\\\":\\\"$api_{index}\\\"}}\" id\nfi\n",
            uri = commented(&api.uri),
            found = filtered("applications", &filter),
            json = quoted(&body.to_string()),
        );
        accesses.push(Access {
            app_id: variable(index),
            scopes: body::scope_ids(&body, &api.scopes),
        });
    }
    let variables: Vec<_> = (0..apis.len()).map(variable).collect();
    let application = body::application(wanted, &domain, &accesses);
    let _ = write!(
        text,
        "\n# The app.\n\
         app=$(make \"$graph/v1.0/applications\" {body} id)\n\
         client_id=$(patiently ask \"$graph/v1.0/applications/$app\" appId)\n",
        body = with_variables(&application, &variables),
    );
    let profile = quoted(&wanted.profile);
    if wanted.secret == SecretPlace::Nowhere {
        let _ = writeln!(
            text,
            "cargo b2c-init tenant set --profile={profile} --prefer new --client-id \"$client_id\""
        );
    } else {
        let secret = json!({ "passwordCredential": { "displayName": wanted.tag } });
        let _ = write!(
            text,
            "patiently make \"$graph/v1.0/applications/$app/addPassword\" {body} secretText |\n  \
             cargo b2c-init tenant set --profile={profile} --prefer new --client-id \"$client_id\" --client-secret-stdin\n\
             ends=$(patiently ask \"$graph/v1.0/applications/$app\" 'passwordCredentials[0].endDateTime' | cut -c1-10)\n\
             case $ends in [0-9]*) cargo b2c-init tenant set --profile={profile} --prefer new --client-secret-expires \"$ends\";; esac\n",
            body = quoted(&secret.to_string()),
        );
    }
    let _ = write!(
        text,
        "\n# The app in the tenant, and consent for everybody.\n\
         principal=$(patiently make \"$graph/v1.0/servicePrincipals\" \"{{\\\"appId\\\":\\\"$client_id\\\"}}\" id)\n",
    );
    if wants.consent {
        grants(&mut text, &apis, &wanted.graph_scopes);
    }
    if wants.user_flows && !wanted.user_flows.is_empty() {
        text.push_str("\n# The user flows; az's own app may lack the permission for them.\n");
        for flow in &wanted.user_flows {
            let body = body::user_flow(&flow.name, flow.kind).to_string();
            let _ = write!(
                text,
                "ask {place} id 2>/dev/null ||\n  \
                 make \"$graph/beta/identity/b2cUserFlows\" {body} id\n",
                place = under_graph(&format!(
                    "/beta/identity/b2cUserFlows/B2C_1_{}",
                    encoded(body::bare(&flow.name))
                )),
                body = quoted(&body),
            );
        }
    }
    text
}

/// Stops where `az` is signed in to another tenant.
fn is_signed_in_there(text: &mut String, tenant: &str, domain: &str) {
    let _ = write!(
        text,
        "\n# The tenant that az is signed in to, by its id and its domains.\n\
         whose=$(az account show --query '[tenantId, tenantDefaultDomain]' --output tsv\n  \
         ask \"$graph/v1.0/organization\" 'value[0].verifiedDomains[].name' || true)\n\
         if ! printf '%s\\n' \"$whose\" | tr '\\t' '\\n' | grep -qixF -e {tenant} -e {domain}; then\n  \
         printf 'az is not signed in to %s, but to: %s\\n' {tenant} \"$whose\" >&2\n  exit 1\nfi\n",
        tenant = quoted(tenant),
        domain = quoted(domain),
    );
}

/// What is left out if somebody says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    pub(crate) consent: bool,
    pub(crate) user_flows: bool,
}

fn grants(text: &mut String, apis: &[&WantedApi], graph_scopes: &[String]) {
    let consented = microsoft_graph::consented(graph_scopes).join(" ");
    let sign_in = (microsoft_graph::GRAPH.to_owned(), consented);
    let apis = apis.iter().enumerate();
    let apis = apis.map(|(index, api)| (variable(index), api.scopes.join(" ")));
    for (app_id, scope) in std::iter::once(sign_in).chain(apis) {
        let grant = json!({
            "clientId": "$principal", "consentType": "AllPrincipals",
            "resourceId": "$resource", "scope": scope,
        });
        // Either is the script's own: a known id, or a variable of it.
        let _ = write!(
            text,
            "resource=$(ask \"$graph/v1.0/servicePrincipals?\\$filter=appId eq '{app_id}'\" 'value[0].id')\n\
             patiently make \"$graph/v1.0/oauth2PermissionGrants\" {body} id\n",
            body = with_variables(&grant, &["$principal", "$resource"]),
        );
    }
}

/// The variable that has the application id of an API.
fn variable(index: usize) -> String {
    format!("$api_{index}")
}

/// A text as a comment takes it: on one line.
fn commented(text: &str) -> String {
    text.replace(|c: char| c.is_control(), " ")
}

/// A text as a filter takes it
/// ([OData 4.01, primitive literals](https://docs.oasis-open.org/odata/odata/v4.01/odata-v4.01-part2-url-conventions.html#sec_PrimitiveLiterals)).
fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// A list of Graph's that a filter narrows, as a word of the shell.
fn filtered(list: &str, filter: &str) -> String {
    under_graph(&format!("/v1.0/{list}?$filter={}", encoded(filter)))
}

/// A place at Graph, as a word of the shell.
fn under_graph(place: &str) -> String {
    format!("\"$graph\"{}", quoted(place))
}

/// A text as a part of a URL; what means nothing there stays readable.
fn encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~':()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A document in which the shell replaces these variables, each of which is a text of its own, and
/// nothing else.
fn with_variables(document: &Value, variables: &[impl AsRef<str>]) -> String {
    let mut word = quoted(&document.to_string());
    for name in variables.iter().map(AsRef::as_ref) {
        word = word.replace(&format!("\"{name}\""), &format!("\"'\"{name}\"'\""));
    }
    word
}
