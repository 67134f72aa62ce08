//! What is found of B2C in an app, and the comments that mark it.

use super::{b2c, findings, migrate};

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
