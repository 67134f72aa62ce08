//! The options of the command line that settings have.

use std::fmt::Write;

use super::unknown::is_unknown;

/// The setting below `[profile.NAME]`, and its option.
const OPTIONS: [(&str, &str); 11] = [
    ("provider.tenant", "--tenant NAME"),
    ("provider.allowed_tenants", "--allowed-tenant GUID"),
    ("provider.issuer", "--issuer URL"),
    ("provider.instance", "--instance URL"),
    ("provider.client_id", "--client-id ID"),
    (
        "provider.user_flows.sign_up_sign_in",
        "--sign-up-sign-in FLOW",
    ),
    ("provider.user_flows.edit_profile", "--edit-profile FLOW"),
    (
        "provider.user_flows.reset_password",
        "--reset-password FLOW",
    ),
    (
        "provider.client_secret_expires",
        "--client-secret-expires DAY",
    ),
    ("app.base_url", "--base-url URL"),
    ("api.audiences", "--audience ID"),
];

/// The options that the settings have of which these problems tell, and whether each of the problems is
/// one of such a setting.
pub(super) fn options_of<'p>(
    profile: &str,
    problems: impl IntoIterator<Item = &'p str>,
) -> (Vec<&'static str>, bool) {
    let mut options = Vec::new();
    let mut all = true;
    for problem in problems {
        let key = problem.split(": ").next().unwrap_or_default();
        let own = key.strip_prefix(&format!("profile.{profile}."));
        let key = own.unwrap_or(key);
        // Of a setting that must not be there, its option is no help.
        let has_no_place = is_unknown(problem);
        let mut known = OPTIONS.iter().filter(|_| !has_no_place);
        match known.find(|(known, _)| *known == key) {
            Some((_, option)) if options.contains(option) => {}
            Some((_, option)) => options.push(*option),
            None => all = false,
        }
    }
    (options, all)
}

/// Which options say what is missing; nothing where there is none.
pub(super) fn told(options: &[&str]) -> String {
    let mut text = String::new();
    if !options.is_empty() {
        let _ = write!(text, "\noptions for it: {}", options.join(" "));
    }
    text
}
