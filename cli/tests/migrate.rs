//! `migrate --to external-id`: what is found, what is written, what is refused.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[allow(dead_code, reason = "no template goes on here")]
mod edits;
#[path = "migrate/kept.rs"]
mod kept;
mod program;

use std::fs;

use program::{Demo, stderr, stdout};
use proptest::prelude::*;
use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;

const OLD_ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const NEW_ID: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const API: &str = "api://33334444-dddd-5555-eeee-6666ffff7777";

/// A project whose users sign in at B2C.
fn b2c() -> Demo {
    let demo = Demo::new();
    demo.succeeds(&[
        "tenant",
        "set",
        "contoso",
        "--profile",
        "tenant",
        "--client-id",
        OLD_ID,
    ]);
    demo.succeeds(&["tenant", "use", "tenant"]);
    demo
}

fn migrate<'a>(more: &[&'a str]) -> Vec<&'a str> {
    [&["migrate", "--to", "external-id"], more].concat()
}

const NEW: [&str; 4] = ["--tenant", "fabrikam", "--client-id", NEW_ID];

fn beside() -> Vec<&'static str> {
    migrate(&[&NEW[..], &["--side-by-side"]].concat())
}

fn settings(demo: &Demo) -> toml::Table {
    demo.read("b2c.toml").parse().expect("TOML")
}

/// `code severity place` of every finding.
fn findings(document: &Value) -> Vec<String> {
    let list = document["findings"].as_array().expect("findings").iter();
    let word = |value: &Value| match value {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let line = |one: &Value| {
        let place = format!("{}:{}", word(&one["file"]), word(&one["line"]));
        format!("{} {} {place}", word(&one["code"]), word(&one["severity"]))
    };
    list.map(line).collect()
}

#[test]
fn what_the_app_uses_is_found_with_its_line() {
    let demo = b2c();
    demo.write(
        "src/members.rs",
        "//! emails and tfp in words.\n\
         pub fn key(session: &tower_b2c::Session) -> Option<&str> {\n    \
             // B2C_1_susi\n    \
             session.claims().subject()\n}\n\
         pub const ADDRESS: &str = \"https://contoso.b2clogin.com/x\";\n",
    );
    demo.replace(
        "templates/home.html",
        "{% block content %}",
        "{% block content %}{{ claims.emails }}",
    );
    demo.write(
        ".env",
        &format!("{}B2C__PROVIDER__TENANT=contoso\n", demo.read(".env")),
    );
    let before = demo.tree();
    let document = demo.json(&migrate(&["--json"]));
    assert_eq!(demo.tree(), before);
    assert_eq!(document["step"], "look");
    let found = findings(&document);
    for expected in [
        "EXT001 must-change src/members.rs:4",
        "EXT010 must-change src/members.rs:6",
        "EXT003 must-change templates/home.html:",
        "EXT020 must-change .env:",
        "EXT023 works src/",
        "EXT009 by-itself b2c.toml:",
        "EXT008 must-change b2c.toml:",
        "EXT019 must-change b2c.toml:",
    ] {
        assert!(
            found.iter().any(|one| one.starts_with(expected)),
            "{expected} in {found:#?}"
        );
    }
    // Neither comments nor what another file says of it.
    assert!(
        !found
            .iter()
            .any(|one| one.starts_with("EXT007 must-change src/members.rs"))
    );
    let text = demo.read("b2c.toml");
    let line = |part: &str| {
        let mut lines: Vec<_> = text.lines().zip(1..).collect();
        lines.reverse();
        let found = lines.iter().find(|(line, _)| line.starts_with(part));
        let (_, number) = found.expect("there");
        format!("b2c.toml:{number}")
    };
    let reset = format!("EXT009 by-itself {}", line("reset_password = "));
    assert!(found.contains(&reset), "{reset} in {found:#?}");
    let redirect = document["findings"].as_array().expect("a list").iter();
    let mut redirect = redirect.filter(|one| one["code"] == "EXT012");
    let uri = redirect.next().map(|one| one["found"].clone());
    assert_eq!(uri, Some("http://localhost:5000/getAToken".into()));
}

#[test]
fn the_new_tenant_takes_the_place_of_the_old_one_and_everything_else_stays() {
    let demo = b2c();
    demo.replace("b2c.toml", "client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\nclient_secret = { env = \"B2C_CLIENT_SECRET\" }",
        "client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\" # ours\nclient_secret = { env = \"B2C_CLIENT_SECRET\" }\nresponse_mode = \"query\"\nallow_user_flows = [\"B2C_1_signupsignin1\"]");
    let before = demo.tree();
    demo.succeeds(&migrate(&NEW));
    let table = settings(&demo);
    let provider = &table["profile"]["tenant"]["provider"];
    let expected: toml::Table = format!(
        "kind = \"external-id\"\ntenant = \"fabrikam\"\nclient_id = \"{NEW_ID}\"\n\
         response_mode = \"query\"\nclient_secret = {{ env = \"B2C_EXTERNAL_ID_CLIENT_SECRET\" }}"
    )
    .parse()
    .expect("TOML");
    assert_eq!(provider.as_table(), Some(&expected));
    assert!(demo.read("b2c.toml").contains("# ours"));
    assert!(
        demo.read(".env.example")
            .contains("B2C_EXTERNAL_ID_CLIENT_SECRET=")
    );
    // The emulator is External ID from now on, too.
    let emulator = &table["profile"]["emulator"];
    assert_eq!(emulator["provider"]["kind"].as_str(), Some("external-id"));
    let api = emulator["downstream"][0]["resource"].as_str();
    assert_eq!(api, Some("api://11112222-bbbb-3333-cccc-4444dddd5555"));
    // `update` has nothing against it.
    demo.succeeds(&["update", "--check"]);
    let again = demo.json(&migrate(&["--json"]));
    assert_eq!(again["step"], "done");
    demo.succeeds(&["undo"]);
    assert_eq!(demo.tree(), before);
}

/// As [`b2c`], with an API that the app calls.
fn with_api() -> Demo {
    let demo = b2c();
    demo.replace(
        "b2c.toml",
        "# [[profile.tenant.downstream]]\n# name = \"demo\"",
        "# None yet.\n#",
    );
    let downstream = "\n[[profile.tenant.downstream]]\nname = \"demo\"\nbase_url = \"https://api.contoso.com\"\n\
                      resource = \"https://contoso.onmicrosoft.com/demo-api\"\nscopes = [\"demo.read\"]\n";
    demo.write(
        "b2c.toml",
        &format!("{}{downstream}", demo.read("b2c.toml")),
    );
    demo
}

#[test]
fn a_second_time_the_rule_alone_changes() {
    let demo = with_api();
    let resource = format!("demo={API}");
    let more = [
        "--percent",
        "10",
        "--email-domain",
        "fabrikam.com",
        "--resource",
        &resource,
    ];
    demo.succeeds(&[beside(), more.to_vec()].concat());
    // The redirect URI to register is the new one's; the API that is there is told of no more.
    let document = demo.json(&migrate(&["--json"]));
    let found = document["findings"].as_array().expect("a list");
    let uri = found.iter().find(|one| one["code"] == "EXT012");
    let uri = uri.and_then(|one| one["found"].as_str());
    assert_eq!(uri, Some("http://localhost:5000/getAToken/external-id"));
    assert!(
        !found
            .iter()
            .any(|one| one["code"] == "EXT011" && one["file"] == "b2c.toml")
    );

    // Twice the same is nothing.
    let rule = migrate(&["--side-by-side", "--percent", "100"]);
    demo.succeeds(&rule);
    let routing = settings(&demo)["profile"]["tenant"]["routing"].clone();
    assert_eq!(routing["percent"].as_integer(), Some(100));
    let domains = routing["email_domains"].as_array().map(Vec::len);
    assert_eq!(domains, Some(1));
    let same = demo.tree();
    demo.succeeds(&rule);
    assert_eq!(demo.tree(), same);
}

#[test]
fn both_are_there_until_it_is_finished() {
    let demo = with_api();
    let before = demo.tree();
    let resource = format!("demo={API}");
    let more = [
        "--percent",
        "10",
        "--email-domain",
        "fabrikam.com",
        "--resource",
        &resource,
    ];
    let output = demo.run_with(
        &[beside(), more.to_vec(), vec!["--client-secret-stdin"]].concat(),
        "new-secret\n",
    );
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(!stdout(&output).contains("new-secret"));
    assert!(
        demo.read(".env")
            .contains("B2C_EXTERNAL_ID_CLIENT_SECRET=new-secret")
    );

    let own = settings(&demo)["profile"]["tenant"].clone();
    let providers = &own["providers"];
    assert_eq!(
        providers["default"]["redirect_path"].as_str(),
        Some("/getAToken")
    );
    assert_eq!(providers["default"]["client_id"].as_str(), Some(OLD_ID));
    assert_eq!(
        providers["external-id"]["tenant"].as_str(),
        Some("fabrikam")
    );
    assert_eq!(own["app"]["default_provider"].as_str(), Some("default"));
    assert_eq!(own["routing"]["percent"].as_integer(), Some(10));
    let apis = own["downstream"].as_array().expect("APIs").iter();
    let apis: Vec<_> = apis
        .map(|api| (api["provider"].as_str(), api["resource"].as_str()))
        .collect();
    let old_api = "https://contoso.onmicrosoft.com/demo-api";
    assert_eq!(
        apis,
        [
            (Some("default"), Some(old_api)),
            (Some("external-id"), Some(API))
        ]
    );
    // Comments stay where they are, the profile of the emulator is B2C's, and the heading explains.
    let text = demo.read("b2c.toml");
    assert!(text.contains("# Only with a custom domain"), "{text}");
    assert!(
        text.contains("[profile.emulator.provider]\nkind = \"b2c\""),
        "{text}"
    );
    assert!(
        text.contains("# Who signs in at the new provider"),
        "{text}"
    );
    demo.succeeds(&["update", "--check"]);

    demo.succeeds(&migrate(&["--finish"]));
    let own = settings(&demo)["profile"]["tenant"].clone();
    let names: Vec<_> = own["providers"]
        .as_table()
        .expect("providers")
        .keys()
        .collect();
    assert_eq!(names, ["external-id"]);
    assert!(
        own.get("routing").is_none() && own.get("app").is_none(),
        "{own}"
    );
    let apis = own["downstream"].as_array().expect("APIs");
    assert_eq!(apis.len(), 1);
    assert_eq!(apis[0]["resource"].as_str(), Some(API));
    assert!(apis[0].get("provider").is_none());
    assert!(demo.read("b2c.toml").contains("Your External ID tenant"));

    for _ in 0..2 {
        demo.succeeds(&["undo"]);
    }
    assert_eq!(demo.tree(), before);
}

#[test]
fn marks_are_comments_and_no_more() {
    let demo = b2c();
    let code = "pub fn key(session: &tower_b2c::Session) -> Option<&str> {\n    \
                session\n        .claims()\n        .get(\"emails\")?\n        .as_str()\n}\n";
    demo.write("src/members.rs", code);
    demo.succeeds(&migrate(&["--mark", "--report", "migration.md"]));
    let marked = demo.read("src/members.rs");
    let mark =
        "        // TODO(external-id): there is no `emails` (EXT003)\n        .get(\"emails\")?";
    assert!(marked.contains(mark), "{marked}");
    let without: Vec<_> = marked
        .lines()
        .filter(|line| !line.contains("TODO"))
        .collect();
    assert_eq!(without.join("\n") + "\n", code);
    // The page tells of the lines as they are now.
    let page = demo.read("migration.md");
    assert!(page.contains("`src/members.rs:5`"), "{page}");
    let once = demo.tree();
    demo.succeeds(&migrate(&["--mark", "--report", "migration.md"]));
    assert_eq!(demo.tree(), once);
}

#[test]
fn nothing_is_written_where_it_is_only_shown_or_refused() {
    let demo = b2c();
    let before = demo.tree();
    let shown = demo.run(&[beside(), vec!["--diff"]].concat());
    assert!(stdout(&shown).contains("+[profile.tenant.providers.external-id]"));
    demo.succeeds(&[beside(), vec!["-n", "--mark", "--report", "a.md"]].concat());
    let id = ["--client-id", NEW_ID];
    for (more, exit, said) in [
        (vec!["--tenant", "fabrikam"], 2, "--tenant and --client-id"),
        (id.to_vec(), 2, "--tenant and --client-id"),
        (vec!["--side-by-side"], 2, "takes the new tenant"),
        (vec!["--percent", "10"], 2, "--side-by-side"),
        (vec!["--finish"], 5, "nowhere else yet"),
        (vec!["--finish", "--side-by-side"], 2, "cannot be used with"),
        (vec!["--profile", "nobody"], 2, "no profile \"nobody\""),
        (
            [&NEW[..], &["--percent", "101", "--side-by-side"]].concat(),
            2,
            "101",
        ),
        (
            [&NEW[..], &["--client-secret", "s3cret"]].concat(),
            5,
            "list of processes",
        ),
        ([&NEW[..], &["--resource", "demo"]].concat(), 2, "NAME=URI"),
        (vec!["--report", "../a.md"], 5, "out of the project"),
        (
            vec!["--tenant", "fab rikam", "--client-id", NEW_ID],
            1,
            "provider.tenant",
        ),
        (
            vec!["--tenant", "fabrikam", "--client-id", "x"],
            1,
            "provider.client_id",
        ),
    ] {
        let output = demo.run(&migrate(&more));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(exit), "{more:?}: {told}");
        assert!(told.contains(said), "{more:?}: {told}");
        assert!(!told.contains("s3cret"));
    }
    let elsewhere = demo.run(&["migrate", "--to", "entra"]);
    assert_eq!(elsewhere.status.code(), Some(2));
    assert_eq!(demo.tree(), before);
}

#[test]
fn other_kinds_and_broken_files_are_told_apart() {
    let cases: [(&str, i32, &str); 6] = [
        (
            "[app]\nbase_url = \"http://localhost:5000\"\n",
            5,
            "no provider",
        ),
        (
            "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\n",
            5,
            "of kind oidc",
        ),
        ("[provider]\nkind = \n", 1, "b2c.toml:2:"),
        (
            "[provider]\ntenant = \"a\"\n[profile.tenant.provider]\ntenant = \"b\"\n",
            5,
            "a part in [profile.tenant]",
        ),
        (
            "[providers.a]\ntenant = \"a\"\n[providers.b]\ntenant = \"b\"\n",
            5,
            "several providers",
        ),
        (
            "[provider]\nkind = \"external-id\"\ntenant = \"a\"\n",
            5,
            "already",
        ),
    ];
    for (text, exit, said) in cases {
        let demo = Demo::new();
        demo.write("b2c.toml", text);
        let before = demo.tree();
        let output = demo.run(&migrate(&NEW));
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(exit), "{text}: {told}");
        assert!(told.contains(said), "{text}: {told}");
        assert_eq!(demo.tree(), before);
    }
    let nowhere = tempfile::tempdir().expect("a directory");
    let output = Demo::new().run(&migrate(&["-C", &nowhere.path().to_string_lossy()]));
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
}

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
#[cfg(unix)]
fn what_cannot_be_written_stays_as_it_is() {
    use std::os::unix::fs::PermissionsExt;
    let demo = b2c();
    let before = demo.tree();
    let read_only = fs::Permissions::from_mode(0o555);
    let usual = fs::metadata(demo.root()).expect("there").permissions();
    fs::set_permissions(demo.root(), read_only).expect("set");
    // Whoever is root may write anywhere.
    let may = fs::write(demo.root().join("probe"), "").is_ok();
    let output = demo.run(&beside());
    fs::set_permissions(demo.root(), usual).expect("set");
    if may {
        return;
    }
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    assert_eq!(demo.tree(), before);
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
