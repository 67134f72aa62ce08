//! SECURITY.md is held against the lists of requirements, and against the tests that there are.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One row of a table: what it is about and what shows it.
struct Row {
    id: String,
    shown_by: String,
}

fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// The rows of the table under this heading.
fn table(heading: &str) -> Vec<Row> {
    let text = std::fs::read_to_string(repository().join("SECURITY.md")).unwrap();
    let (_, section) = text.split_once(&format!("### {heading}\n")).expect(heading);
    let section = section.split("\n### ").next().unwrap();
    let rows = section.lines().filter(|line| line.starts_with("| "));
    let rows = rows.map(|line| {
        let cells: Vec<_> = line.trim_matches('|').split(" | ").map(str::trim).collect();
        let [id, requirement, shown_by] = cells[..] else {
            panic!("three cells: {line}");
        };
        assert!(!requirement.is_empty(), "{line}");
        let (id, shown_by) = (id.to_owned(), shown_by.to_owned());
        Row { id, shown_by }
    });
    // Without the heads.
    rows.skip(1).collect()
}

fn ids(rows: &[Row]) -> BTreeSet<String> {
    let ids = rows.iter().flat_map(|row| row.id.split(", "));
    ids.map(str::to_owned).collect()
}

/// Every test of the crate, by the path of its module: `middleware::bad_input::two_tabs`.
fn tests() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    for folder in ["src", "tests"] {
        collect(&root.join(folder), "", &mut found);
    }
    found
}

fn collect(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() {
            collect(&path, &format!("{module}::{name}"), found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            let module = match name.as_str() {
                "mod" | "main" | "lib" => module.to_owned(),
                name => format!("{module}::{name}"),
            };
            let text = std::fs::read_to_string(&path).unwrap();
            let mut lines = text.lines().map(str::trim);
            while let Some(line) = lines.next() {
                if line != "#[test]" && !line.starts_with("#[tokio::test") {
                    continue;
                }
                let declared = lines.find(|line| line.contains("fn ")).unwrap();
                let (_, name) = declared.split_once("fn ").unwrap();
                let name = name.split('(').next().unwrap();
                found.insert(format!("{module}::{name}"));
            }
        }
    }
}

/// What is in backticks and looks like a test.
fn named(text: &str) -> impl Iterator<Item = &str> {
    let code = text.split('`').skip(1).step_by(2);
    code.filter(|code| code.contains("::"))
}

#[test]
fn every_requirement_is_shown_or_does_not_apply() {
    let tests = tests();
    assert!(tests.len() > 200, "{} tests were found", tests.len());
    for heading in [
        "RFC 9700 and its update",
        "OWASP ASVS 5: V7, V9, V10",
        "Faults that others have had",
    ] {
        for Row { id, shown_by } in table(heading) {
            for name in named(&shown_by) {
                let end = format!("::{name}");
                let known = tests.iter().any(|test| test.ends_with(&end));
                assert!(known, "{id}: there is no test {name}");
            }
            if let Some(file) = shown_by.strip_prefix("Documented: ") {
                assert!(
                    repository().join(file).is_file(),
                    "{id}: there is no {file}"
                );
            } else if let Some(reason) = shown_by.strip_prefix("Not applicable: ") {
                assert!(reason.len() > 20, "{id}: why not?");
            } else {
                assert!(named(&shown_by).next().is_some(), "{id}: shown by nothing");
            }
        }
    }
}

#[test]
fn no_requirement_is_left_out() {
    let found = ids(&table("RFC 9700 and its update"));
    assert_eq!(found, (1..=19).map(|number| format!("R{number}")).collect());

    let numbered = |section: &str, most: usize| {
        let section = section.to_owned();
        (1..=most).map(move |number| format!("{section}.{number}"))
    };
    // Version 5.0.0 has so many requirements in each section that is about clients.
    let sections = [
        ("7.1", 3),
        ("7.2", 4),
        ("7.3", 2),
        ("7.4", 5),
        ("7.5", 3),
        ("7.6", 2),
        ("9.1", 3),
        ("9.2", 4),
        ("10.1", 2),
        ("10.2", 3),
        ("10.3", 5),
        ("10.5", 5),
    ];
    let expected = sections
        .iter()
        .flat_map(|&(section, most)| numbered(section, most));
    assert_eq!(ids(&table("OWASP ASVS 5: V7, V9, V10")), expected.collect());

    let found = ids(&table("Faults that others have had"));
    for number in 1..=28 {
        assert!(found.contains(&format!("H{number}")), "H{number}");
    }
    let advisories = ["CVE-", "GHSA-", "RUSTSEC-"];
    let advisories = found
        .iter()
        .filter(|id| advisories.iter().any(|kind| id.starts_with(kind)));
    assert!(advisories.count() >= 30, "{found:?}");
}

#[test]
fn no_crate_that_leaks_by_timing_is_linked() {
    let lock = std::fs::read_to_string(repository().join("Cargo.lock")).unwrap();
    assert!(
        lock.contains("name = \"aws-lc-rs\""),
        "the lock file was read"
    );
    for crate_name in [
        "rsa",
        "openssl",
        "openssl-sys",
        "native-tls",
        "jsonwebtoken",
    ] {
        let line = format!("name = \"{crate_name}\"");
        assert!(!lock.lines().any(|found| found == line), "{crate_name}");
    }
}
