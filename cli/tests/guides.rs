//! The transcripts in `docs/`: each page's files are written, its commands run, and what they say and
//! leave behind is compared with what the page shows. `UPDATE_PAGES=1` writes what they say.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

#[path = "guides/blocks.rs"]
mod blocks;
#[path = "guides/sandbox.rs"]
mod sandbox;

use std::fs;
use std::path::{Path, PathBuf};

use blocks::{Block, blocks};
use sandbox::Sandbox;
use toml::Value;

#[test]
fn commands_say_what_the_pages_say() {
    let mut run = 0;
    for page in pages() {
        let text = fs::read_to_string(&page).expect("a page");
        let all = blocks(&text);
        let sandbox = Sandbox::new();
        for (path, block) in with(&all, "save") {
            sandbox.write(path, block.code);
        }
        let mut said = text.clone();
        for block in all.iter().filter(|block| block.is("console")) {
            let transcript = sandbox.run(block.code);
            said = said.replace(block.code, &transcript);
            run += 1;
        }
        if std::env::var_os("UPDATE_PAGES").is_some() {
            fs::write(&page, &said).expect("written");
        }
        assert_eq!(text, said, "{}", page.display());
        for (path, block) in with(&all, "result") {
            let shown: Value = toml::from_str(block.code).expect("TOML");
            let result: Value = toml::from_str(&sandbox.read(path)).expect("TOML");
            assert!(
                has(&result, &shown),
                "{} shows of {path} what it has not",
                page.display()
            );
        }
    }
    assert!(run > 8, "only {run} transcripts");
}

/// The commands in shell blocks, of which some run for long or change a tenant, have at least the names
/// and the options that they are shown with.
#[test]
fn every_command_on_the_pages_is_one() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let sandbox = Sandbox::new();
    let mut seen = 0;
    for page in pages().into_iter().chain([readme]) {
        let text = fs::read_to_string(&page).expect("a page");
        for block in blocks(&text).iter().filter(|block| block.is("sh")) {
            // A command may go on over several lines.
            let code = block.code.replace("\\\n", " ");
            for line in code.lines() {
                let Some(at) = line.find("cargo b2c-init ") else {
                    continue;
                };
                let command = line[at..].split([';', '#', '>', '|']).next().expect("one");
                let words: Vec<_> = command.split_whitespace().collect();
                let help = format!("{} --help", words.join(" "));
                let said = sandbox.run(&format!("$ {help}"));
                assert!(!said.contains("\n? "), "{}: {said}", page.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "only {seen} commands");
}

/// Every page of `docs/`.
fn pages() -> Vec<PathBuf> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let mut pages = Vec::new();
    for folder in [docs.clone(), docs.join("migrate")] {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.extension().is_some_and(|extension| extension == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The blocks with such a remark above them, and what it says.
fn with<'t>(blocks: &[Block<'t>], name: &str) -> Vec<(&'t str, Block<'t>)> {
    let found = blocks
        .iter()
        .filter_map(|block| Some((block.remark(name)?, *block)));
    found.collect()
}

/// Is all that is shown there, as it is shown?
fn has(whole: &Value, shown: &Value) -> bool {
    match (whole, shown) {
        (Value::Table(whole), Value::Table(shown)) => shown
            .iter()
            .all(|(key, value)| whole.get(key).is_some_and(|there| has(there, value))),
        (whole, shown) => whole == shown,
    }
}
