//! What a move takes along, what it takes out, and what it leaves to people: settings of one
//! registration, comments, files, sessions.

use super::program::stderr;
use super::{NEW, b2c, beside, migrate};

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
