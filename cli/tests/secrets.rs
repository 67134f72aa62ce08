//! Client secrets: how they get into a project, and that they get nowhere else.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

mod program;

use program::{Demo, run_from, stderr, stdout};

const SECRET: &str = "hunter2~it's";
const ID: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const SET: &[&str] = &["tenant", "set", "contoso", "--client-secret-stdin"];

#[test]
fn a_secret_from_standard_input_goes_into_env_alone() {
    let demo = Demo::new();
    let output = demo.run_with(SET, &format!("{SECRET}\n"));
    assert!(output.status.success(), "{}", stderr(&output));
    let env = dotenvy::from_path_iter(demo.root().join(".env")).expect("readable");
    let value = env.flatten().find(|(name, _)| name == "B2C_CLIENT_SECRET");
    assert_eq!(value.expect("a line").1, SECRET);
    for (path, bytes) in demo.tree() {
        let has = String::from_utf8_lossy(&bytes).contains("hunter2");
        assert_eq!(has, path.ends_with(".env"), "{}", path.display());
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(demo.root().join(".env")).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        // The journal has the previous secrets.
        let journal = demo.root().join(".b2c/undo/1");
        let metadata = std::fs::metadata(journal).expect("there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o700);
    }
}

#[test]
fn no_output_shows_a_secret() {
    for extra in [
        &["-n"][..],
        &["--diff"],
        &["--json"],
        &["--diff", "--json"],
        &["-v"],
    ] {
        let demo = Demo::new();
        let before = demo.read(".env");
        let output = demo.run_with(&[SET, extra].concat(), SECRET);
        assert!(output.status.success(), "{}", stderr(&output));
        let shown = stdout(&output) + &stderr(&output);
        assert!(
            shown.contains(".env") && !shown.contains("hunter2"),
            "{extra:?}: {shown}"
        );
        let key = before
            .lines()
            .find_map(|line| line.strip_prefix("B2C_COOKIE_KEY="));
        assert!(!shown.contains(key.expect("a key")), "{extra:?}: {shown}");
    }
}

#[test]
fn a_secret_is_not_written_where_git_sees_it() {
    let demo = Demo::new();
    demo.git(&["init", "-q"]);
    assert!(
        demo.run_with(SET, SECRET).status.success(),
        "ignored by the template's .gitignore"
    );
    demo.succeeds(&["undo"]);

    demo.write(".gitignore", "/target\n");
    let before = demo.tree();
    let output = demo.run_with(SET, SECRET);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains(".gitignore"),
        "{}",
        stderr(&output)
    );
    assert!(demo.tree() == before, "nothing was written");

    // Tracked, though the ignore file names it.
    demo.git(&["add", ".env"]);
    demo.write(".gitignore", "/target\n/.env\n");
    let output = demo.run_with(SET, SECRET);
    assert_eq!(output.status.code(), Some(5));
    assert!(
        stderr(&output).contains("git rm --cached"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn a_repository_is_where_the_project_really_is() {
    let demo = Demo::named("repository/app");
    let repository = demo.outside().join("repository");
    demo.git(&["init", "-q", ".."]);
    demo.git(&["add", "--force", ".env"]);
    let other = Demo::new();
    let around = other.outside().join("around");
    std::fs::create_dir(&around).expect("created");
    let refused = |from: &std::path::Path, place: &str| {
        let before = demo.tree();
        let output = run_from(from, &[SET, &["-C", place]].concat(), SECRET);
        assert_eq!(
            output.status.code(),
            Some(5),
            "{place}: {}",
            stdout(&output)
        );
        assert!(demo.tree() == before, "nothing was written");
    };
    refused(&repository, "app");
    #[cfg(unix)]
    {
        use std::os::unix::fs::symlink;
        symlink("repository/app", demo.outside().join("link")).expect("linked");
        refused(demo.outside(), "link");
        // The file that is written to is the one that the link leads to.
        let env = demo.root().join(".env");
        std::fs::rename(&env, demo.root().join("settings")).expect("moved");
        symlink("settings", env).expect("linked");
        demo.git(&["rm", "-qf", "--cached", ".env"]);
        demo.git(&["add", "settings"]);
        refused(&repository, "app");
    }

    // Whoever calls from a repository has the project beside it all the same.
    let output = std::process::Command::new("git")
        .args(["init", "-q"])
        .arg(&around)
        .output();
    assert!(output.expect("git runs").status.success());
    let set = [SET, &["-C", "../demo"]].concat();
    let output = run_from(&around, &set, SECRET);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(other.read(".env").contains("hunter2"));
}

#[test]
fn git_that_cannot_be_asked_is_told_as_it_is() {
    let demo = Demo::new();
    demo.git(&["init", "-q"]);
    demo.write(".git/config", "[broken");
    let before = demo.tree();
    let output = demo.run_with(SET, SECRET);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(5), "{told}");
    assert!(
        told.contains("git does not say") && told.contains("fatal: bad config"),
        "{told}"
    );
    assert!(!told.contains(".gitignore"), "{told}");
    assert!(demo.tree() == before, "nothing was written");

    let findings = demo.json(&["doctor", "--offline", "--json"])["findings"].clone();
    let found = findings.as_array().expect("findings");
    let found: Vec<_> = found
        .iter()
        .filter(|found| found["code"] == "B2C019")
        .collect();
    let [found] = found[..] else {
        panic!("{findings}");
    };
    let told = found["found"].as_str().expect("words");
    assert!(told.contains("fatal: bad config"), "{told}");
    assert!(stdout(&demo.run(&["explain", "B2C019"])).contains("Git cannot be asked"));
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let demo = Demo::new();
    let before = demo.tree();
    for arguments in [
        &["tenant", "set", "--client-secret", "hunter2"][..],
        &["tenant", "set", "--client-secret=hunter2", "--json"],
        &["tenant", "add", "prod", "--client-secret", "-hunter2"],
    ] {
        let output = demo.run(arguments);
        assert_eq!(output.status.code(), Some(5), "{arguments:?}");
        assert!(!(stdout(&output) + &stderr(&output)).contains("hunter2"));
    }
    assert!(demo.tree() == before, "nothing was written");
}

#[test]
fn references_are_written_as_they_are_given() {
    let demo = Demo::new();
    demo.succeeds(&["tenant", "set", "--client-secret-file", "/run/secrets/b2c"]);
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret = { file = \"/run/secrets/b2c\" }")
    );
    demo.succeeds(&["tenant", "set", "--client-secret-env", "MY_SECRET"]);
    assert!(
        demo.read("b2c.toml")
            .contains("client_secret = { env = \"MY_SECRET\" }")
    );
    assert!(demo.read(".env.example").contains("MY_SECRET=\n"));
    assert_eq!(
        demo.run_with(SET, "").status.code(),
        Some(2),
        "no secret came"
    );
}

/// A provider of a profile, with the variable that its client secret is in.
fn variable(demo: &Demo, path: &[&str]) -> String {
    let table: toml::Table = demo.read("b2c.toml").parse().expect("TOML");
    let root = toml::Value::Table(table);
    let provider = path.iter().try_fold(&root, |item, key| item.get(key));
    let name = provider.and_then(|provider| provider.get("client_secret")?.get("env")?.as_str());
    name.expect("a variable").to_owned()
}

#[test]
fn a_new_secret_never_takes_the_place_of_anothers() {
    let demo = Demo::new();
    demo.run_with(SET, "of-tenant\n");
    let more = "
[profile.staging.providers.default]
tenant = 'contososta'
client_id = '00001111-aaaa-2222-bbbb-3333cccc4444'

[profile.staging.providers.tenant]
tenant = 'contosotwo'
client_id = '00001111-aaaa-2222-bbbb-3333cccc4444'

[profile.prod.providers.default]
tenant = 'contosopro'
client_id = '00001111-aaaa-2222-bbbb-3333cccc4444'
";
    demo.write("b2c.toml", &(demo.read("b2c.toml") + more));
    let several = [
        ("prod", "default"),
        ("staging", "default"),
        ("staging", "tenant"),
    ];
    let mut wanted = vec![("B2C_CLIENT_SECRET".to_owned(), "of-tenant".to_owned())];
    for (profile, provider) in several {
        let set = ["tenant", "set", "--client-secret-stdin"];
        let whose = ["--profile", profile, "--provider", provider];
        let value = format!("of-{profile}-{provider}");
        let output = demo.run_with(&[&set[..], &whose].concat(), &value);
        assert!(output.status.success(), "{}", stderr(&output));
        let path = ["profile", profile, "providers", provider];
        wanted.push((variable(&demo, &path), value));
    }
    for profile in ["staging-eu", "staging_eu"] {
        let add = ["tenant", "add", profile, "--client-secret-stdin"];
        let rest = ["--tenant", "contosoeu", "--client-id", ID];
        let flow = ["--sign-up-sign-in", "B2C_1_susi"];
        let output = demo.run_with(&[&add[..], &rest, &flow].concat(), profile);
        assert!(output.status.success(), "{}", stderr(&output));
        let name = variable(&demo, &["profile", profile, "provider"]);
        wanted.push((name, profile.to_owned()));
    }
    let env = dotenvy::from_path_iter(demo.root().join(".env")).expect("readable");
    let lines: Vec<_> = env.flatten().collect();
    for line in &wanted {
        let same = lines.iter().filter(|(name, _)| *name == line.0);
        assert_eq!(same.collect::<Vec<_>>(), [line]);
    }
}

#[test]
fn a_value_of_env_that_is_no_secret_may_stand_in_other_files() {
    let demo = Demo::new();
    demo.git(&["init", "--quiet"]);
    let env = demo.read(".env");
    let more = "PUBLIC_ADDRESS=https://app.contoso.com\nMAIL_PASSWORD=of-nobody-0123456789\n";
    demo.write(".env", &format!("{env}{more}"));
    demo.write("notes.md", "https://app.contoso.com\n");
    demo.git(&["add", "notes.md"]);
    let told = || stdout(&demo.run(&["doctor", "--offline"]));
    assert!(!told().contains("B2C014"), "{}", told());
    demo.write("notes.md", "of-nobody-0123456789\n");
    assert!(told().contains("the value of MAIL_PASSWORD"), "{}", told());
}

#[test]
fn a_secret_file_that_is_written_with_a_dot_is_ignored_once() {
    let demo = Demo::new();
    demo.git(&["init", "--quiet"]);
    std::fs::create_dir(demo.root().join("secrets")).expect("made");
    demo.write("secrets/cs", "of nobody");
    let env = "client_secret = { env = \"B2C_CLIENT_SECRET\" }";
    demo.replace(
        "b2c.toml",
        env,
        "client_secret = { file = \"./secrets/cs\" }",
    );
    demo.run(&["doctor", "--offline", "--fix"]);
    let ignored = demo.read(".gitignore");
    assert!(ignored.contains("\n/secrets/cs\n"), "{ignored}");
    demo.run(&["doctor", "--offline", "--fix"]);
    assert_eq!(demo.read(".gitignore"), ignored);
}
