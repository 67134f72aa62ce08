//! `tenant`, `update`, `diff`, `eject` and `undo`, through the program, in projects that people edited.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use cargo_b2c_init::Template;
use program::{Demo, stderr, stdout};

const TENANT: &[&str] = &["tenant", "set", "contoso", "--client-id", ID];
const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";

/// A project whose template goes on: ejected files are the template of the next version.
fn with_next_version(demo: &Demo, file: &str, from: &str, to: &str) {
    demo.succeeds(&["eject", "*", "-q"]);
    let path = format!(".b2c/templates/web-app/{file}");
    demo.replace(&path, from, to);
}

#[test]
fn an_update_meets_edits_in_other_places() {
    let demo = Demo::new();
    demo.replace("src/pages.rs", "use ", "// My own note.\nuse ");
    demo.replace("b2c.toml", "\nredirect_path", "\n# Mine.\nredirect_path");
    with_next_version(&demo, "b2c.toml.jinja", "\"/getAToken\"", "\"/callback\"");
    let last = demo
        .read("src/pages.rs")
        .lines()
        .last()
        .expect("a line")
        .to_owned();
    let path = ".b2c/templates/web-app/src/pages.rs";
    demo.write(path, &format!("{}// The template's.\n", demo.read(path)));

    let check = demo.run(&["update", "--check"]);
    assert_eq!(check.status.code(), Some(4), "{}", stderr(&check));
    let diff = demo.run(&["diff", "--exit-code"]);
    assert_eq!(diff.status.code(), Some(4));
    assert!(stdout(&diff).contains("+redirect_path = \"/callback\""));

    demo.succeeds(&["update"]);
    let pages = demo.read("src/pages.rs");
    assert!(pages.contains("// My own note.\n"));
    assert!(pages.ends_with(&format!("{last}\n// The template's.\n")));
    assert!(
        demo.read("b2c.toml")
            .contains("# Mine.\nredirect_path = \"/callback\"")
    );
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(0));
    let drift = stdout(&demo.run(&["diff", "--drift"]));
    assert!(
        drift.contains("+// My own note.") && !drift.contains("The template's"),
        "{drift}"
    );
}

#[test]
fn a_conflict_is_told_by_path_and_line_and_nothing_is_written() {
    let demo = Demo::new();
    demo.replace("b2c.toml", "\"/getAToken\"", "\"/mine\"");
    with_next_version(&demo, "b2c.toml.jinja", "\"/getAToken\"", "\"/callback\"");
    // A change without a conflict, which has to wait as well.
    let path = ".b2c/templates/web-app/src/pages.rs";
    demo.write(path, &format!("{}// The template's.\n", demo.read(path)));
    let before = demo.tree();

    let line = demo
        .read("b2c.toml")
        .lines()
        .position(|line| line.contains("/mine"));
    let place = format!(
        "b2c.toml:{}: app.redirect_path is \"/mine\"",
        line.expect("there") + 1
    );
    for arguments in [&["update"][..], &["update", "--check"], &["diff"]] {
        let output = demo.run(arguments);
        assert_eq!(output.status.code(), Some(3), "{arguments:?}");
        assert!(stderr(&output).contains(&place), "{}", stderr(&output));
    }
    let document = demo.json(&["update", "--json"]);
    assert_eq!(document["conflicts"][0]["key"], "app.redirect_path");
    assert_eq!(document["exit"], 3);
    assert!(demo.tree() == before, "nothing was written");

    demo.succeeds(&["update", "--prefer", "mine"]);
    assert!(demo.read("b2c.toml").contains("\"/mine\""));
    assert!(demo.read("src/pages.rs").ends_with("// The template's.\n"));
    demo.succeeds(&["undo"]);
    assert!(demo.tree() == before, "nothing was written");
    demo.succeeds(&["update", "--prefer", "new"]);
    assert!(demo.read("b2c.toml").contains("\"/callback\""));
}

#[test]
fn a_base_that_is_not_what_the_lock_file_has_is_not_merged_with() {
    let demo = Demo::new();
    demo.replace("src/pages.rs", "use ", "// Mine.\nuse ");
    demo.replace(
        ".b2c/base.txt",
        "=== src/pages.rs\n",
        "=== src/pages.rs\n // Of another branch.\n",
    );
    with_next_version(&demo, "src/pages.rs", "use ", "// New.\nuse ");
    let output = demo.run(&["update"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(
        stderr(&output).contains("src/pages.rs:1:"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn removed_files_stay_removed_until_they_are_asked_for() {
    let demo = Demo::new();
    demo.remove("static/style.css");
    demo.remove("src/api.rs");
    with_next_version(&demo, "src/api.rs", "use ", "// New.\nuse ");
    demo.succeeds(&["update"]);
    assert!(!demo.has("src/api.rs") && !demo.has("static/style.css"));
    demo.succeeds(&["update", "--restore", "src/api.rs"]);
    assert!(demo.read("src/api.rs").contains("// New.\n"));
    assert!(!demo.has("static/style.css"));
}

#[test]
fn pages_are_peoples_own_once_they_change_them() {
    let demo = Demo::new();
    demo.replace("static/style.css", "{", "{ /* mine */");
    let mine = demo.read("static/style.css");
    demo.succeeds(&["eject", "*", "-q"]);
    for file in ["static/style.css", "templates/home.html"] {
        let path = format!(".b2c/templates/web-app/{file}");
        demo.write(&path, &format!("{}<!-- new -->\n", demo.read(&path)));
    }
    let output = demo.run(&["update", "-v"]);
    assert!(
        stderr(&output).contains("static/style.css: is yours"),
        "{}",
        stderr(&output)
    );
    assert_eq!(demo.read("static/style.css"), mine);
    assert!(demo.read("templates/home.html").ends_with("<!-- new -->\n"));
}

#[test]
fn what_tenant_sets_survives_an_update() {
    let demo = Demo::new();
    demo.succeeds(TENANT);
    demo.succeeds(&[
        "tenant",
        "add",
        "prod",
        "--tenant",
        "contosoprod",
        "--client-id",
        "10001111-aaaa-2222-bbbb-3333cccc4444",
        "--sign-up-sign-in",
        "B2C_1_susi",
    ]);
    demo.succeeds(&["tenant", "use", "prod"]);
    with_next_version(&demo, "b2c.toml.jinja", "\"/getAToken\"", "\"/callback\"");
    demo.succeeds(&["update"]);
    let config = demo.read("b2c.toml");
    for text in [
        "\"contoso\"",
        "\"contosoprod\"",
        "\"/callback\"",
        "active_profile = \"prod\"",
    ] {
        assert!(config.contains(text), "{text} in\n{config}");
    }
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(0));
}

#[test]
fn a_value_changed_by_hand_is_not_overwritten_unasked() {
    let demo = Demo::new();
    demo.succeeds(TENANT);
    demo.replace(
        "b2c.toml",
        "tenant = \"contoso\"",
        "tenant = \"fabrikam\" # by hand",
    );
    let before = demo.tree();
    let output = demo.run(&["tenant", "set", "contoso"]);
    assert_eq!(output.status.code(), Some(3));
    let message = stderr(&output);
    assert!(
        message
            .contains("profile.tenant.provider.tenant is \"fabrikam\", would become \"contoso\""),
        "{message}"
    );
    assert!(demo.tree() == before, "nothing was written");
    demo.succeeds(&["tenant", "set", "contoso", "--prefer", "new"]);
    assert!(
        demo.read("b2c.toml")
            .contains("tenant = \"contoso\" # by hand")
    );
}

#[test]
fn what_is_asked_for_takes_the_place_of_what_people_filled_in() {
    let demo = Demo::new();
    let own = "99998888-7777-6666-5555-444433332222";
    for (key, value) in [("tenant", "fabrikam"), ("client_id", own)] {
        let text = demo.read("b2c.toml");
        let place = text
            .find(&format!("\n{key} = \"<"))
            .expect("the fill-in text");
        let line = text[place + 1..].lines().next().expect("a line").to_owned();
        let quotes: Vec<_> = line.match_indices('"').map(|(at, _)| at).collect();
        let rest = &line[quotes[1] + 1..];
        demo.replace(
            "b2c.toml",
            &line,
            &format!("{key} = \"{value}\"{rest} # ours"),
        );
    }
    demo.succeeds(&["update"]);
    let filled = demo.read("b2c.toml");
    assert!(filled.contains("\"fabrikam\""), "{filled}");
    demo.succeeds(&["tenant", "set", "contoso"]);
    let text = demo.read("b2c.toml");
    assert!(text.contains("tenant = \"contoso\""), "{text}");
    assert!(!text.contains("fabrikam"), "{text}");
    assert!(text.contains(" # ours"), "{text}");
    assert!(text.contains(own), "what was not asked for stays: {text}");
    demo.succeeds(&["update", "--check"]);
    // From here on it is this tool's: a change of it by hand is not overwritten unasked.
    demo.replace("b2c.toml", "\"contoso\"", "\"woodgrove\"");
    assert_eq!(
        demo.run(&["tenant", "set", "fabrikam"]).status.code(),
        Some(3)
    );

    let demo = Demo::of(Template::Api);
    let other = "api://44445555-dddd-6666-eeee-7777ffff8888";
    let by_hand = format!("[profile.tenant.api]\naudiences = [\"api://{own}\"]");
    let text = demo.read("b2c.toml");
    let place = text.find("[profile.tenant.api]").expect("the table");
    let end = place + text[place..].find("audiences").expect("the key");
    let end = end + text[end..].find('\n').expect("a line");
    demo.write(
        "b2c.toml",
        &(text[..place].to_owned() + &by_hand + &text[end..]),
    );
    demo.succeeds(&[
        "tenant",
        "set",
        "contoso",
        "--client-id",
        ID,
        "--audience",
        other,
    ]);
    let text = demo.read("b2c.toml");
    assert!(
        text.contains(&format!("audiences = [\"{other}\"]")),
        "{text}"
    );
}

#[test]
fn windows_line_endings_and_a_thousand_keys_of_ones_own_stay() {
    let demo = Demo::new();
    let own = (0..1000).map(|number| format!("key{number} = \"value {number}\" # {number}\n"));
    let own = own.collect::<Vec<_>>().concat();
    demo.write(
        "Cargo.toml",
        &format!("{}\n[package.metadata.own]\n{own}", demo.read("Cargo.toml")),
    );
    let windows = demo.read("Cargo.toml").replace('\n', "\r\n");
    demo.write("Cargo.toml", &windows);
    with_next_version(
        &demo,
        "Cargo.toml.jinja",
        "version = \"0.1.0\"\nedition",
        "version = \"0.2.0\"\nedition",
    );
    demo.succeeds(&["update"]);
    let expected = windows.replacen("version = \"0.1.0\"", "version = \"0.2.0\"", 1);
    assert!(
        demo.read("Cargo.toml") == expected,
        "one value changed, and nothing else"
    );
}

#[test]
fn a_project_of_somebody_elses_has_tenants_and_no_updates() {
    let demo = Demo::new();
    demo.remove("b2c.lock");
    demo.remove(".b2c/base.txt");
    demo.succeeds(TENANT);
    assert!(demo.read("b2c.toml").contains("tenant = \"contoso\""));
    assert!(!demo.has("b2c.lock"));

    demo.succeeds(&[
        "tenant",
        "set",
        "--client-id",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
    ]);
    let before = demo.tree();
    let change = ["tenant", "set", "fabrikam", "--kind", "external-id"];
    let output = demo.run(&change);
    assert_eq!(output.status.code(), Some(3), "everything is by hand");
    assert!(demo.tree() == before, "nothing was written");
    let output = demo.run(&[&change[..], &["--prefer", "new"]].concat());
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains("`sub` is another value"));
    let config = demo.read("b2c.toml");
    let (_, tenant) = config
        .split_once("[profile.tenant.provider]")
        .expect("there");
    assert!(
        tenant.contains("kind = \"external-id\"") && !tenant.contains("user_flows"),
        "{tenant}"
    );

    let output = demo.run(&["update"]);
    assert_eq!(output.status.code(), Some(5));
    assert!(stderr(&output).contains("b2c.lock"));
}

#[test]
fn a_profile_is_made_where_people_have_taken_out_all_of_them() {
    let demo = Demo::new();
    let text = demo.read("b2c.toml");
    let (above, _) = text.split_once("[profile.").expect("profiles");
    let flat = format!(
        "{}\n[provider]\ntenant = \"fabrikam\"\nclient_id = \"{ID}\"\n",
        above.replace("active_profile", "# active_profile")
    );
    demo.write("b2c.toml", &flat);
    let options = ["--client-id", ID, "--sign-up-sign-in", "B2C_1_susi"];
    let add = ["tenant", "add", "prod", "--tenant", "contoso"];
    let address = ["--base-url", "https://app.contoso.com"];
    demo.succeeds(&[&add[..], &options, &address].concat());
    let table: toml::Table = demo.read("b2c.toml").parse().expect("TOML");
    let profiles = table["profile"].as_table().expect("profiles");
    let names: Vec<_> = profiles.keys().collect();
    assert_eq!(names, ["prod"], "those that people took out stay out");
    assert_eq!(
        profiles["prod"]["provider"]["tenant"].as_str(),
        Some("contoso")
    );
    assert_eq!(table["provider"]["tenant"].as_str(), Some("fabrikam"));
}

#[test]
fn settings_that_are_not_toml_are_told_with_their_line_and_nothing_is_written() {
    let demo = Demo::new();
    demo.replace("b2c.toml", "\nredirect_path", "\noops oops\nredirect_path");
    let text = demo.read("b2c.toml");
    let line = text.lines().position(|line| line == "oops oops");
    let place = format!("b2c.toml:{}:", line.expect("the line") + 1);
    let before = demo.tree();
    for command in [
        &["update"][..],
        &["update", "--check"],
        &["update", "--deploy", "docker"],
        &["update", "--prefer", "new"],
        &["update", "--conflict", "sidecar"],
        &["diff"],
    ] {
        let output = demo.run(command);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(1), "{command:?}: {told}");
        assert!(told.contains(&place), "{command:?}: {told}");
        assert!(told.contains('^'), "{command:?}: {told}");
        assert_eq!(demo.tree(), before, "{command:?}");
    }
    // Where its secrets are nobody can say, so that only the fact is told.
    let drift = stdout(&demo.run(&["diff", "--drift"]));
    assert!(drift.contains("edit b2c.toml: not TOML"), "{drift}");
    assert!(!drift.contains("oops"), "{drift}");
}
