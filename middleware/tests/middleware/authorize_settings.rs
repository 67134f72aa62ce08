//! `[provider.authorize]`, `allow_parameters` and `allow_user_flows`: what is said about mistakes.

use tower_b2c::Config;

/// The problems of a configuration whose provider has these lines, one line each.
fn problems(kind: &str, lines: &str) -> Vec<String> {
    let flows = match kind {
        "b2c" => {
            "[provider.user_flows]\nsign_up_sign_in = \"B2C_1_susi\"\ninvite = \"B2C_1A_invite\""
        }
        _ => "",
    };
    let text = format!(
        "[app]\nbase_url = \"https://app.example\"\n[provider]\nkind = \"{kind}\"\n\
         tenant = \"contoso\"\nclient_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
         client_secret = {{ env = \"SECRET\" }}\n{lines}\n{flows}"
    );
    let loaded = Config::from_text(text).environment([("SECRET", "s")]);
    match loaded.load() {
        Ok(_) => Vec::new(),
        Err(error) => error.problems().iter().map(ToString::to_string).collect(),
    }
}

#[test]
fn parameters_are_set_for_all_flows_and_for_single_ones() {
    let good = "allow_parameters = [\"login_hint\", \"campaign\"]\nallow_user_flows = [\"invite\"]\n\
                [provider.authorize]\nui_locales = \"de\"\nmax_age = 600\ncampaign = \"a b\"\n\
                [provider.authorize.invite]\nprompt = \"create\"\n\
                [provider.authorize.sign_up_sign_in]\ndomain_hint = \"google.com\"";
    assert_eq!(problems("b2c", good), [""; 0]);
    let entra = "[provider.authorize]\nprompt = \"select_account\"";
    assert_eq!(problems("entra", entra), [""; 0]);
}

#[test]
fn the_protocols_parameters_cannot_be_set() {
    for name in [
        "state",
        "nonce",
        "redirect_uri",
        "response_type",
        "response_mode",
        "client_id",
        "client_secret",
        "code_challenge",
        "code_challenge_method",
        "scope",
        "request_uri",
        "p",
        "State",
        "REDIRECT_URI",
    ] {
        let told = problems("b2c", &format!("[provider.authorize]\n{name} = \"x\""));
        let expected = format!("provider.authorize.{name}: found \"x\", expected nothing");
        assert!(told.join("\n").contains(&expected), "{told:?}");
        let told = problems(
            "b2c",
            &format!("[provider.authorize.invite]\n{name} = \"x\""),
        );
        assert!(told.join("\n").contains("invite"), "{name}: {told:?}");
        let told = problems("b2c", &format!("allow_parameters = [\"{name}\"]"));
        assert!(
            told.join("\n").contains("provider.allow_parameters"),
            "{name}: {told:?}"
        );
    }
}

#[test]
fn other_mistakes_are_told_with_their_key() {
    let cases = [
        (
            "[provider.authorize]\nprompt = \"none\"",
            "provider.authorize.prompt",
        ),
        (
            "[provider.authorize]\nprompt = \"ask\"",
            "provider.authorize.prompt",
        ),
        (
            "[provider.authorize]\nmax_age = -1",
            "provider.authorize.max_age",
        ),
        (
            "[provider.authorize]\nmax_age = true",
            "provider.authorize.max_age",
        ),
        (
            "[provider.authorize]\nui_locales = \"\"",
            "provider.authorize.ui_locales",
        ),
        (
            "[provider.authorize]\n\"a b\" = \"x\"",
            "provider.authorize.a b",
        ),
        (
            "[provider.authorize.other]\nui_locales = \"de\"",
            "provider.authorize.other",
        ),
        (
            "allow_parameters = [\"return_to\"]",
            "provider.allow_parameters",
        ),
        ("allow_parameters = [\"a b\"]", "provider.allow_parameters"),
        (
            "allow_user_flows = [\"other\"]",
            "provider.allow_user_flows",
        ),
        (
            "allow_user_flows = [\"edit_profile\"]",
            "provider.allow_user_flows",
        ),
    ];
    for (lines, key) in cases {
        let told = problems("b2c", lines);
        assert_eq!(told.len(), 1, "{lines}: {told:?}");
        assert!(told[0].contains(key), "{lines}: {told:?}");
    }
    let told = problems("entra", "allow_user_flows = [\"invite\"]");
    assert!(
        told.join("").contains("provider.allow_user_flows"),
        "{told:?}"
    );
}
