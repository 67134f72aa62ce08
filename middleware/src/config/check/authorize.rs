//! `[provider.authorize]`, and what links may add to it.

use toml::Value;

use crate::config::parameters::{BadParameter, Parameters, check, is_protocol};
use crate::config::provider::{AllowedInLinks, AuthorizeSettings, UserFlows};
use crate::config::section::Section;
use crate::config::sources::Sources;

/// Reads the table: values are parameters of every authorization request, tables those of the user
/// flow that they are named after.
pub(super) fn read(
    flows: &UserFlows,
    mut section: Section,
    sources: &mut Sources,
) -> AuthorizeSettings {
    let mut settings = AuthorizeSettings::default();
    for (name, value) in section.all() {
        let key = section.path(&name);
        let Value::Table(table) = value else {
            add(&mut settings.all, &key, &name, &value, sources);
            continue;
        };
        let Some((_, flow)) = flows.all().find(|(known, _)| *known == name) else {
            let known: Vec<_> = flows.all().map(|(name, _)| name).collect();
            let expected = format!("one of the provider's user_flows: {}", known.join(", "));
            sources.report(&key, "a table", expected);
            continue;
        };
        let own = settings.by_user_flow.entry(flow.to_ascii_lowercase());
        let own = own.or_default();
        for (name, value) in &table {
            add(own, &format!("{key}.{name}"), name, value, sources);
        }
    }
    settings
}

/// Reads `allow_parameters` and `allow_user_flows`.
pub(super) fn read_allowed(
    flows: &UserFlows,
    section: &mut Section,
    sources: &mut Sources,
) -> AllowedInLinks {
    let parameters = section.strings("allow_parameters", sources);
    for name in &parameters {
        let own = LINK.contains(&name.as_str());
        if own || is_protocol(name) || check(name, "1") == Err(BadParameter::Name) {
            let expected =
                "names such as \"login_hint\", and none of the protocol's or the layer's own";
            let key = section.path("allow_parameters");
            sources.report(&key, format!("\"{name}\""), expected);
        }
    }
    let names = section.strings("allow_user_flows", sources);
    let user_flows = names.iter().filter_map(|name| {
        let flow = flows.find(name).map(str::to_owned);
        if flow.is_none() {
            let expected = "names from the provider's user_flows";
            let key = section.path("allow_user_flows");
            sources.report(&key, format!("\"{name}\""), expected);
        }
        flow
    });
    AllowedInLinks {
        user_flows: user_flows.collect(),
        parameters,
    }
}

fn add(to: &mut Parameters, key: &str, name: &str, value: &Value, sources: &mut Sources) {
    let (text, found) = match value {
        Value::String(text) => (text.clone(), format!("\"{text}\"")),
        Value::Integer(number) => (number.to_string(), number.to_string()),
        other => {
            sources.report(key, other.type_str(), "a string or a number");
            return;
        }
    };
    if let Err(reason) = to.insert(name, &text) {
        let expected = match reason {
            BadParameter::Protocol => "nothing: the layer sets it",
            BadParameter::Name => "a parameter's name: letters, digits, \"_\", \"-\" and \".\"",
            BadParameter::Value => "a value that this parameter takes",
        };
        sources.report(key, found, expected);
    } else if name == "prompt" && text == "none" {
        // Nobody could ever sign in.
        sources.report(
            key,
            found,
            "\"login\", \"select_account\", \"consent\" or \"create\"",
        );
    }
}

/// What the layer reads from a link by itself.
const LINK: [&str; 4] = ["return_to", "provider", "user_flow", "scope"];
