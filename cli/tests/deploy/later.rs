//! Files that are asked for when the project is there already.

use super::program::{Demo, stderr};

#[test]
fn files_can_be_asked_for_later() {
    let demo = Demo::new();
    let before = demo.tree();
    demo.succeeds(&["update", "--deploy", "compose,systemd", "--ci", "github"]);
    for path in [
        "Dockerfile",
        ".dockerignore",
        "compose.yaml",
        "deploy/app.service",
        ".github/workflows/ci.yml",
    ] {
        assert!(demo.has(path), "{path}");
    }
    assert!(!demo.has("deploy/kubernetes.yaml"));
    let output = demo.run(&["update", "--check"]);
    assert_eq!(
        output.status.code(),
        Some(0),
        "remembered: {}",
        stderr(&output)
    );
    demo.succeeds(&["update", "--deploy", "kubernetes"]);
    assert!(demo.has("deploy/kubernetes.yaml") && demo.has("deploy/app.service"));
    demo.succeeds(&["undo"]);
    demo.succeeds(&["undo"]);
    assert!(demo.tree() == before, "as it was");
}

#[test]
fn a_file_of_ones_own_is_not_replaced() {
    let demo = Demo::new();
    demo.write("Dockerfile", "FROM scratch\n");
    let before = demo.tree();
    let output = demo.run(&["update", "--deploy", "docker"]);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("Dockerfile"));
    assert!(demo.tree() == before);
    demo.succeeds(&["update", "--deploy", "docker", "--prefer", "mine"]);
    assert_eq!(demo.read("Dockerfile"), "FROM scratch\n");
    assert!(demo.has(".dockerignore"));
}

#[test]
fn an_unknown_place_is_told_from_a_known_one() {
    let demo = Demo::new();
    let output = demo.run(&["update", "--deploy", "docker,nomad"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("kubernetes"),
        "{}",
        stderr(&output)
    );
    assert_eq!(
        demo.run(&["update", "--ci", "docker"]).status.code(),
        Some(2)
    );
}
