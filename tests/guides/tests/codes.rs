//! The table of error codes is the one by which the layer answers.

use std::fmt::Write as _;
use std::fs;

use site::{Place, Repository};
use tower_b2c::{Explanation, explanations};

#[test]
fn the_table_is_the_layers_own() {
    let place = Place::new("docs/error-codes.md").unwrap();
    let page = Repository::page(&place).unwrap();
    let (introduction, _) = page.text().split_once("\n## ").unwrap_or((page.text(), ""));
    let mut expected = introduction.trim_end().to_owned();
    for (title, prefix) in [
        ("Azure AD B2C", "AADB2C"),
        ("Entra ID and External ID", "AADSTS"),
    ] {
        let codes = explanations().filter(|explanation| explanation.code().starts_with(prefix));
        let _ = write!(expected, "\n\n## {title}\n\n{}", table(codes));
    }
    expected.push('\n');
    if std::env::var_os("UPDATE_PAGES").is_some() {
        fs::write(Repository::root().join(place.path()), &expected).unwrap();
        return;
    }
    assert_eq!(page.text(), expected, "UPDATE_PAGES=1 writes it");
}

fn table(codes: impl Iterator<Item = Explanation>) -> String {
    let rows = codes.map(|code| {
        format!(
            "| {} | {} | {} | {} |",
            code.code(),
            cell(code.meaning()),
            cell(code.reaction().description()),
            cell(code.advice().unwrap_or("nothing")),
        )
    });
    let head = ["| Code | Says | The layer | You |", "|---|---|---|---|"];
    let lines: Vec<_> = head.into_iter().map(str::to_owned).chain(rows).collect();
    lines.join("\n")
}

/// What would end a cell, or be taken for a tag or a link.
fn cell(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('<', "&lt;");
    text.replace("[[", "\\[\\[").replace("]]", "\\]\\]")
}
