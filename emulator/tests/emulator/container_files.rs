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
}
