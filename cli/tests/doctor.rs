//! `doctor`: a right project has no findings, each mistake has its own.

#![allow(clippy::expect_used, reason = "these are tests, helpers included")]

#[cfg(unix)]
#[path = "doctor/modes.rs"]
mod modes;

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use b2c_emulator::{Client, Emulator, Endpoint, Misbehaviour, Tenant};
use cargo_b2c_init::NewProject;
use serde_json::Value;
use tempfile::TempDir;

/// A project for the emulator on this port.
struct Project {
    sandbox: TempDir,
}

/// What doctor said, and how it ended.
struct Diagnosis {
    exit: Option<i32>,
    /// The codes of errors and warnings.
    codes: Vec<String>,
    text: String,
}

impl Project {
    fn beside(port: u16) -> Self {
        let sandbox = tempfile::tempdir().expect("a directory");
        let project = Self { sandbox };
        let plan = NewProject::at(project.directory())
            .emulator_port(port)
            .plan();
        plan.and_then(|plan| plan.write()).expect("written");
        project
    }

    fn directory(&self) -> PathBuf {
        self.sandbox.path().join("demo")
    }

    fn edit(&self, file: &str, change: impl FnOnce(String) -> String) {
        let path = self.directory().join(file);
        let text = fs::read_to_string(&path).expect("a file");
        fs::write(&path, change(text)).expect("written");
    }

    fn has_a_wrong_secret(&self) {
        self.edit(".env", |text| {
            text.replace(
                "emulator-secret-not-for-production",
                "hunter2-hunter2-hunter2",
            )
        });
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.arg("-C").arg(self.directory()).args(arguments);
        let output = git.output().expect("git");
        assert!(output.status.success(), "{output:?}");
    }

    fn run(&self, arguments: &[&str]) -> (Option<i32>, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
        command.args(arguments).arg("-C").arg(self.directory());
        let output = command.env_remove("B2C_PROFILE").output().expect("it runs");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.code(), text)
    }

    fn doctor(&self, flags: &[&str]) -> Diagnosis {
        let (exit, text) = self.run(&[&["doctor", "--json"], flags].concat());
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let findings = document["findings"].as_array().expect("findings").iter();
        let serious = findings.filter(|finding| finding["severity"] != "note");
        let codes = serious.filter_map(|finding| finding["code"].as_str().map(str::to_owned));
        Diagnosis {
            exit,
            codes: codes.collect(),
            text,
        }
    }
}

async fn emulator() -> Emulator {
    Emulator::builder().port(0).start().await.expect("started")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_right_project_has_no_findings_and_leaves_nothing_behind() {
    let emulator = emulator().await;
    let project = Project::beside(emulator.port());
    let diagnosis = project.doctor(&[]);
    assert_eq!(diagnosis.exit, Some(0), "{}", diagnosis.text);
    assert!(diagnosis.codes.is_empty(), "{}", diagnosis.text);
    assert!(!diagnosis.text.contains("B2C056"), "{}", diagnosis.text);
    assert_eq!(emulator.pending_sign_ins(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redirect_uri_that_is_not_registered_is_found() {
    let emulator = Emulator::builder()
        .port(0)
        .redirect_uri("https://elsewhere.example/getAToken")
        .start()
        .await
        .expect("started");
    let diagnosis = Project::beside(emulator.port()).doctor(&[]);
    assert!(
        diagnosis.codes.contains(&"B2C053".to_owned()),
        "{}",
        diagnosis.text
    );
    assert_eq!(diagnosis.exit, Some(6));
    assert!(diagnosis.text.contains("http://localhost:5000/getAToken"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_client_secret_is_found_and_not_shown() {
    let emulator = emulator().await;
    let project = Project::beside(emulator.port());
    project.has_a_wrong_secret();
    let diagnosis = project.doctor(&[]);
    assert_eq!(diagnosis.codes, ["B2C054"], "{}", diagnosis.text);
    assert_eq!(diagnosis.exit, Some(6));
    assert!(diagnosis.text.contains("AADB2C90081"), "{}", diagnosis.text);
    assert!(!diagnosis.text.contains("hunter2"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_only_the_app_can_prove_is_not_tried() {
    let app = "22223333-cccc-4444-dddd-5555eeee6666";
    let client = Client::new(app, "").redirect_uri("http://localhost:5000/getAToken");
    let tenant = Tenant::entra("fabrikam").client(client);
    let emulator = Emulator::builder().port(0).add_tenant(tenant);
    let emulator = emulator.start().await.expect("started");
    let project = Project::beside(emulator.port());
    let settings = format!(
        "[app]\nbase_url = \"http://localhost:5000\"\n[session]\ncookie_key = {{ env = \"B2C_COOKIE_KEY\" }}\n\
         [provider]\nkind = \"entra\"\nemulator = true\ninstance = \"{}\"\n\
         tenant = \"fabrikam.onmicrosoft.com\"\nclient_id = \"{app}\"\n\
         client_authentication = \"workload_identity\"\nclient_assertion = \"callback\"\n",
        emulator.base_url()
    );
    project.edit("b2c.toml", |_| settings);
    project.edit(".env", |text| {
        format!("{text}\nB2C_COOKIE_KEY=0123456789abcdef0123456789abcdef0123456789\n")
    });
    let diagnosis = project.doctor(&[]);
    assert!(diagnosis.codes.is_empty(), "{}", diagnosis.text);
    assert!(
        diagnosis
            .text
            .contains("client_assertion is \\\"callback\\\""),
        "{}",
        diagnosis.text
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn advice_names_the_table_of_the_provider_that_it_is_about() {
    let emulator = emulator().await;
    let project = Project::beside(emulator.port());
    for (table, expected) in [
        ("provider", "set provider.client_secret"),
        ("providers.home", "set providers.home.client_secret"),
    ] {
        project.edit("b2c.toml", |text| {
            let path = "redirect_path = \"/getAToken\"\nclient_id = \"0000";
            let text = text.replace(
                "[profile.emulator.provider",
                &format!("[profile.emulator.{table}"),
            );
            text.replacen("client_id = \"0000", path, 1)
        });
        project.has_a_wrong_secret();
        let diagnosis = project.doctor(&[]);
        assert_eq!(diagnosis.codes, ["B2C054"], "{}", diagnosis.text);
        assert!(diagnosis.text.contains(expected), "{}", diagnosis.text);
        project.edit("b2c.toml", |text| {
            text.replacen("redirect_path = \"/getAToken\"\nclient_id", "client_id", 1)
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_flow_that_does_not_exist_is_found() {
    let emulator = emulator().await;
    let project = Project::beside(emulator.port());
    project.edit("b2c.toml", |text| {
        text.replacen("B2C_1_profileediting1", "B2C_1_nothing", 1)
    });
    let diagnosis = project.doctor(&[]);
    assert_eq!(diagnosis.codes, ["B2C051"], "{}", diagnosis.text);
    assert!(diagnosis.text.contains("B2C_1_nothing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn metadata_of_another_issuer_is_found() {
    let emulator = emulator().await;
    let project = Project::beside(emulator.port());
    emulator.misbehave(Endpoint::Metadata, Misbehaviour::Html);
    let diagnosis = project.doctor(&[]);
    assert!(!diagnosis.codes.is_empty(), "{}", diagnosis.text);
    assert!(
        diagnosis.codes.iter().all(|code| code == "B2C051"),
        "{}",
        diagnosis.text
    );
    assert_eq!(diagnosis.exit, Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_away_has_an_exit_code_of_its_own() {
    // Nobody else is given this port when it is free again.
    let emulator = Emulator::builder().port(loopback::free_port());
    let emulator = emulator.start().await.expect("started");
    let project = Project::beside(emulator.port());
    emulator.shutdown().await;
    let diagnosis = project.doctor(&[]);
    assert!(
        diagnosis.codes.iter().all(|code| code == "B2C050"),
        "{}",
        diagnosis.text
    );
    assert_eq!(diagnosis.exit, Some(7), "{}", diagnosis.text);
    assert_eq!(project.doctor(&["--offline"]).exit, Some(0));
}

#[test]
fn a_mistake_in_the_settings_is_found_with_its_key() {
    let project = Project::beside(8400);
    project.edit("b2c.toml", |text| {
        text.replace("http://localhost:5000", "http://app.contoso.com")
            .replacen(
                "client_secret = { env = \"B2C_CLIENT_SECRET\" }",
                "client_secret = \"hunter2\"",
                1,
            )
    });
    let diagnosis = project.doctor(&["--offline"]);
    assert_eq!(diagnosis.exit, Some(6));
    for code in ["B2C001", "B2C010"] {
        assert!(
            diagnosis.codes.iter().any(|found| found == code),
            "{}",
            diagnosis.text
        );
    }
    assert!(diagnosis.text.contains("app.base_url"));
    assert!(!diagnosis.text.contains("hunter2"));
}

#[test]
fn secrets_in_the_wrong_places_are_found() {
    let project = Project::beside(8400);
    project.git(&["init", "--quiet"]);
    let key = fs::read_to_string(project.directory().join(".env")).expect("a file");
    let key = key
        .lines()
        .find_map(|line| line.strip_prefix("B2C_COOKIE_KEY="));
    let key = key.expect("a key").to_owned();
    project.edit("README.md", |text| text + &key);
    project.git(&["add", "README.md"]);
    project.git(&["add", "--force", ".env"]);
    let diagnosis = project.doctor(&["--offline"]);
    assert_eq!(diagnosis.codes, ["B2C011", "B2C014"], "{}", diagnosis.text);
    assert!(!diagnosis.text.contains(&key));
}

#[test]
fn what_is_safe_is_mended_and_can_be_undone() {
    let project = Project::beside(8400);
    project.git(&["init", "--quiet"]);
    project.edit(".gitignore", |_| "/target\n".to_owned());
    let found = project.doctor(&["--offline"]);
    assert_eq!(found.codes, ["B2C012"], "{}", found.text);

    let shown = project.doctor(&["--offline", "--fix", "--dry-run"]);
    assert_eq!(shown.exit, Some(6));
    let ignored = || fs::read_to_string(project.directory().join(".gitignore")).expect("a file");
    assert_eq!(ignored(), "/target\n");

    let mended = project.doctor(&["--offline", "--fix"]);
    assert_eq!(mended.exit, Some(0), "{}", mended.text);
    assert!(mended.codes.is_empty(), "{}", mended.text);
    assert_eq!(ignored(), "/target\n/.env\n");

    assert_eq!(project.run(&["undo"]).0, Some(0));
    assert_eq!(ignored(), "/target\n");
}

#[test]
fn names_that_env_lacks_are_added_without_a_value() {
    let project = Project::beside(8400);
    let before = fs::read_to_string(project.directory().join(".env")).expect("a file");
    project.edit(".env", |text| {
        let kept = text.lines().filter(|line| {
            !line.starts_with("B2C_COOKIE_KEY") && !line.starts_with("B2C_CLIENT_SECRET")
        });
        kept.collect::<Vec<_>>().join("\n") + "\n"
    });
    let found = project.doctor(&["--offline"]);
    assert_eq!(found.codes, ["B2C015", "B2C016"], "{}", found.text);

    let mended = project.doctor(&["--offline", "--fix"]);
    assert_eq!(mended.exit, Some(0), "{}", mended.text);
    let text = fs::read_to_string(project.directory().join(".env")).expect("a file");
    assert!(text.lines().any(|line| line == "B2C_CLIENT_SECRET="));
    let key = text
        .lines()
        .find_map(|line| line.strip_prefix("B2C_COOKIE_KEY="));
    assert!(key.is_some_and(|key| key.len() >= 32 && !before.contains(key)));
    assert!(!mended.text.contains(key.expect("a key")));
}

#[test]
fn a_fresh_clone_is_mended_with_what_every_clone_has() {
    let project = Project::beside(8400);
    project.git(&["init", "--quiet"]);
    let env = || fs::read_to_string(project.directory().join(".env")).expect("a file");
    let constant = env()
        .lines()
        .find(|line| line.starts_with("B2C_EMULATOR_CLIENT_SECRET="))
        .expect("the line")
        .to_owned();
    for left in ["", "B2C_EMULATOR_CLIENT_SECRET=\n"] {
        fs::remove_file(project.directory().join(".env")).expect("removed");
        if !left.is_empty() {
            fs::write(project.directory().join(".env"), left).expect("written");
        }
        let mended = project.doctor(&["--offline", "--fix"]);
        assert_eq!(mended.exit, Some(0), "{left:?}: {}", mended.text);
        assert!(env().lines().any(|line| line == constant), "{left:?}");
        // Nobody else's secret is known.
        assert!(env().lines().any(|line| line == "B2C_CLIENT_SECRET="));
    }
}

#[test]
fn a_key_is_never_written_where_git_sees_it() {
    let project = Project::beside(8400);
    project.git(&["init", "--quiet"]);
    let path = |name: &str| project.directory().join(name);
    fs::remove_file(path(".env")).expect("removed");
    project.edit(".gitignore", |_| "/target\n".to_owned());
    let mended = project.doctor(&["--offline", "--fix"]);
    assert_eq!(mended.exit, Some(0), "{}", mended.text);
    let ignored = fs::read_to_string(path(".gitignore")).expect("a file");
    assert_eq!(ignored, "/target\n/.env\n");
    project.git(&["check-ignore", "--quiet", ".env"]);

    // What git tracks, no line keeps out.
    fs::write(path(".env"), "B2C_COOKIE_KEY=\n").expect("written");
    project.git(&["add", "--force", ".env"]);
    let (exit, text) = project.run(&["doctor", "--offline", "--fix"]);
    assert_eq!(exit, Some(5), "{text}");
    let env = fs::read_to_string(path(".env")).expect("a file");
    assert_eq!(env, "B2C_COOKIE_KEY=\n");
}
