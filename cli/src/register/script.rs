//! The same registration as a script for the Azure CLI. It has no secret in it: the one that Graph
//! makes goes through a pipe into `.env`.

use std::fmt::Write;

use serde_json::{Value, json};

use super::body::{self, Access};
use super::wanted::{SecretPlace, Wanted};

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
        name = wanted.name,
        tenant = wanted.tenant,
        profile = wanted.profile,
        graph = quoted(graph),
    );
    let filter = format!("tags/any(t:t eq '{}')", wanted.tag);
    let _ = write!(
        text,
        "\nif [ -n \"$(ask \"$graph/v1.0/applications?\\$filter={filter}\" 'value[0].id')\" ]; then\n  \
         echo 'It is registered already; cargo b2c-init register sends what differs.' >&2\n  exit 1\nfi\n",
    );
    let mut accesses = vec![body::sign_in_access()];
    for (index, api) in wanted.apis.iter().enumerate() {
        let filter = format!("identifierUris/any(u:u eq '{}')", api.uri);
        let body = body::api(&api.uri, &api.scopes, wanted.kind);
        let _ = write!(
            text,
            "\n# The API {uri}.\n\
             api_{index}=$(ask \"$graph/v1.0/applications?\\$filter={filter}\" 'value[0].appId')\n\
             if [ -z \"$api_{index}\" ]; then\n  \
             api_{index}=$(make \"$graph/v1.0/applications\" {json} appId)\n  \
             patiently make \"$graph/v1.0/servicePrincipals\" \"{{\\\"appId\\\":\\\"$api_{index}\\\"}}\" id\nfi\n",
            uri = api.uri,
            json = quoted(&body.to_string()),
        );
        accesses.push(Access {
            app_id: format!("$api_{index}"),
            scopes: body::scope_ids(&body, &api.scopes),
        });
    }
    let application = body::application(wanted, &domain, &accesses);
    let _ = write!(
        text,
        "\n# The app.\n\
         app=$(make \"$graph/v1.0/applications\" {body} id)\n\
         client_id=$(patiently ask \"$graph/v1.0/applications/$app\" appId)\n",
        body = with_variables(&application),
    );
    let profile = quoted(&wanted.profile);
    if wanted.secret == SecretPlace::Nowhere {
        let _ = writeln!(
            text,
            "cargo b2c-init tenant set --profile {profile} --client-id \"$client_id\""
        );
    } else {
        let secret = json!({ "passwordCredential": { "displayName": wanted.tag } });
        let _ = write!(
            text,
            "patiently make \"$graph/v1.0/applications/$app/addPassword\" {body} secretText |\n  \
             cargo b2c-init tenant set --profile {profile} --client-id \"$client_id\" --client-secret-stdin\n",
            body = quoted(&secret.to_string()),
        );
    }
    let _ = write!(
        text,
        "\n# The app in the tenant, and consent for everybody.\n\
         principal=$(patiently make \"$graph/v1.0/servicePrincipals\" \"{{\\\"appId\\\":\\\"$client_id\\\"}}\" id)\n",
    );
    if wants.consent {
        grants(&mut text, wanted);
    }
    if wants.user_flows && !wanted.user_flows.is_empty() {
        text.push_str("\n# The user flows; az's own app may lack the permission for them.\n");
        for flow in &wanted.user_flows {
            let body = body::user_flow(&flow.name, flow.kind).to_string();
            let _ = write!(
                text,
                "ask \"$graph/beta/identity/b2cUserFlows/B2C_1_{bare}\" id 2>/dev/null ||\n  \
                 make \"$graph/beta/identity/b2cUserFlows\" {body} id\n",
                bare = body::bare(&flow.name),
                body = quoted(&body),
            );
        }
    }
    text
}

/// What is left out if somebody says so.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Choices {
    pub(crate) consent: bool,
    pub(crate) user_flows: bool,
}

fn grants(text: &mut String, wanted: &Wanted) {
    let sign_in = (body::GRAPH.to_owned(), "openid offline_access".to_owned());
    let apis = wanted.apis.iter().enumerate();
    let apis = apis.map(|(index, api)| (format!("$api_{index}"), api.scopes.join(" ")));
    for (app_id, scope) in std::iter::once(sign_in).chain(apis) {
        let grant = json!({
            "clientId": "$principal", "consentType": "AllPrincipals",
            "resourceId": "$resource", "scope": scope,
        });
        let _ = write!(
            text,
            "resource=$(ask \"$graph/v1.0/servicePrincipals?\\$filter=appId eq '{app_id}'\" 'value[0].id')\n\
             patiently make \"$graph/v1.0/oauth2PermissionGrants\" {body} id\n",
            body = with_variables(&grant),
        );
    }
}

/// A text as a shell takes it, as it is.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A document in which the shell replaces the variables of this script, and nothing else.
fn with_variables(document: &Value) -> String {
    let text = document.to_string();
    let text = text
        .replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('`', "\\`");
    let mut escaped = String::new();
    let mut rest = text.as_str();
    while let Some(place) = rest.find('$') {
        let is_ours = OWN.iter().any(|name| rest[place + 1..].starts_with(name));
        escaped.push_str(&rest[..place]);
        escaped.push_str(if is_ours { "$" } else { "\\$" });
        rest = &rest[place + 1..];
    }
    format!("\"{escaped}{rest}\"")
}

const OWN: [&str; 3] = ["api_", "principal", "resource"];
