//! What pages show of files, and what they say that the code has, is there.

#![allow(clippy::unwrap_used, reason = "these are tests, helpers included")]

use std::collections::BTreeSet;
use std::fs;

use site::{Page, Place, Repository};

/// Above a block stands which file it is from: `<!-- file: path -->`.
#[test]
fn every_block_of_a_file_is_in_it() {
    let mut compared = 0;
    for page in Repository::pages().unwrap() {
        for fence in page.fences() {
            let Some(path) = fence.remark("file") else {
                continue;
            };
            let file = fs::read_to_string(Repository::root().join(path)).unwrap();
            let (file, shown) = (lines(&file), lines(&fence.code));
            let place = format!("{}:{}", page.place(), fence.line);
            assert!(!shown.is_empty(), "{place} shows nothing");
            let there = file.windows(shown.len()).any(|part| part == shown);
            assert!(there, "{place} is not in {path}:\n{}", shown.join("\n"));
            compared += 1;
        }
    }
    assert!(compared > 4, "only {compared} blocks name a file");
}

/// Every page with a program on it is one of the documentation tests.
#[test]
fn every_program_is_compiled() {
    let list = fs::read_to_string(Repository::root().join("tests/guides/src/pages.rs")).unwrap();
    for page in Repository::guides().unwrap() {
        let name = page.place().path().strip_prefix("docs/").unwrap();
        let fences = page.fences();
        let mut programs = fences.iter().filter(|fence| fence.is("rust"));
        // Those of a file are compiled there.
        let has_programs = programs.any(|fence| fence.remark("file").is_none());
        let listed = list.contains(&format!("\"{name}\""));
        assert_eq!(has_programs, listed, "{name} in tests/guides/src/pages.rs");
        let left_out = page.fences().into_iter().find(|fence| {
            let words = ["ignore", "text", "compile_fail"];
            fence.is("rust")
                && words
                    .iter()
                    .any(|word| fence.words.iter().any(|w| w == word))
        });
        assert_eq!(left_out, None, "{name} has a program that nobody compiles");
    }
}

/// The troubleshooting page has every reason that the layer gives, with the title of its page.
#[test]
fn every_reason_and_every_title_is_the_layers() {
    let source = |name: &str| {
        fs::read_to_string(Repository::root().join("middleware/src/flow").join(name)).unwrap()
    };
    let refusal = source("refusal.rs");
    let (_, reasons) = refusal.split_once("fn reason(&self)").unwrap();
    let (reasons, _) = reasons.split_once("\n    }\n").unwrap();
    let reasons: BTreeSet<_> = reasons.split('"').skip(1).step_by(2).collect();
    assert!(reasons.len() > 20, "{reasons:?}");

    let page = page("docs/troubleshooting.md");
    let (_, table) = page.text().split_once("## Every reason").unwrap();
    let rows = table
        .lines()
        .filter(|line| line.starts_with("| `") && !line.contains("The page"));
    let titles = format!("{refusal}{}", source("reaction_page.rs"));
    let mut listed = BTreeSet::new();
    for row in rows {
        let mut cells = row.split('|').skip(1);
        let names = cells.next().unwrap();
        listed.extend(names.split('`').skip(1).step_by(2));
        if let Some(title) = cells.next().unwrap().split("**").nth(1) {
            assert!(
                titles.contains(&format!("\"{title}\"")),
                "no page is called {title}"
            );
        }
    }
    assert_eq!(listed, reasons);
}

fn page(path: &str) -> Page {
    Repository::page(&Place::new(path).unwrap()).unwrap()
}

/// Without indentation.
fn lines(text: &str) -> Vec<&str> {
    text.trim().lines().map(str::trim).collect()
}
