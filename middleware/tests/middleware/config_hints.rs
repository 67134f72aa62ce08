//! `b2c.toml`: one mistake is told once, with its place, and what was probably meant.

use tower_b2c::{Config, Problem};

fn problems(text: &str) -> Vec<Problem> {
    let file = Config::from_text(text).environment([("SECRET", "s3cret")]);
    let error = file.load().expect_err("the configuration is bad");
    error.problems().to_vec()
}

fn told(text: &str) -> Vec<String> {
    problems(text).iter().map(ToString::to_string).collect()
}

const GOOD: &str = "[app]\nbase_url = \"https://app.example\"\n[provider]\ntenant = \"contoso\"\n\
    client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\nclient_secret = { env = \"SECRET\" }\n\
    user_flows = { sign_up_sign_in = \"B2C_1_susi\" }\n";

#[test]
fn a_misspelt_name_is_one_mistake() {
    for (right, wrong, told_as) in [
        (
            "client_id",
            "clientId",
            "5:1: provider.clientId: there is no such setting; did you mean `client_id`?",
        ),
        (
            "client_secret",
            "client_secert",
            "6:1: provider.client_secert: there is no such setting; did you mean `client_secret`?",
        ),
        (
            "user_flows",
            "userflow",
            "7:1: provider.userflow: there is no such setting; did you mean `user_flows`?",
        ),
        (
            "tenant =",
            "tenent =",
            "4:1: provider.tenent: there is no such setting; did you mean `tenant`?",
        ),
        (
            "user_flows = ",
            "metdata = {}\nuser_flows = ",
            "7:1: provider.metdata: there is no such setting; did you mean `metadata`?",
        ),
        (
            "[app]",
            "[ap]",
            "1:2: ap: there is no such setting; did you mean `app`?",
        ),
        (
            "[provider]",
            "[provder]",
            "3:2: provder: there is no such setting; did you mean `provider`?",
        ),
    ] {
        let found = told(&GOOD.replacen(right, wrong, 1));
        assert_eq!(found, [format!("configuration:{told_as}")], "{wrong}");
    }
}

#[test]
fn what_a_misspelt_kind_or_authority_leads_to_is_no_mistake_of_its_own() {
    let without_flow = GOOD.replace("user_flows = { sign_up_sign_in = \"B2C_1_susi\" }\n", "");
    let by_authority = |line: &str| without_flow.replace("tenant = \"contoso\"", line);
    let of_kind =
        |line: &str| without_flow.replace("[provider]\n", &format!("[provider]\n{line}\n"));
    let of_flows = |line: &str| GOOD.replace("[provider]\n", &format!("[provider]\n{line}\n"));
    let right = "authority = \"https://contoso.b2clogin.com/contoso.onmicrosoft.com/B2C_1_susi\"";
    let file = Config::from_text(by_authority(right)).environment([("SECRET", "s3cret")]);
    assert!(file.load().is_ok());
    let no_setting = |key: &str| format!("there is no such setting; did you mean `{key}`?");
    let kinds = "\"b2c\", \"external-id\", \"entra\" or \"oidc\"";
    for (text, told_as) in [
        (
            of_kind("kind = \"external_id\""),
            format!("4:1: provider.kind: found \"external_id\", expected {kinds}"),
        ),
        (
            of_kind("kind = \"saml\""),
            format!("4:1: provider.kind: found \"saml\", expected {kinds}"),
        ),
        (
            of_flows("kind = \"B2C\""),
            format!("4:1: provider.kind: found \"B2C\", expected {kinds}"),
        ),
        (
            of_kind("knd = \"external-id\""),
            format!("4:1: provider.knd: {}", no_setting("kind")),
        ),
        (
            of_flows("kinds = \"b2c\""),
            format!("4:1: provider.kinds: {}", no_setting("kind")),
        ),
        (
            by_authority(&right.replace("authority", "authorty")),
            format!("4:1: provider.authorty: {}", no_setting("authority")),
        ),
        (
            by_authority("authority = \"contoso\""),
            "4:1: provider.authority: found \"contoso\"".to_owned(),
        ),
    ] {
        let found = told(&text);
        let expected = format!("configuration:{told_as}");
        assert!(
            found.len() == 1 && found[0].starts_with(&expected),
            "{text}\n{found:#?}"
        );
    }
    // What has nothing to do with it is told as well.
    let found = told(
        &of_kind("kind = \"saml\"\nresponse_mode = \"quarry\"")
            .replace("\"SECRET\"", "\"NOWHERE\""),
    );
    for part in ["provider.kind", "provider.response_mode", "NOWHERE"] {
        assert!(
            found.iter().any(|one| one.contains(part)),
            "{part}: {found:#?}"
        );
    }
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn one_of_several_providers_is_named_by_its_own_table() {
    let text = GOOD
        .replace(
            "[provider]",
            "[providers.default]\nresponse_mode = \"form_post\"",
        )
        .replace("https://app.example", "http://localhost:5000");
    let found = told(&text);
    assert!(
        found[0].contains("providers.default.response_mode"),
        "{found:#?}"
    );
}

#[test]
fn a_misspelt_name_in_a_profile_is_one_mistake() {
    let profile = |table: &str| {
        GOOD.replace("[provider]", &format!("[profile.x.{table}]"))
            + "[profile.y.provider]\nclient_id = 1\n"
    };
    assert!(
        Config::from_text(profile("provider"))
            .profile("x")
            .environment([("SECRET", "s3cret")])
            .load()
            .is_ok()
    );
    let wrong = format!("active_profile = \"x\"\n{}", profile("povider"));
    assert_eq!(
        told(&wrong),
        [
            "configuration:4:12: profile.x.povider: there is no such setting; did you mean `provider`?"
        ]
    );
}

#[test]
fn what_resembles_nothing_is_told_what_there_is() {
    let found = told(&format!("flavour = 1\n{GOOD}"));
    assert_eq!(
        found,
        [
            "configuration:1:1: flavour: there is no such setting; expected one of active_profile, \
             profile, app, session, providers, provider, downstream, api, routing"
        ]
    );
    // Known, and in the wrong place.
    let below = format!(
        "{GOOD}[profile.x]\nactive_profile = \"y\"\n[profile.x.session]\nidle_minutes = 1\n"
    );
    let error = Config::from_text(below)
        .profile("x")
        .environment([("SECRET", "s3cret")])
        .load();
    let error = error.expect_err("a profile chooses no profile").to_string();
    assert!(
        error.contains("profile.x.active_profile: found a value, expected nothing but"),
        "{error}"
    );
}

#[test]
fn what_is_missing_belongs_into_a_table_that_has_a_place() {
    let text = GOOD.replace("tenant = \"contoso\"\n", "");
    let found = told(&text);
    assert!(
        matches!(&found[..], [only] if only.starts_with("configuration:3:2: provider.tenant: found nothing")),
        "{found:?}"
    );
    let nowhere = told(&text.replace("[provider]", "[profile.x.provider]"));
    assert!(
        nowhere
            .iter()
            .any(|line| line.starts_with("configuration: provider.tenant")),
        "{nowhere:?}"
    );
}

#[test]
fn values_from_elsewhere_have_no_place_in_the_file() {
    let file = Config::from_text(GOOD).environment([
        ("SECRET", "s3cret"),
        ("B2C__PROVIDER__CLIENT_ID", "nonsense"),
    ]);
    let error = file.load().expect_err("that is no GUID");
    let [problem] = error.problems() else {
        panic!("{error}");
    };
    assert_eq!(problem.position, None);
    assert!(problem.source.ends_with("B2C__PROVIDER__CLIENT_ID"));
}

#[test]
fn placeholders_in_lists_are_seen_once() {
    for (key, list) in [
        ("api.audiences", "[\"<client id of the API>\"]"),
        ("api.audiences", "[\"<one>\", \"YOUR_API\"]"),
        ("api.clients", "[\"YOUR_CLIENT_ID\"]"),
    ] {
        let name = key.trim_start_matches("api.");
        let audiences = if name == "audiences" {
            ""
        } else {
            "audiences = [\"a\"]\n"
        };
        let found = told(&format!("{GOOD}[api]\n{audiences}{name} = {list}\n"));
        let is_told = matches!(&found[..], [only] if only.contains(&format!(": {key}: found"))
            && only.contains("in place of the placeholder"));
        assert!(is_told, "{list}: {found:?}");
    }
    let tenants = GOOD.replace(
        "tenant = \"contoso\"",
        "kind = \"entra\"\ntenant = \"common\"\nallowed_tenants = [\"<tenant id>\"]",
    );
    let tenants = tenants.replace("user_flows = { sign_up_sign_in = \"B2C_1_susi\" }\n", "");
    let found = told(&tenants);
    assert!(
        matches!(&found[..], [only] if only.contains("placeholder")),
        "{found:?}"
    );
}

#[test]
fn a_variable_that_is_not_set_is_named() {
    for value in [None, Some("")] {
        let file = Config::from_text(GOOD).environment(value.map(|value| ("SECRET", value)));
        let error = file.load().expect_err("there is no secret");
        let variables: Vec<_> = error
            .problems()
            .iter()
            .map(|problem| problem.unset_variable.as_deref())
            .collect();
        assert_eq!(variables, [Some("SECRET")], "{error}");
    }
}

#[test]
fn several_providers_are_called_by_their_own_tables() {
    let text = GOOD
        .replace("[provider]", "[providers.staff]")
        .replace(
            "tenant = \"contoso\"",
            "tenant = \"contoso\"\nallow_user_flows = [\"nothing\"]\nallowed_tenants = [\"x\"]\nauthorize = { other = { a = \"b\" } }",
        );
    let found = problems(&text);
    assert_eq!(found.len(), 3, "{found:?}");
    for problem in found {
        let line = problem.to_string();
        assert!(problem.key.starts_with("providers.staff."), "{line}");
        assert!(!line.contains("provider."), "{line}");
    }
}

#[test]
fn a_thousand_unknown_keys_are_told_soon() {
    let keys: Vec<_> = (0..1000)
        .map(|number| format!("[zzz{number}]\nqqq = 1"))
        .collect();
    assert_eq!(told(&format!("{GOOD}{}\n", keys.join("\n"))).len(), 1000);
}
