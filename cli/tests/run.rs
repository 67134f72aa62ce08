//! `run`, with a project whose app is twenty lines of the standard library.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

#[cfg(unix)]
#[path = "run/interrupted.rs"]
mod interrupted;

use std::fs;
use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use cargo_b2c_init::NewProject;
use tempfile::TempDir;

const MANIFEST: &str = "\
[package]
name = \"demo\"
version = \"0.1.0\"
edition = \"2024\"

[workspace]
";

struct Project {
    sandbox: TempDir,
    port: String,
    emulator_port: String,
}

impl Project {
    fn with_app(app: &str) -> Self {
        let sandbox = tempfile::tempdir().expect("a temporary directory");
        let directory = sandbox.path().join("demo");
        NewProject::at(&directory)
            .plan()
            .and_then(|plan| plan.write())
            .expect("written");
        for below in ["src", "tests"] {
            fs::remove_dir_all(directory.join(below)).expect("removed");
        }
        fs::remove_file(directory.join("Cargo.lock")).expect("removed");
        fs::create_dir(directory.join("src")).expect("created");
        fs::write(directory.join("Cargo.toml"), MANIFEST).expect("written");
        fs::write(directory.join("src/main.rs"), app).expect("written");

        let [port, emulator_port] = [(); 2].map(|()| loopback::free_port().to_string());
        Self {
            sandbox,
            port,
            emulator_port,
        }
    }

    fn runs(&self) -> Child {
        self.command().spawn().expect("the program runs")
    }

    fn command(&self) -> Command {
        let mut command = self.command_without_ports();
        command.args(["--port", &self.port, "--emulator-port", &self.emulator_port]);
        command
    }

    fn command_without_ports(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        command
            .args(["b2c-init", "run", "-C", "demo", "--offline"])
            .current_dir(self.sandbox.path())
            .env("CARGO_TARGET_DIR", self.path().join("target"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn path(&self) -> &Path {
        self.sandbox.path()
    }
}

/// Waits for the end; returns the exit code and what was said on standard error.
fn outcome(mut child: Child) -> (Option<i32>, String) {
    let mut messages = String::new();
    let mut stderr = child.stderr.take().expect("piped");
    stderr.read_to_string(&mut messages).expect("UTF-8");
    (child.wait().expect("a status").code(), messages)
}

#[test]
fn an_app_that_dies_is_reported() {
    let project =
        Project::with_app("fn main() { eprintln!(\"no such table\"); std::process::exit(3) }");
    let (code, messages) = outcome(project.runs());
    assert_eq!(code, Some(1));
    assert!(messages.contains("no such table"), "{messages}");
    assert!(
        messages.contains("stopped before it answered (exit status: 3)"),
        "{messages}"
    );
}

#[test]
fn an_app_that_does_not_compile_is_reported() {
    let project = Project::with_app("fn main() { nothing }");
    let (code, messages) = outcome(project.runs());
    assert_eq!(code, Some(1));
    assert!(
        messages.contains("cannot find value `nothing`"),
        "{messages}"
    );
    assert!(
        messages.contains("the app could not be built"),
        "{messages}"
    );
}

#[test]
fn settings_that_cannot_be_used_are_reported_before_the_build() {
    let project = Project::with_app("fn main() {}");
    let file = project.path().join("demo/b2c.toml");
    let settings = fs::read_to_string(&file).expect("text");
    fs::write(&file, settings.replace("redirect_path", "redirect_paht")).expect("written");
    let (code, messages) = outcome(project.runs());
    assert_eq!(code, Some(1));
    assert!(
        messages.contains("redirect_paht") && !messages.contains("Compiling"),
        "{messages}"
    );
}

/// In a checkout all projects share a build cache, in which two of one name look the same to cargo.
#[test]
fn of_two_projects_with_one_name_each_runs_its_own_program() {
    let one = Project::with_app("fn main() { eprintln!(\"this is one\"); std::process::exit(3) }");
    let two = Project::with_app("fn main() { eprintln!(\"this is two\"); std::process::exit(3) }");
    for (project, said) in [(&one, "one"), (&two, "two"), (&one, "one")] {
        let manifest = project.path().join("demo/Cargo.toml");
        fs::write(manifest, MANIFEST.replace("demo", "b2c-init-test-twin")).expect("written");
        let mut command = project.command();
        command.env_remove("CARGO_TARGET_DIR");
        let (_, messages) = outcome(command.spawn().expect("the program runs"));
        assert!(messages.contains(&format!("this is {said}")), "{messages}");
    }
}

#[test]
fn app_and_emulator_cannot_have_one_port() {
    let mut project = Project::with_app("fn main() {}");
    project.emulator_port.clone_from(&project.port);
    let (code, messages) = outcome(project.runs());
    assert_eq!(code, Some(5), "{messages}");
    assert!(messages.contains("--emulator-port"), "{messages}");
}

#[test]
fn an_app_with_a_public_address_runs_on_localhost_all_the_same() {
    let project = Project::with_app("fn main() { std::process::exit(3) }");
    let file = project.path().join("demo/b2c.toml");
    let settings = fs::read_to_string(&file).expect("text");
    let public = settings.replacen("http://localhost:5000", "https://app.contoso.com", 1);
    fs::write(&file, public).expect("written");
    let (_, messages) = outcome(project.command_without_ports().spawn().expect("runs"));
    assert!(
        messages.contains("app.contoso.com") && messages.contains("localhost"),
        "{messages}"
    );
}
