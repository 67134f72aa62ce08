//! Files of every shape: without profiles, with inline tables, of an API, edited by people.

use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};

use super::program::{Demo, stderr, stdout};
use super::{NEW, OLD_ID, b2c, beside, edits, migrate, settings};

#[test]
fn settings_without_profiles_and_inline_tables_are_moved_as_well() {
    let demo = Demo::new();
    let text = format!(
        "[app]\nbase_url = \"https://app.contoso.com\" # ours\nredirect_path = \"/signed-in\"\n\n\
         [session]\ncookie_key = {{ env = \"B2C_COOKIE_KEY\" }}\n\n[providers]\n\
         b2c = {{ tenant = \"contoso\", client_id = \"{OLD_ID}\", client_secret = {{ env = \"A\" }}, \
         user_flows = {{ sign_up_sign_in = \"B2C_1_susi\" }} }}\n\n\
         [providers.staff]\nkind = \"entra\"\ntenant = \"contoso.com\"\nclient_id = \"{OLD_ID}\"\n\
         client_secret = {{ env = \"B\" }}\n"
    );
    demo.write("b2c.toml", &text);
    demo.succeeds(&beside());
    let table = settings(&demo);
    let names: Vec<_> = table["providers"]
        .as_table()
        .expect("a table")
        .keys()
        .cloned()
        .collect();
    assert_eq!(names.len(), 3, "{names:?}");
    assert_eq!(table["app"]["default_provider"].as_str(), Some("b2c"));
    assert_eq!(table["routing"]["to"].as_str(), Some("external-id"));
    assert!(demo.read("b2c.toml").contains("# ours"));
    demo.succeeds(&migrate(&["--finish"]));
    let table = settings(&demo);
    assert!(table["providers"].get("b2c").is_none());
    assert!(table["providers"].get("staff").is_some());

    // The only provider, at the top of the file.
    let demo = Demo::new();
    let text = format!(
        "[app]\nbase_url = \"https://app.contoso.com\"\n[session]\ncookie_key = {{ env = \"K\" }}\n\
         [provider]\ntenant = \"contoso\"\nclient_id = \"{OLD_ID}\"\n\
         client_secret = {{ env = \"A\" }}\nuser_flows.sign_up_sign_in = \"B2C_1_susi\"\n"
    );
    demo.write("b2c.toml", &text);
    demo.succeeds(&beside());
    let table = settings(&demo);
    let flow = &table["providers"]["default"]["user_flows"]["sign_up_sign_in"];
    assert_eq!(flow.as_str(), Some("B2C_1_susi"));
    assert!(table.get("provider").is_none());
}

#[test]
fn an_api_takes_the_tokens_of_both_and_has_no_rule() {
    let demo = Demo::of(cargo_b2c_init::Template::Api);
    demo.succeeds(&["tenant", "set", "contoso", "--profile", "tenant"]);
    demo.replace("b2c.toml", "audiences = []", "audiences = [\"a\"]");
    let to = migrate(&["--profile", "tenant", "--tenant", "fabrikam"]);
    let document = demo.json(&[to.clone(), vec!["--side-by-side", "--json"]].concat());
    let warnings = document["warnings"].to_string();
    assert!(warnings.contains("tokens of both"), "{warnings}");
    let own = settings(&demo)["profile"]["tenant"].clone();
    assert!(
        own.get("routing").is_none() && own.get("app").is_none(),
        "{own}"
    );
    let providers = own["providers"].as_table().expect("providers");
    assert_eq!(
        providers["external-id"]["kind"].as_str(),
        Some("external-id")
    );
    assert!(providers["default"].get("redirect_path").is_none());
    demo.succeeds(&["tenant", "use", "tenant"]);
    let config = tower_b2c::Config::from_file(demo.root().join("b2c.toml"));
    config.load_api().expect("settings that an API takes");
    demo.succeeds(&migrate(&["--finish"]));
    let providers = settings(&demo)["profile"]["tenant"]["providers"].clone();
    assert_eq!(providers.as_table().map(toml::Table::len), Some(1));
}

#[test]
fn what_people_wrote_survives_the_move_and_comes_back_by_undo() {
    let cases = Cases {
        cases: 24,
        failure_persistence: None,
        ..Cases::default()
    };
    let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(cases, rng);
    let edited = prop::collection::vec(edits::any(), 0..8);
    let applied = std::cell::Cell::new(0);
    let result = runner.run(&(edited, any::<bool>()), |(list, at_once)| {
        let demo = b2c();
        for edit in &list {
            edits::edit(demo.root(), edit);
        }
        let before = demo.tree();
        let words = |demo: &Demo| {
            let text = demo.read("b2c.toml");
            let mut words: Vec<_> = edits::own_words(&text).map(str::to_owned).collect();
            words.sort();
            words
        };
        let own = words(&demo);
        let first = if at_once { migrate(&NEW) } else { beside() };
        let first = [first, vec!["--profile", "tenant"]].concat();
        let output = demo.run(&first);
        if !output.status.success() {
            // Edits may have left a file that is no TOML, or that the app would refuse.
            prop_assert!(!list.is_empty(), "{}", stderr(&output));
            prop_assert_eq!(demo.tree(), before);
            return Ok(());
        }
        applied.set(applied.get() + usize::from(!own.is_empty()));
        let kept = words(&demo);
        // At once, what stands within the user flows goes with them.
        let missing = own.iter().filter(|word| !kept.contains(word)).count();
        prop_assert!(at_once || missing == 0, "{own:?}, {kept:?}");
        prop_assert!(demo.read("b2c.toml").parse::<toml::Table>().is_ok());
        let undone = demo.run(&["undo"]);
        prop_assert!(undone.status.success(), "{}", stderr(&undone));
        prop_assert_eq!(demo.tree(), before);
        Ok(())
    });
    result.expect("the property holds");
    assert!(applied.get() > 2, "{applied:?}");
}

#[test]
fn a_provider_that_has_the_name_already_keeps_it() {
    let demo = Demo::new();
    let staff = format!(
        "[providers.external-id]\nkind = \"entra\" # our staff\ntenant = \"contoso.com\"\n\
         client_id = \"{OLD_ID}\"\nclient_secret = {{ env = \"B2C_EXTERNAL_ID_CLIENT_SECRET\" }}\n"
    );
    let text = format!(
        "[app]\nbase_url = \"https://app.contoso.com\"\n[session]\ncookie_key = {{ env = \"K\" }}\n\
         [providers.b2c]\ntenant = \"contoso\"\nclient_id = \"{OLD_ID}\"\n\
         client_secret = {{ env = \"A\" }}\nuser_flows.sign_up_sign_in = \"B2C_1_susi\"\n{staff}"
    );
    demo.write("b2c.toml", &text);
    let output = demo.run_with(
        &[beside(), vec!["--client-secret-stdin"]].concat(),
        "s3cret\n",
    );
    let told = stdout(&output) + &stderr(&output);
    assert!(output.status.success(), "{told}");
    assert!(told.contains("/login?provider=external-id-2"), "{told}");
    assert!(
        told.contains("https://app.contoso.com/getAToken/external-id-2"),
        "{told}"
    );
    assert!(
        demo.read("b2c.toml").contains(&staff),
        "{}",
        demo.read("b2c.toml")
    );
    let table = settings(&demo);
    let new = &table["providers"]["external-id-2"];
    assert_eq!(new["kind"].as_str(), Some("external-id"));
    let variable = "B2C_EXTERNAL_ID_2_CLIENT_SECRET";
    assert_eq!(new["client_secret"]["env"].as_str(), Some(variable));
    assert_eq!(table["routing"]["to"].as_str(), Some("external-id-2"));
    assert!(
        demo.read(".env")
            .contains("B2C_EXTERNAL_ID_2_CLIENT_SECRET=s3cret")
    );
    demo.succeeds(&migrate(&["--side-by-side", "--percent", "10"]));
    demo.succeeds(&migrate(&["--finish"]));
    let providers = settings(&demo)["providers"].clone();
    let names: Vec<_> = providers.as_table().expect("a table").keys().collect();
    assert_eq!(names, ["external-id", "external-id-2"]);
    assert!(
        demo.read("b2c.toml").contains(&staff),
        "{}",
        demo.read("b2c.toml")
    );
}
