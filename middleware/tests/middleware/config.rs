//! `b2c.toml`: what is read, and what is said about mistakes.

use tower_b2c::{Config, ConfigFile};

use crate::client_auth::Folder;

const GOOD: &str = r#"
    active_profile = "tenant"

    [app]
    base_url = "https://app.example"

    [profile.tenant.provider]
    kind = "b2c"
    tenant = "contoso"
    client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
    client_secret = { env = "SECRET" }
    user_flows = { sign_up_sign_in = "B2C_1_susi", edit_profile = "B2C_1_edit" }

    [profile.emulator.provider]
    emulator = true
    instance = "http://localhost:8400"
    tenant = "b2cemulator.onmicrosoft.com"
    client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
    client_secret = { env = "SECRET" }
    user_flows = { sign_up_sign_in = "B2C_1_susi" }
"#;

fn read(text: &str) -> ConfigFile {
    Config::from_text(text).environment([("SECRET", "s3cret")])
}

/// The problems of a configuration, one line each.
fn problems(text: &str) -> Vec<String> {
    let error = read(text).load().expect_err("the configuration is bad");
    error.problems().iter().map(ToString::to_string).collect()
}

#[test]
fn the_active_profile_decides_and_the_environment_overrides() {
    let tenant = read(GOOD).load().unwrap();
    let origins = |config: &Config| config.provider_origins().collect::<Vec<_>>().join(" ");
    assert_eq!(origins(&tenant), "https://contoso.b2clogin.com");
    assert!(tenant.redirect_uris().eq(["https://app.example/getAToken"]));
    assert!(tenant.can_edit_profile() && !tenant.can_reset_password());

    let emulator = read(GOOD).profile("emulator").load().unwrap();
    assert_eq!(origins(&emulator), "http://localhost:8400");

    let variables = [
        ("SECRET", "s"),
        ("B2C_PROFILE", "emulator"),
        ("B2C__APP__BASE_URL", "http://localhost:5001"),
        ("B2C__PROVIDER__INSTANCE", "http://localhost:9000"),
    ];
    let overridden = Config::from_text(GOOD)
        .environment(variables)
        .load()
        .unwrap();
    assert_eq!(overridden.base_url(), "http://localhost:5001");
    assert_eq!(overridden.port(), 5001);
    assert_eq!(origins(&overridden), "http://localhost:9000");
}

#[test]
fn every_mistake_is_told_at_once_with_key_value_and_expectation() {
    let found = problems(
        r#"
        surprise = 1
        [app]
        base_url = "http://app.example"
        redirect_path = "getAToken"
        [session]
        idle_minutes = -5
        [provider]
        kind = "saml"
        tenant = "<your tenant>"
        client_id = "Enter_the_Application_Id_Here"
        client_secret = "written here"
        clientid = "typo"
        [provider.user_flows]
        sign_up_sign_in = "susi/../x"
        [[downstream]]
        name = "demo"
        "#,
    );
    for expected in [
        "configuration:2:9: surprise: there is no such setting; expected one of active_profile, profile, app, session, providers, provider, downstream, api",
        "configuration:4:9: app.base_url: found \"http://app.example\", expected an https origin",
        "configuration:5:9: app.redirect_path: found \"getAToken\", expected a path such as \"/getAToken\"",
        "configuration:7:9: session.idle_minutes: found -5 (integer), expected a whole number from 1 to 525600",
        "configuration:9:9: provider.kind: found \"saml\", expected \"b2c\", \"external-id\"",
        "configuration:10:9: provider.tenant: found \"<your tenant>\", expected your own value in place of the placeholder",
        "configuration:11:9: provider.client_id: found \"Enter_the_Application_Id_Here\", expected your own",
        "configuration:12:9: provider.client_secret: found a value written in the file, expected { env",
        "configuration:13:9: provider.clientid: there is no such setting; did you mean `client_id`?",
        "configuration:15:9: provider.user_flows.sign_up_sign_in: found \"susi/../x\", expected a user flow's name",
        "configuration:16:9: downstream[0].base_url: found nothing, expected the API's URL",
        "configuration:16:9: downstream[0].scopes: found nothing",
    ] {
        assert!(
            found.iter().any(|line| line.starts_with(expected)),
            "{expected}\nin {found:#?}"
        );
    }
}

#[test]
fn a_secret_written_into_the_file_is_not_repeated() {
    let text = GOOD.replace("{ env = \"SECRET\" }", "\"canary-4711\"");
    assert!(!format!("{:?}", read(&text).load().unwrap_err()).contains("canary-4711"));
    let config = read(GOOD).load().unwrap();
    assert!(!format!("{config:?}").contains("s3cret"));
}

#[test]
fn files_that_are_no_configuration_are_told_by_name() {
    let missing = Config::from_file("/nonexistent/b2c.toml")
        .load()
        .unwrap_err()
        .to_string();
    assert!(missing.contains("/nonexistent/b2c.toml"), "{missing}");
    let malformed = problems("[app\nbase_url = 1").join("\n");
    assert!(malformed.starts_with("configuration:1:5: "), "{malformed}");
    assert!(!problems("").is_empty());
    let profile = read(GOOD)
        .profile("staging")
        .load()
        .unwrap_err()
        .to_string();
    assert!(
        profile.contains("staging") && profile.contains("emulator, tenant"),
        "{profile}"
    );
}

#[test]
fn a_wrong_value_from_the_environment_names_the_variable() {
    let variables = [("SECRET", "s"), ("B2C__APP__BASE_URL", "nonsense")];
    let error = Config::from_text(GOOD)
        .environment(variables)
        .load()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("environment variable B2C__APP__BASE_URL: app.base_url"),
        "{error}"
    );
    let none = Config::from_text(GOOD)
        .environment([("X", "y")])
        .load()
        .unwrap_err()
        .to_string();
    assert!(
        none.contains("SECRET set in the environment or in the .env file"),
        "{none}"
    );
}

#[test]
fn the_emulator_is_for_loopback_only() {
    let text = GOOD.replace("http://localhost:8400", "https://login.contoso.com");
    let error = read(&text)
        .profile("emulator")
        .load()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("profile.emulator.provider.emulator: found true"),
        "{error}"
    );
}

#[test]
fn secrets_are_read_from_dotenv_and_from_files() {
    let directory = std::env::temp_dir().join(format!("tower-b2c-config-{}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    std::fs::write(
        directory.join(".env"),
        "TOWER_B2C_TEST_SECRET=from-dotenv\n",
    )
    .unwrap();
    std::fs::write(
        directory.join("cookie.key"),
        format!("{}\n", "k".repeat(32)),
    )
    .unwrap();
    let text = GOOD.replace("\"SECRET\"", "\"TOWER_B2C_TEST_SECRET\"");
    let text = format!("{text}\n[session]\ncookie_key = {{ file = \"cookie.key\" }}");
    std::fs::write(directory.join("b2c.toml"), &text).unwrap();
    let loaded = Config::from_file(directory.join("b2c.toml")).load();
    let short = Config::from_file(directory.join("b2c.toml"));
    std::fs::write(directory.join("cookie.key"), "short").unwrap();
    let short = short.load();
    std::fs::remove_dir_all(&directory).unwrap();
    loaded.unwrap();
    assert!(
        short
            .unwrap_err()
            .to_string()
            .contains("session.cookie_key: found a shorter key")
    );
}

#[test]
fn a_secret_is_referred_to_by_what_lies_above() {
    let folder = Folder::new("config-reference");
    folder.file("secret", "of-the-file");
    let path = folder.path("secret").display().to_string();
    let good = GOOD.replace("active_profile = \"tenant\"", "");
    let good = good.replace("[profile.tenant.provider]", "[provider]");
    let mounted = format!("[profile.mounted.provider]\nclient_secret = {{ file = '{path}' }}\n");
    let of_profile = format!("active_profile = \"mounted\"\n{good}\n{mounted}");
    let variable = ("B2C__PROVIDER__CLIENT_SECRET__FILE", path.as_str());
    // The variable below is not set, and nobody asks for it.
    let none: [(&str, &str); 0] = [];
    let load = |file: ConfigFile| file.load().map(|_| ()).map_err(|error| error.to_string());
    assert_eq!(
        load(Config::from_text(&of_profile).environment(none)),
        Ok(())
    );
    assert_eq!(
        load(Config::from_text(&good).environment([variable])),
        Ok(())
    );
    let in_code = Config::from_text(&good).environment(none);
    let in_code = in_code.set("provider.client_secret.file", &*path);
    assert_eq!(load(in_code), Ok(()));

    // What is wrong with it is told of what refers to it.
    let nowhere = ("B2C__PROVIDER__CLIENT_SECRET__FILE", "/nowhere/secret");
    let told = load(Config::from_text(&good).environment([nowhere])).unwrap_err();
    let named = "environment variable B2C__PROVIDER__CLIENT_SECRET__FILE: provider.client_secret";
    assert!(told.contains(named), "{told}");

    // One place alone has to say one thing.
    let both = [variable, ("B2C__PROVIDER__CLIENT_SECRET__ENV", "SECRET")];
    let two = of_profile.replace("{ file =", "{ env = \"SECRET\", file =");
    for file in [
        Config::from_text(&good).environment(both),
        Config::from_text(two).environment(none),
    ] {
        let told = load(file).unwrap_err();
        assert!(told.contains("a table of another form"), "{told}");
    }
}

#[test]
fn two_apis_cannot_share_a_name_or_a_short_scope() {
    let api = |name: &str, resource: &str, scope: &str| {
        format!(
            "[[downstream]]\nname = \"{name}\"\nbase_url = \"https://{resource}.example\"\n\
             resource = \"https://contoso.onmicrosoft.com/{resource}\"\nscopes = [\"{scope}\"]\n"
        )
    };
    let with = |apis: &[String]| {
        read(&format!("{GOOD}\n{}", apis.concat()))
            .load()
            .map(|_| ())
    };
    with(&[api("a", "one", "read"), api("b", "two", "write")]).unwrap();
    let scope = with(&[api("a", "one", "read"), api("b", "two", "read")])
        .unwrap_err()
        .to_string();
    assert!(scope.contains("\"read\" for \"a\" and \"b\""), "{scope}");
    let name = with(&[api("a", "one", "read"), api("a", "two", "write")])
        .unwrap_err()
        .to_string();
    assert!(name.contains("\"a\" twice"), "{name}");
    for scope in ["", "a b", "openid", "é"] {
        with(&[api("a", "one", scope)]).expect_err(scope);
    }
}

#[test]
fn odd_values_of_well_known_keys_are_told_and_secrets_are_not() {
    let after = GOOD.replace("[app]", "[app]\nafter_sign_out = \"/logout\"");
    assert!(problems(&after).join("").contains("app.after_sign_out"));
    for head in ["active_profile = 5", "profile = \"tenant\""] {
        let text = format!("{head}\n[app]\nbase_url = \"https://app.example\"");
        assert!(problems(&text).join("").contains("profile"), "{head}");
    }
    let empty = Config::from_text(GOOD).environment([("SECRET", "s"), ("B2C_PROFILE", "")]);
    empty.load().unwrap();

    let text = "[provider]\nclient_secret = \"canary-4711\n";
    assert!(
        !read(text)
            .load()
            .unwrap_err()
            .to_string()
            .contains("canary-4711")
    );
    assert!(!format!("{:?}", read(GOOD)).contains("s3cret"));
}

#[test]
fn mistakes_about_the_apps_edge_are_told() {
    let edge = r#"
        session_path = "session"
        csrf = "strict"
        csrf_exempt = ["webhooks", "/a/../b"]
        trusted_origins = ["https://spa.example/path", "http://spa.example"]
        trusted_proxies = ["10.0.0.1/8", "proxy.internal"]
        [session]
        revalidate_seconds = 0
        cache_sessions = 20000000
    "#;
    let text = GOOD.replace(
        "[profile.tenant.provider]",
        &format!("{edge}\n[profile.tenant.provider]"),
    );
    let problems = problems(&text);
    for (key, found) in [
        ("app.session_path", "\"session\""),
        ("app.csrf", "\"strict\""),
        ("app.csrf_exempt", "\"webhooks\""),
        ("app.csrf_exempt", "\"/a/../b\""),
        ("app.trusted_origins", "\"https://spa.example/path\""),
        ("app.trusted_origins", "\"http://spa.example\""),
        ("app.trusted_proxies", "\"10.0.0.1/8\""),
        ("app.trusted_proxies", "\"proxy.internal\""),
        ("session.revalidate_seconds", "0"),
        ("session.cache_sessions", "20000000"),
    ] {
        let told = format!(": {key}: found {found}");
        let is_told = problems.iter().any(|problem| problem.contains(&told));
        assert!(is_told, "{told} in {problems:#?}");
    }
    assert_eq!(problems.len(), 10, "{problems:#?}");
    let twice = GOOD.replace("[app]", "[app]\nsession_path = \"/login\"");
    assert!(
        read(&twice).load().is_err(),
        "each endpoint has a path of its own"
    );
}

#[test]
fn the_base_url_may_have_a_path_and_nothing_more() {
    for good in ["https://app.example/shop", "https://app.example/shop/eu/"] {
        let config = read(&GOOD.replace("https://app.example", good))
            .load()
            .unwrap();
        let redirect = format!("{}/getAToken", good.trim_end_matches('/'));
        assert!(config.redirect_uris().eq([redirect.as_str()]), "{good}");
    }
    for bad in [
        "https://app.example/?x=1",
        "https://app.example/#x",
        "https://app.example/a//b",
        "https://app.example/a%20b",
        "https://user@app.example/shop",
    ] {
        let config = read(&GOOD.replace("https://app.example", bad)).load();
        assert!(config.is_err(), "{bad}");
    }
}

#[test]
fn a_redirect_path_takes_none_of_the_layers_others() {
    for path in [
        "/session",
        "/front-channel-logout",
        "/back-channel-logout",
        "/login",
    ] {
        let line = format!("kind = \"b2c\"\nredirect_path = \"{path}\"");
        let found = problems(&GOOD.replace("kind = \"b2c\"", &line)).join("");
        assert!(found.contains("twice"), "{path}: {found}");
    }
}

#[test]
fn sign_out_has_settings_of_its_own() {
    let with = |line: &str| GOOD.replace("[app]", &format!("[app]\n{line}"));
    for line in [
        "front_channel_sign_out_path = \"/logout\"",
        "back_channel_sign_out_path = \"/front-channel-logout\"",
        "after_sign_out = \"/back-channel-logout\"",
        "front_channel_sign_out_path = \"no-slash\"",
        "back_channel_sign_out_path = \"/a?b\"",
    ] {
        let found = problems(&with(line)).join("");
        assert!(found.contains(": app"), "{line}: {found}");
    }
    let own = "front_channel_sign_out_path = \"/fc\"\nback_channel_sign_out_path = \"/bc\"";
    assert!(read(&with(own)).load().is_ok());

    let session = "\n[session]\nsign_out_others_after_reset = 1\nrecord_user_agent = \"no\"";
    let found = problems(&format!("{GOOD}{session}")).join("\n");
    for key in [
        "session.sign_out_others_after_reset",
        "session.record_user_agent",
    ] {
        assert!(found.contains(&format!("{key}: found")), "{found}");
    }
    let hint = GOOD.replace("kind = \"b2c\"", "kind = \"b2c\"\nid_token_hint = \"yes\"");
    assert!(
        problems(&hint)
            .join("")
            .contains("provider.id_token_hint: found \"yes\"")
    );
}
