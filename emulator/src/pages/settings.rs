use serde_json::json;

use crate::journey::{Journey, Screen};

/// What scripts that were written for B2C's pages look for: `var SETTINGS = {…}`.
///
/// It stands in a comment of the page, since no script runs there.
pub(super) fn settings(journey: &Journey, id: &str) -> String {
    let api = match journey.screen() {
        Screen::SignIn => "CombinedSigninAndSignup",
        Screen::SecondFactor => "Phonefactor",
        Screen::SignUp
        | Screen::PasswordReset
        | Screen::ProfileEdit
        | Screen::NewPassword
        | Screen::Federation => "SelfAsserted",
    };
    let policy = journey.user_flow.name();
    let tenant = journey.authority.page("");
    let settings = json!({
        "remoteResource": "/emulator/style.css",
        "retryLimit": 3,
        "trimSpacesInPassword": true,
        "api": api,
        "csrf": journey.csrf,
        "transId": id,
        "pageViewId": journey.correlation_id,
        "config": {
            "showSignupLink": if journey.offers_sign_up() { "True" } else { "False" },
            "enableRememberMe": if journey.user_flow.settings.keep_me_signed_in.is_some() {
                "true"
            } else {
                "false"
            },
            "operatingMode": "Email",
        },
        "hosts": {
            "tenant": tenant.trim_end_matches('/'),
            "policy": policy,
            "static": "/emulator/",
        },
        "locale": { "lang": journey.language.tag() },
    });
    // Two hyphens would end the comment.
    settings
        .to_string()
        .replace("--", "-\\u002d")
        .replace('<', "\\u003c")
        .replace('>', "\\u003e")
}
