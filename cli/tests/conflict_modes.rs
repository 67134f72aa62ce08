//! `update --conflict`: what is left of files that people and the template have both changed.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

mod program;

use program::{Demo, stderr, stdout};

/// The page of the app has a line that both have changed, the settings a value, and the stylesheet of the
/// template is newer.
fn quarrel() -> Demo {
    let demo = Demo::new();
    let first = |text: &str| text.lines().next().expect("a line").to_owned();
    let pages = first(&demo.read("src/pages.rs"));
    demo.succeeds(&["eject", "*", "-q"]);
    demo.replace("src/pages.rs", &pages, "//! Mine.");
    demo.replace("b2c.toml", "\"/getAToken\"", "\"/mine\"");
    replace_template(&demo, "pages.rs", &pages, "//! New.");
    replace_template(&demo, "b2c.toml.jinja", "\"/getAToken\"", "\"/new\"");
    replace_template(&demo, "style.css", "{", "{ /* new */");
    demo
}

/// Edits an ejected file, in whichever folder its template has it.
fn replace_template(demo: &Demo, name: &str, from: &str, to: &str) {
    let templates = demo.root().join(".b2c/templates");
    let files = program::tree(&templates);
    let ends = |path: &&std::path::PathBuf| path.file_name().is_some_and(|own| own == name);
    let path = files.keys().find(ends).expect("a template");
    let text = std::fs::read_to_string(path).expect("readable");
    assert!(text.contains(from), "{from} is not in {name}");
    std::fs::write(path, text.replacen(from, to, 1)).expect("written");
}

#[test]
fn without_a_mode_nothing_is_written() {
    let demo = quarrel();
    let before = demo.tree();
    let output = demo.run(&["update"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(demo.tree() == before);
}

#[test]
fn a_sidecar_has_the_templates_version_and_the_file_stays() {
    let demo = quarrel();
    let (pages, settings) = (demo.read("src/pages.rs"), demo.read("b2c.toml"));
    let output = demo.run(&["update", "--conflict", "sidecar"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(
        stdout(&output).contains("conflict src/pages.rs:1"),
        "{}",
        stdout(&output)
    );
    let next = "next: when what is left is merged: cargo b2c-init update --prefer mine\n";
    assert!(stderr(&output).ends_with(next), "{}", stderr(&output));
    assert_eq!(
        (demo.read("src/pages.rs"), demo.read("b2c.toml")),
        (pages, settings)
    );
    assert!(demo.read("src/pages.rs.b2c-new").starts_with("//! New."));
    assert!(demo.read("b2c.toml.b2c-new").contains("\"/new\""));
    assert!(demo.read("static/style.css").contains("/* new */"));
    // What was left is a conflict still, and what was written is none any more.
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(3));
    demo.succeeds(&["update", "--prefer", "mine"]);
    assert_eq!(demo.run(&["update", "--check"]).status.code(), Some(0));
}

#[test]
fn markers_are_in_code_where_they_are_asked_for_and_never_in_settings() {
    let demo = quarrel();
    let before = demo.tree();
    let output = demo.run(&["update", "--conflict", "inline"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let pages = demo.read("src/pages.rs");
    for part in ["<<<<<<<", "//! Mine.", "=======", "//! New.", ">>>>>>>"] {
        assert!(pages.contains(part), "{pages}");
    }
    let settings = demo.read("b2c.toml");
    assert!(settings.contains("\"/mine\"") && !settings.contains("<<<<<<<"));
    assert!(demo.read("b2c.toml.b2c-new").contains("\"/new\""));
    demo.succeeds(&["undo"]);
    assert!(demo.tree() == before);
}

#[test]
fn a_mode_and_a_side_do_not_go_together() {
    let output = quarrel().run(&["update", "--conflict", "inline", "--prefer", "new"]);
    assert_eq!(output.status.code(), Some(2));
}
