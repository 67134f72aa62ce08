//! The files of the container name what there is.

use std::{fs, path::Path};

use b2c_emulator::Emulator;

#[tokio::test]
async fn the_seed_of_the_compose_example_is_good() {
    let docker = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker");
    let emulator = Emulator::builder().seed_file(docker.join("seed.toml"));
    let emulator = emulator.start().await.unwrap();
    assert_eq!(emulator.users().len(), 2);
    let compose = fs::read_to_string(docker.join("compose.yaml")).unwrap();
    assert!(compose.contains("emulator/docker/Dockerfile"));
    // What the files build is there, under these names.
    let root = docker.join("../..");
    for (file, manifest, binary) in [
        ("Dockerfile", "emulator/Cargo.toml", "b2c-emulator"),
        (
            "app.Dockerfile",
            "examples/axum-web-app/Cargo.toml",
            "example-axum-web-app",
        ),
    ] {
        let recipe = fs::read_to_string(docker.join(file)).unwrap();
        let manifest = fs::read_to_string(root.join(manifest)).unwrap();
        assert!(manifest.contains(&format!("name = \"{binary}\"")), "{file}");
        let path = format!("/source/target/release/{binary} ");
        assert!(recipe.contains(&path), "{file}");
        let copied = recipe.lines().filter_map(|line| line.strip_prefix("COPY "));
        for line in copied.filter(|line| !line.starts_with("--") && *line != ". .") {
            let sources: Vec<&str> = line.split(' ').collect();
            for source in &sources[..sources.len() - 1] {
                assert!(root.join(source).exists(), "{file}: {source}");
            }
        }
    }
}

/// A release's image is put together from programs that are there, one's own is built; they are the same
/// but for that.
#[test]
fn both_images_of_the_emulator_are_alike() {
    let docker = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker");
    let [own, released] = ["Dockerfile", "release.Dockerfile"].map(|file| {
        let recipe = fs::read_to_string(docker.join(file)).unwrap();
        let (_, settings) = recipe.split_once("\nLABEL ").unwrap();
        settings.to_owned()
    });
    assert_eq!(own, released);
    assert!(own.contains("\nUSER 65532:65532\n"));
    assert!(own.contains("\nHEALTHCHECK "));
}

/// An image of no version is another one every day.
#[test]
fn images_that_are_built_on_have_versions() {
    let docker = Path::new(env!("CARGO_MANIFEST_DIR")).join("docker");
    for file in [
        "Dockerfile",
        "app.Dockerfile",
        "release.Dockerfile",
        "compose.yaml",
    ] {
        let recipe = fs::read_to_string(docker.join(file)).unwrap();
        let named = recipe.lines().filter_map(|line| {
            let line = line.trim_start();
            line.strip_prefix("FROM ").or(line.strip_prefix("image: "))
        });
        for image in named {
            let image = image.split(' ').next().unwrap();
            let version = image.split_once(':').map(|(_, version)| version);
            let is_pinned = version.is_some_and(|version| version.contains('.'));
            assert!(image == "scratch" || is_pinned, "{file}: {image}");
        }
    }
}
