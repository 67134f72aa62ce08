//! What a release promises, held against the manifests, the changelog and the script that makes it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on")]

#[cfg(unix)]
#[path = "release/archives.rs"]
mod archives;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use e2e::Workspace;
use serde_json::Value;

/// Nothing that our users compile asks for a newer compiler than we say.
#[test]
fn no_dependency_needs_a_newer_compiler() {
    let metadata = metadata(&["--all-features"]);
    let packages: BTreeMap<&str, &Value> = packages(&metadata)
        .map(|package| (package["id"].as_str().unwrap(), package))
        .collect();
    let nodes: BTreeMap<&str, &Value> = metadata["resolve"]["nodes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|node| (node["id"].as_str().unwrap(), node))
        .collect();

    let is_ours = |id: &&&str| PUBLISHED.contains(&packages[**id]["name"].as_str().unwrap());
    let mut waiting: Vec<&str> = packages.keys().filter(is_ours).copied().collect();
    let ours = version(packages[waiting[0]]["rust_version"].as_str().unwrap());
    let mut seen = BTreeSet::new();
    let mut newer = Vec::new();
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        if let Some(needed) = packages[id]["rust_version"].as_str()
            && version(needed) > ours
        {
            newer.push(format!("{id} needs {needed}"));
        }
        for dependency in nodes[id]["deps"].as_array().unwrap() {
            let kinds = dependency["dep_kinds"].as_array().unwrap();
            if kinds.iter().any(|kind| kind["kind"] != "dev") {
                waiting.push(dependency["pkg"].as_str().unwrap());
            }
        }
    }
    assert!(seen.len() > 100, "{} packages were looked at", seen.len());
    assert!(newer.is_empty(), "{newer:#?}");
}

/// The table in each README has the features that the manifest has, but for those of this repository's
/// own programs.
#[test]
fn every_feature_is_described() {
    let metadata = metadata(&["--no-deps"]);
    for package in packages(&metadata).filter(|package| is_published(package)) {
        let name = package["name"].as_str().unwrap();
        let manifest = package["manifest_path"].as_str().unwrap();
        let readme = manifest.replace("Cargo.toml", "README.md");
        let readme = fs::read_to_string(readme).unwrap();
        let features = package["features"].as_object().unwrap().keys();
        for feature in features.filter(|feature| !OWN.contains(&feature.as_str())) {
            let described = readme.contains(&format!("`{feature}`"));
            assert!(
                described,
                "{name}: the README does not say what `{feature}` is"
            );
        }
    }
}

/// crates.io refuses or hides what lacks one of these; its limits are those of
/// <https://doc.rust-lang.org/cargo/reference/manifest.html>.
#[test]
fn the_manifests_have_what_crates_io_asks_for() {
    let metadata = metadata(&["--no-deps"]);
    let ours: Vec<_> = packages(&metadata)
        .filter(|one| is_published(one))
        .collect();
    assert_eq!(ours.len(), PUBLISHED.len());
    for package in ours {
        let name = &package["name"];
        for text in [
            "description",
            "documentation",
            "license",
            "readme",
            "rust_version",
        ] {
            let is_there = package[text].as_str().is_some_and(|text| !text.is_empty());
            assert!(is_there, "{name} has no {text}");
        }
        for list in ["categories", "keywords"] {
            let number = package[list].as_array().unwrap().len();
            assert!((1..=5).contains(&number), "{name} has {number} {list}");
        }
        for keyword in package["keywords"].as_array().unwrap() {
            let keyword = keyword.as_str().unwrap();
            let is_good = |letter: char| letter.is_ascii_alphanumeric() || "-_+".contains(letter);
            let is_taken = keyword.len() <= 20 && keyword.chars().all(is_good);
            assert!(is_taken, "{name}: {keyword}");
        }
    }
}

/// What RELEASING.md says to raise is raised together.
#[test]
fn the_version_is_the_same_everywhere() {
    let own = env!("CARGO_PKG_VERSION");
    let read = |file: &str| fs::read_to_string(Workspace::root().join(file)).unwrap();
    let manifest = read("Cargo.toml");
    for package in ["b2c-emulator", "b2c-templates", "tower-b2c"] {
        let line = format!("\n{package} = {{ path = ");
        let (_, dependency) = manifest.split_once(&line).unwrap();
        let dependency = dependency.lines().next().unwrap();
        let version = format!("version = \"{own}\"");
        assert!(dependency.contains(&version), "{package}: {dependency}");
    }
    let description: Value = serde_json::from_str(&read("emulator/openapi.json")).unwrap();
    assert_eq!(description["info"]["version"], own);
    let (compatible, _) = own.rsplit_once('.').unwrap();
    let line = format!("tower-b2c = {{ version = \"{compatible}\"");
    assert!(read("middleware/docs/testing.md").contains(&line), "{line}");
}

/// Wherever a compiler is named, it is the oldest one of the manifests.
#[test]
fn the_oldest_compiler_is_the_same_everywhere() {
    let metadata = metadata(&["--no-deps"]);
    let ours = packages(&metadata).filter(|package| is_published(package));
    let oldest: BTreeSet<_> = ours
        .map(|one| one["rust_version"].as_str().unwrap())
        .collect();
    assert_eq!(oldest.len(), 1, "{oldest:?}");
    let oldest = oldest.first().unwrap();
    for (file, sentence) in [
        (".github/workflows/ci.yml", "rustup toolchain install @ "),
        (".github/workflows/ci.yml", "cargo +@ check "),
        ("README.md", "Rust toolchain (@ or newer"),
        ("RELEASING.md", "The oldest compiler is @ "),
        ("docs/first-ten-minutes.md", "Rust toolchain (@ or newer"),
        ("templates/base/Cargo.toml.jinja", "rust-version = \"@\""),
    ] {
        let text = fs::read_to_string(Workspace::root().join(file)).unwrap();
        let sentence = sentence.replace('@', oldest);
        assert!(text.contains(&sentence), "{file}: {sentence}");
    }
}

/// docs.rs shows what users can turn on.
#[test]
fn the_documentation_shows_every_feature() {
    let metadata = metadata(&["--no-deps"]);
    let layer = packages(&metadata).find(|package| package["name"] == "tower-b2c");
    let layer = layer.unwrap();
    let shown = layer["metadata"]["docs"]["rs"]["features"].as_array();
    let shown: BTreeSet<_> = shown.unwrap().iter().filter_map(Value::as_str).collect();
    let features = layer["features"].as_object().unwrap().keys();
    let features: BTreeSet<_> = features
        .map(String::as_str)
        .filter(|feature| !OWN.contains(feature))
        .collect();
    assert_eq!(shown, features);
}

/// The changelog has a heading for the version, or for what comes next.
#[test]
fn the_changelog_has_this_version() {
    let changelog = fs::read_to_string(Workspace::root().join("CHANGELOG.md")).unwrap();
    let own = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    let first = changelog.lines().find(|line| line.starts_with("## ["));
    let first = first.unwrap();
    assert!(
        first == "## [Unreleased]" || first.starts_with(&own),
        "{first}"
    );
}

/// An action that is named by a tag is whatever its owner, or who became its owner, makes of the tag.
/// `.ci/release workflows` looks for more than this; it has to be installed.
#[test]
fn actions_are_pinned_and_leave_no_credentials() {
    for file in ["ci.yml", "release.yml"] {
        let workflow = Workspace::root().join(".github/workflows").join(file);
        let workflow = fs::read_to_string(workflow).unwrap();
        let steps: Vec<_> = workflow.split("uses: ").skip(1).collect();
        assert!(steps.len() > 3, "{file}");
        for step in steps {
            let action = step.lines().next().unwrap();
            let (name, commit) = action.split_once('@').unwrap();
            let (commit, version) = commit.split_once(" # v").unwrap_or((commit, ""));
            let is_commit = commit.len() == 40 && commit.chars().all(|one| one.is_ascii_hexdigit());
            assert!(is_commit && !version.is_empty(), "{file}: {action}");
            let is_told = step.contains("persist-credentials: false");
            assert!(name != "actions/checkout" || is_told, "{file}: {action}");
        }
    }
}

fn metadata(options: &[&str]) -> Value {
    let arguments = ["metadata", "--format-version", "1", "--locked", "--offline"];
    let output = Workspace::cargo().args(arguments).args(options).output();
    let output = output.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn packages(metadata: &Value) -> impl Iterator<Item = &Value> {
    metadata["packages"].as_array().unwrap().iter()
}

fn is_published(package: &Value) -> bool {
    PUBLISHED.contains(&package["name"].as_str().unwrap())
}

/// Major and minor.
fn version(text: &str) -> (u32, u32) {
    let mut numbers = text.split('.').map(|part| part.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap_or(0))
}

const PUBLISHED: [&str; 4] = [
    "tower-b2c",
    "b2c-emulator",
    "b2c-templates",
    "cargo-b2c-init",
];

/// Features for benchmarks and fuzzers, and the list of those that are on without being asked for.
const OWN: [&str; 3] = ["bench", "default", "fuzzing"];
