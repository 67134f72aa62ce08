//! Settings that say who may sign in, which is not a matter of `b2c.toml` here.

use super::node::Value;

/// Whether a setting, by its name in the normal form, lets only some of the provider's people in.
///
/// oauth2-proxy's, by its [options][options] and its [alpha configuration][alpha].
///
/// [options]: https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview
/// [alpha]: https://oauth2-proxy.github.io/oauth2-proxy/configuration/alpha-config
pub(super) fn restricts(key: &str, value: &Value) -> bool {
    let key = key.strip_prefix("oauth2proxy").unwrap_or(key);
    let named = NAMES.iter().any(|name| {
        key.strip_suffix(name)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'))
    });
    named && !everybody(value)
}

/// oauth2-proxy's `*`, with which every address will do; nothing, and `false`.
fn everybody(value: &Value) -> bool {
    match value {
        Value::Nothing => true,
        Value::Text(text) => matches!(text.trim(), "" | "*" | "false"),
        Value::List(items) => {
            items.is_empty()
                || items
                    .iter()
                    .any(|item| matches!(&item.value, Value::Text(text) if text.trim() == "*"))
        }
        Value::Table(_) | Value::Unknown(_) => false,
    }
}

/// All but Entra ID's allowed tenants, which `b2c.toml` has. Names without case, `-` and `_`; of the alpha configuration with the table that they stand in.
const NAMES: &[&str] = &[
    "emaildomains",
    "emaildomain",
    "authenticatedemailsfile",
    "allowedgroups",
    "allowedgroup",
    "allowedroles",
    "allowedrole",
    "keycloakgroups",
    "keycloakgroup",
    "githuborg",
    "githubteam",
    "githubrepo",
    "githubusers",
    "githubuser",
    "gitlabgroups",
    "gitlabgroup",
    "gitlabprojects",
    "gitlabproject",
    "googlegroups",
    "googlegroup",
    "bitbucketteam",
    "bitbucketrepository",
    "keycloakconfig.groups",
    "keycloakconfig.roles",
    "githubconfig.org",
    "githubconfig.team",
    "githubconfig.repo",
    "githubconfig.users",
    "gitlabconfig.group",
    "gitlabconfig.projects",
    "googleconfig.group",
    "googleconfig.groups",
    "bitbucketconfig.team",
    "bitbucketconfig.repository",
];

#[cfg(test)]
mod tests {
    use super::restricts;
    use crate::import::field::normal;
    use crate::import::node::Value;

    #[test]
    fn a_setting_restricts_by_any_of_its_spellings_unless_it_lets_everybody_in() {
        let some = Value::Text("contoso.com".to_owned());
        for key in [
            "email_domains",
            "OAUTH2_PROXY_EMAIL_DOMAINS",
            "authenticated_emails_file",
            "github_org",
            "providers[0].allowedGroups",
            "providers[0].githubConfig.org",
        ] {
            assert!(restricts(&normal(key), &some), "{key}");
            for open in ["*", "", "false"] {
                assert!(!restricts(&normal(key), &Value::Text(open.to_owned())));
            }
            assert!(!restricts(&normal(key), &Value::Nothing));
        }
        for key in [
            "cookie_domains",
            "my_github_org",
            "providers[0].scope",
            "org",
        ] {
            assert!(!restricts(&normal(key), &some), "{key}");
        }
    }
}
