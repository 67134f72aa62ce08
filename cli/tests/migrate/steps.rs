//! The move itself: at once, or with both providers until it is finished.

use cargo_b2c_init::Template;

use super::program::{Demo, stderr, stdout};
use super::{API, NEW, NEW_ID, OLD_ID, b2c, b2c_of, beside, migrate, settings, with_api};

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
    demo.succeeds(&["update"]);
    assert_eq!(settings(&demo), table);
    let again = demo.json(&migrate(&["--json"]));
    assert_eq!(again["step"], "done");
    for _ in 0..2 {
        demo.succeeds(&["undo"]);
    }
    assert_eq!(demo.tree(), before);
}

#[test]
fn a_second_time_the_rule_alone_changes() {
    let demo = with_api();
    let rule = by_rule();
    let more = rule.each_ref().map(String::as_str);
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
    let rule = by_rule();
    let more = rule.each_ref().map(String::as_str);
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
fn a_step_that_is_only_shown_is_followed_by_itself_and_by_nothing_that_comes_after_it() {
    let next = |demo: &Demo, step: &[&str], more: &[&str]| {
        let document = demo.json(&[step, more, &["--json"]].concat());
        let next = document["next"].as_array().expect("a list").iter();
        let next: Vec<_> = next.map(|step| step.as_str().map(str::to_owned)).collect();
        let next: Option<Vec<_>> = next.into_iter().collect();
        (
            next.expect("texts").join("\n"),
            document["warnings"].to_string(),
        )
    };
    let finish = migrate(&["--finish"]);
    for (only_tokens, after) in [(false, "client secret out"), (true, "")] {
        let demo = if only_tokens {
            b2c_of(Template::Api)
        } else {
            b2c()
        };
        let begin = if only_tokens {
            migrate(&["--tenant", "fabrikam", "--side-by-side"])
        } else {
            beside()
        };
        let (shown, _) = next(&demo, &begin, &["-n"]);
        assert_eq!(shown, "the same without -n, to write it");
        let (shown, _) = next(&demo, &begin, &["-n", "--diff"]);
        assert_eq!(shown, "the same without -n and --diff, to write it");
        let (made, _) = next(&demo, &begin, &[]);
        let (before, command) = made.rsplit_once(": ").expect("a command");
        assert!(command.starts_with("cargo b2c-init migrate"), "{made}");
        assert!(!before.is_empty() && !made.contains('#'), "{made}");

        // What the step means for users is told before it, too.
        let (shown, warned) = next(&demo, &finish, &["--diff"]);
        assert_eq!(shown, "the same without --diff, to write it");
        assert!(warned.contains("of B2C"), "{warned}");
        let (made, warned_again) = next(&demo, &finish, &[]);
        assert!(!made.contains("the same"), "{made}");
        assert!(made.contains(after), "{made}");
        assert_eq!(warned_again, warned);
        // Where nothing would be written there is nothing to write.
        let (shown, _) = next(&demo, &finish, &["-n"]);
        assert!(!shown.contains("the same"), "{shown}");
    }
}

/// A tenth and everybody of a domain go to the new tenant, which has the API, too.
fn by_rule() -> [String; 6] {
    let resource = format!("demo={API}");
    [
        "--percent",
        "10",
        "--email-domain",
        "fabrikam.com",
        "--resource",
        &resource,
    ]
    .map(str::to_owned)
}
