//! What the release's script makes, which is for a Unix shell.

use std::fs;
use std::process::Command;

use e2e::Workspace;

use crate::{metadata, packages};

/// What `cargo binstall` asks for is what `.ci/release archive` makes, for each target of the workflow.
#[test]
fn binaries_are_where_binstall_looks() {
    let workflow = Workspace::root().join(".github/workflows/release.yml");
    let workflow = fs::read_to_string(workflow).unwrap();
    let targets: Vec<_> = workflow
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- { target: ")?.split(',').next())
        .collect();
    assert_eq!(targets.len(), 5, "{targets:?}");

    let metadata = metadata(&["--no-deps"]);
    for name in ["cargo-b2c-init", "b2c-emulator"] {
        let package = packages(&metadata).find(|package| package["name"] == name);
        let package = package.unwrap();
        let binstall = &package["metadata"]["binstall"];
        for target in &targets {
            let own = &binstall["overrides"][target]["pkg-url"];
            let url = own.as_str().or(binstall["pkg-url"].as_str()).unwrap();
            let url = url
                .replace("{ repo }", "https://forge.example/us/it")
                .replace("{ name }", name)
                .replace("{ version }", package["version"].as_str().unwrap())
                .replace("{ target }", target);
            let suffix = if target.contains("windows") {
                "zip"
            } else {
                "tgz"
            };
            let archive = Command::new(Workspace::root().join(".ci/release"))
                .args(["name", name, target])
                .output()
                .unwrap();
            let archive = String::from_utf8(archive.stdout).unwrap();
            let archive = archive.trim();
            let file = format!("/{archive}.{suffix}");
            assert!(url.ends_with(&file), "{url} is not {file}");
            let format = &binstall["overrides"][target]["pkg-fmt"];
            let format = format.as_str().or(binstall["pkg-fmt"].as_str());
            assert_eq!(format, Some(suffix), "{target}");
            // In the archive is one folder of its name, in that the program.
            let program = binstall["bin-dir"].as_str().unwrap();
            let program = program
                .replace("{ name }", name)
                .replace("{ version }", package["version"].as_str().unwrap())
                .replace("{ target }", target);
            assert_eq!(program, format!("{archive}/{{ bin }}{{ binary-ext }}"));
        }
    }
}
