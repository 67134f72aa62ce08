//! The fuzz targets on every test run: their committed corpora, and thousands of mutations of them.

#![allow(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    unreachable_pub,
    reason = "a test has no public API and ends at the first surprise"
)]

mod mutator;

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;

use mutator::Mutator;
use tower_b2c::fuzzing::{TARGETS, Target};

/// How many mutations of its corpus each target is fed.
const MUTATIONS: usize = 3000;

#[test]
fn every_parser_takes_its_corpus_and_mutations_of_it() {
    let failed: Vec<String> = std::thread::scope(|scope| {
        let running: Vec<_> = TARGETS
            .iter()
            .map(|target| scope.spawn(|| fails(target)))
            .collect();
        let ended = running.into_iter().map(|thread| thread.join().unwrap());
        ended.flatten().collect()
    });
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn the_fuzzer_the_tests_and_the_corpora_have_the_same_targets() {
    let targets: BTreeSet<_> = TARGETS
        .iter()
        .map(|target| target.name.to_owned())
        .collect();
    let manifest = std::fs::read_to_string(fuzz().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    let binaries = manifest["bin"].as_array().unwrap();
    let name = |binary: &toml::Value| binary["name"].as_str().unwrap().to_owned();
    assert_eq!(binaries.iter().map(name).collect::<BTreeSet<_>>(), targets);

    let corpora = std::fs::read_dir(fuzz().join("corpus")).unwrap();
    let name = |folder: std::io::Result<std::fs::DirEntry>| {
        folder.unwrap().file_name().into_string().unwrap()
    };
    assert_eq!(corpora.map(name).collect::<BTreeSet<_>>(), targets);
}

#[test]
fn a_target_that_does_not_exist_is_no_success() {
    assert!(catch_unwind(|| tower_b2c::fuzzing::run("no such target", b"")).is_err());
}

/// Feeds a target all there is for it; the first failure, if any.
fn fails(target: &Target) -> Option<String> {
    let corpus = corpus(target.name);
    let seeds = corpus.iter().map(Vec::as_slice);
    let mut mutator = Mutator::new(&corpus);
    let mutations: Vec<_> = (0..MUTATIONS).map(|_| mutator.next_input()).collect();
    let inputs = seeds.chain(mutations.iter().map(Vec::as_slice));
    let mut failures = inputs.filter_map(|input| {
        let run = AssertUnwindSafe(|| (target.run)(input));
        let panic = catch_unwind(run).err()?;
        let message = panic.downcast_ref::<String>().map(String::as_str);
        let message = message.or_else(|| panic.downcast_ref::<&str>().copied());
        Some(format!(
            "{}: {} (input: {})",
            target.name,
            message.unwrap_or("a panic"),
            input.escape_ascii()
        ))
    });
    failures.next()
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = fuzz().join("corpus").join(target);
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    paths.sort();
    paths
        .iter()
        .map(|path| std::fs::read(path).unwrap())
        .collect()
}

fn fuzz() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}
