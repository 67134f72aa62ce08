//! What cargo packs is what is embedded, and the versions are those of the workspace.

use std::path::Path;
use std::process::Command;

use b2c_templates::{Deploy, Template};

/// cargo drops directories with a `Cargo.toml` and ignored files; neither may happen here.
#[test]
fn the_package_contains_every_template_file() {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let listed = Command::new(cargo)
        .args([
            "package",
            "--list",
            "--allow-dirty",
            "--offline",
            "--package",
            "b2c-templates",
        ])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        listed.status.success(),
        "{}",
        String::from_utf8_lossy(&listed.stderr)
    );

    let listed = String::from_utf8(listed.stdout).expect("paths are UTF-8");
    let listed: Vec<_> = listed.lines().map(|line| line.replace('\\', "/")).collect();
    let mut embedded = Template::embedded();
    embedded.extend(Deploy::embedded());
    for source in &embedded {
        assert!(listed.contains(source), "{source} is not in the package");
    }
    let own = ["src", "tests"];
    let packed = listed.iter().filter(|path| {
        let folder = path.split_once('/').map(|(folder, _)| folder);
        folder.is_some_and(|folder| !own.contains(&folder))
    });
    for file in packed {
        assert!(embedded.contains(file), "{file} is not embedded");
    }
}

/// Equal requirements let a generated project share the checkout's build cache.
#[test]
fn requirements_equal_those_of_the_workspace() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let Ok(workspace) = std::fs::read_to_string(here.join("../Cargo.toml")) else {
        return;
    };
    let manifest = std::fs::read_to_string(here.join("base/Cargo.toml.jinja")).expect("readable");
    let requirement = |text: &str, name: &str| {
        let line = text
            .lines()
            .find(|line| line.starts_with(&format!("{name} = ")))?;
        line.split('"').nth(1).map(str::to_owned)
    };
    let dependencies = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .skip(1);
    let dependencies = dependencies.filter(|line| !line.starts_with("<%"));
    for line in dependencies.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(" = ").expect("a requirement");
        if !value.starts_with("<<") {
            assert_eq!(
                requirement(&manifest, name),
                requirement(&workspace, name),
                "{name}"
            );
        }
    }
    let profile = |text: &str| {
        text.split_once("[profile.dev]")
            .map(|(_, rest)| rest.trim().to_owned())
    };
    assert_eq!(profile(&manifest), profile(&workspace), "the dev profile");
}
