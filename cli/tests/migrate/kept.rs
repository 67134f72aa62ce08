//! What a move takes along, what it takes out, and what it leaves to people: settings of one
//! registration, comments, files, sessions.

use super::program::{Demo, stderr};
use super::{NEW, OLD_ID, b2c, beside, findings, migrate, settings};

#[test]
fn what_belongs_to_the_old_registration_is_told_of_and_not_taken_along() {
    let demo = b2c();
    let own = "second_client_secret = { env = \"B2C_NEXT_SECRET\" }\n\
               client_secret_expires = 2027-01-01\nback_channel = \"https://b2c.internal.contoso.com\"\n";
    let id =
        format!("client_id = \"{OLD_ID}\"\nclient_secret = {{ env = \"B2C_CLIENT_SECRET\" }}\n");
    demo.replace("b2c.toml", &id, &format!("{id}{own}"));
    let emulators = "client_secret = { env = \"B2C_EMULATOR_CLIENT_SECRET\" }\n";
    let its_own = "second_client_secret = { env = \"B2C_EMULATOR_CLIENT_SECRET\" }\n\
                   back_channel = \"http://emulator:8400\"\n";
    demo.replace("b2c.toml", emulators, &format!("{emulators}{its_own}"));

    let text = demo.read("b2c.toml");
    let tenant = text.find(own).expect("there");
    let first = text[..tenant].lines().count() + 1;
    let found = findings(&demo.json(&migrate(&["--json"])));
    for (code, line) in [
        ("EXT019", first),
        ("EXT019", first + 1),
        ("EXT010", first + 2),
    ] {
        let expected = format!("{code} must-change b2c.toml:{line}");
        assert!(found.contains(&expected), "{expected} in {found:#?}");
    }

    demo.succeeds(&migrate(&NEW));
    let profiles = settings(&demo)["profile"].clone();
    let provider = &profiles["tenant"]["provider"];
    for key in [
        "second_client_secret",
        "client_secret_expires",
        "back_channel",
    ] {
        assert!(provider.get(key).is_none(), "{provider}");
    }
    // The emulator is at the same address, with the same secrets, whichever kind it is of.
    let emulator = &profiles["emulator"]["provider"];
    assert_eq!(emulator["kind"].as_str(), Some("external-id"));
    assert!(demo.read("b2c.toml").contains(its_own), "{emulator}");
}

#[test]
fn an_api_that_is_given_no_new_secret_keeps_none() {
    let demo = Demo::of(cargo_b2c_init::Template::Api);
    demo.succeeds(&["tenant", "set", "contoso", "--profile", "tenant"]);
    let heading = "[profile.tenant.provider]\n";
    let secret = "client_secret = { env = \"B2C_API_SECRET\" }\n";
    demo.replace("b2c.toml", heading, &format!("{heading}{secret}"));
    demo.replace("b2c.toml", "audiences = []", "audiences = [\"a\"]");
    let new = migrate(&["--profile", "tenant", "--tenant", "fabrikam"]);
    let output = demo.run(&new);
    assert!(output.status.success(), "{}", stderr(&output));
    let provider = settings(&demo)["profile"]["tenant"]["provider"].clone();
    assert_eq!(provider["tenant"].as_str(), Some("fabrikam"));
    assert!(provider.get("client_secret").is_none(), "{provider}");
}

#[test]
fn the_old_one_keeps_its_registration_beside_the_new_one() {
    let demo = b2c();
    let secret = "client_secret = { env = \"B2C_CLIENT_SECRET\" }\n";
    let second = "second_client_secret = { env = \"B2C_NEXT_SECRET\" }\n";
    demo.replace("b2c.toml", secret, &format!("{secret}{second}"));
    demo.succeeds(&beside());
    let providers = settings(&demo)["profile"]["tenant"]["providers"].clone();
    let env = providers["default"]["second_client_secret"]["env"].as_str();
    assert_eq!(env, Some("B2C_NEXT_SECRET"));
    assert!(
        providers["external-id"]
            .get("second_client_secret")
            .is_none()
    );
}

#[test]
fn what_the_new_provider_has_stays_when_its_tenant_is_given_again() {
    let demo = b2c();
    demo.succeeds(&beside());
    let usual = "client_secret = { env = \"B2C_EXTERNAL_ID_CLIENT_SECRET\" }";
    let own = "client_secret = { file = \"/run/secrets/external-id\" }\n\
               second_client_secret = { env = \"NEXT\" }\n\
               instance = \"https://login.fabrikam.com\"";
    demo.replace("b2c.toml", usual, own);
    let other = "44445555-dddd-6666-eeee-7777ffff8888";
    let again = migrate(&[
        "--side-by-side",
        "--tenant",
        "fabrikam",
        "--client-id",
        other,
    ]);
    demo.succeeds(&again);
    let text = demo.read("b2c.toml");
    assert!(text.contains(own), "{text}");
    let provider = |demo: &Demo| {
        let own = settings(demo)["profile"]["tenant"].clone();
        own["providers"]["external-id"].clone()
    };
    assert_eq!(provider(&demo)["client_id"].as_str(), Some(other));

    // A secret that is given is set: by the name that is given, then by the name that it has.
    demo.succeeds(&[again.clone(), vec!["--client-secret-env", "FABRIKAM"]].concat());
    let env = |demo: &Demo| provider(demo)["client_secret"]["env"].clone();
    assert_eq!(env(&demo).as_str(), Some("FABRIKAM"));
    let stdin = [again, vec!["--client-secret-stdin"]].concat();
    let output = demo.run_with(&stdin, "s\n");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(env(&demo).as_str(), Some("FABRIKAM"));
    // The same once more, with a secret that is renewed and with more of the users.
    for more in [
        &["--client-secret-env", "FABRIKAM"][..],
        &["--percent", "20"],
    ] {
        let output = demo.run_with(&[&stdin[..], more].concat(), "s\n");
        assert!(output.status.success(), "{more:?}: {}", stderr(&output));
        assert_eq!(env(&demo).as_str(), Some("FABRIKAM"));
    }
    // Never into the place of the old one, which is in use beside it.
    let taken = [&stdin[..], &["--client-secret-env", "B2C_CLIENT_SECRET"]].concat();
    let output = demo.run_with(&taken, "x\n");
    assert_eq!(output.status.code(), Some(5), "{}", stderr(&output));
    assert!(demo.read(".env").contains("FABRIKAM=s"));
    let instance = provider(&demo)["instance"].clone();
    assert_eq!(instance.as_str(), Some("https://login.fabrikam.com"));
}

#[test]
fn comments_above_both_providers_stay_when_it_is_finished() {
    let demo = b2c();
    demo.succeeds(&beside());
    let [old, new] =
        ["default", "external-id"].map(|name| format!("[profile.tenant.providers.{name}]"));
    demo.replace("b2c.toml", &old, &format!("# Ask Ada about it.\n{old}"));
    demo.replace("b2c.toml", &new, &format!("# Registered by Bob.\n{new}"));
    demo.succeeds(&migrate(&["--finish"]));
    let text = demo.read("b2c.toml");
    let (above, _) = text.split_once(&new).expect("the new provider");
    let comments: Vec<_> = above
        .lines()
        .rev()
        .filter(|line| !line.is_empty())
        .take(2)
        .collect();
    assert_eq!(comments, ["# Registered by Bob.", "# Ask Ada about it."]);
    assert!(above.contains("Your External ID tenant"), "{above}");
}

#[test]
fn the_report_takes_the_place_of_no_file_but_an_earlier_report() {
    let demo = b2c();
    demo.write("empty.md", "");
    let before = demo.tree();
    // `.env.example` is one that the same change writes.
    for file in [
        "README.md",
        "src/main.rs",
        "b2c.toml",
        ".env.example",
        "empty.md",
    ] {
        let output = demo.run(&[beside(), vec!["--mark", "--report", file]].concat());
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(5), "{file}: {told}");
        assert!(told.contains(file), "{told}");
        assert!(told.contains("another name"), "{told}");
        assert_eq!(demo.tree(), before, "{file}");
    }
    demo.succeeds(&migrate(&["--report", "migration.md"]));
    let first = demo.read("migration.md");
    demo.succeeds(&[beside(), vec!["--report", "migration.md"]].concat());
    assert_ne!(demo.read("migration.md"), first);
}

#[test]
fn how_sessions_of_the_old_one_end_is_told() {
    let demo = b2c();
    let told = stderr(&demo.run(&[migrate(&NEW), vec!["-n"]].concat()));
    for part in [
        "empty the session store and restart every instance",
        "with session.store = \"cookie\" another session.cookie_key does",
    ] {
        assert!(told.contains(part), "{told}");
    }
    demo.succeeds(&beside());
    let told = stderr(&demo.run(&migrate(&["--finish"])));
    let expected =
        "sessions of B2C end as soon as the app takes the file over: its users are anonymous";
    assert!(told.contains(expected), "{told}");
}
