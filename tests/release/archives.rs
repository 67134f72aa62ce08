//! What the release's script makes, which is for a Unix shell.

use std::fs;
use std::path::Path;
use std::process::Command;

use e2e::Workspace;

use crate::{metadata, packages};

/// Licences that ask for it are where the code is: in each archive, and in the image.
#[test]
fn other_peoples_licences_come_along() {
    let target_directory = tempfile::tempdir().unwrap();
    let platforms = [("amd64", "x86_64"), ("arm64", "aarch64")];
    for (_, processor) in platforms {
        let target = format!("{processor}-unknown-linux-musl");
        // What is in the programs does not matter to those who pack them.
        let built = target_directory.path().join(&target).join("release");
        fs::create_dir_all(&built).unwrap();
        for program in PROGRAMS {
            fs::write(built.join(program), "a program").unwrap();
        }
        release(target_directory.path(), &["pack", &target]);
        for program in PROGRAMS {
            let name = release(target_directory.path(), &["name", program, &target]);
            let name = name.trim();
            let archive = target_directory
                .path()
                .join("dist")
                .join(format!("{name}.tgz"));
            let listed = Command::new("tar").arg("-tzf").arg(&archive).output();
            let listed = String::from_utf8(listed.unwrap().stdout).unwrap();
            for file in LICENSES.iter().chain([&"README.md", &program]) {
                let line = format!("{name}/{file}");
                assert!(listed.lines().any(|entry| entry == line), "{line}");
            }
        }
    }

    release(target_directory.path(), &["image"]);
    let recipe = Workspace::root().join("emulator/docker/release.Dockerfile");
    let recipe = fs::read_to_string(recipe).unwrap();
    for (platform, _) in platforms {
        let place = target_directory.path().join("dist/image");
        assert!(recipe.contains("COPY ${TARGETARCH}/licenses /licenses"));
        let folder = place.join(platform).join("licenses");
        for file in LICENSES {
            assert!(folder.join(file).is_file(), "{platform}: {file}");
        }
        let texts = fs::read_to_string(folder.join("THIRD-PARTY-LICENSES.txt")).unwrap();
        let metadata = metadata(&["--all-features"]);
        // Of each kind of licence one whose code is surely in there.
        for name in ["aws-lc-sys", "rustls", "subtle", "tokio", "unicode-ident"] {
            let package = packages(&metadata).find(|package| package["name"] == name);
            let package = package.unwrap();
            let text = |key: &str| package[key].as_str().unwrap();
            let line = format!("{name} {} ({})", text("version"), text("license"));
            assert!(texts.lines().any(|one| one == line), "{line}");
        }
        assert!(texts.lines().any(|line| line.starts_with("musl, ")));
        for words in [
            "Copyright (c) 2016-2017 Isis Agora Lovecruft",
            "Redistribution and use in source and binary forms",
            "Permission to use, copy, modify, and/or distribute this software for any",
            "UNICODE LICENSE V3",
        ] {
            assert!(texts.contains(words), "{words}");
        }
        let library = fs::read_to_string(folder.join("RUST-LIBRARY.html")).unwrap();
        assert!(library.contains("Rust Standard Library"));
    }
}

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

/// What the script says, with this for its folder of what is built.
fn release(target_directory: &Path, arguments: &[&str]) -> String {
    let output = Command::new(Workspace::root().join(".ci/release"))
        .args(arguments)
        .env("CARGO_TARGET_DIR", target_directory)
        .env("CARGO_NET_OFFLINE", "true")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

const PROGRAMS: [&str; 2] = ["cargo-b2c-init", "b2c-emulator"];
const LICENSES: [&str; 4] = [
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "THIRD-PARTY-LICENSES.txt",
    "RUST-LIBRARY.html",
];
