//! `doctor` tries the session store out that the app would use; with the feature `stores`.

#![allow(
    clippy::expect_used,
    clippy::panic,
    reason = "these are tests, helpers included"
)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, ExitCode, Stdio};

use cargo_b2c_init::NewProject;
use libtest_mimic::{Arguments, Failed, Trial};
use serde_json::Value;
use tempfile::TempDir;

fn main() -> ExitCode {
    let found = Command::new("redis-server")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let is_ci = std::env::var_os("CI").is_some_and(|ci| ci == "true");
    let lacks = found.is_err() && !is_ci;
    let needs = |trial: Trial| {
        if lacks {
            trial
                .with_kind("ignored: apt-get install redis-server")
                .with_ignored_flag(true)
        } else {
            trial
        }
    };
    let trials = vec![
        needs(Trial::test("redis_that_loses_sessions_is_found", evicting)),
        needs(Trial::test("redis_that_is_away_is_found", away)),
        Trial::test("a_file_of_sessions_that_others_can_read_is_found", readable),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

/// A server on a port of its own, which keeps nothing on disk.
struct Redis {
    process: Child,
    port: u16,
}

impl Redis {
    fn start(more: &[&str]) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &port.to_string(),
            "--save",
            "",
            "--bind",
            "127.0.0.1",
        ]);
        let process = command.args(more).stdout(Stdio::null()).spawn()?;
        let server = Self { process, port };
        loopback::wait_for(port)?;
        Ok(server)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A project whose sessions are where these settings say.
fn project(settings: &str) -> Result<TempDir, Failed> {
    let sandbox = tempfile::tempdir()?;
    let root = sandbox.path().join("demo");
    NewProject::at(&root)
        .name("demo")
        .checkout(None)
        .plan()?
        .write()?;
    let file = root.join("b2c.toml");
    let text = fs::read_to_string(&file)?;
    fs::write(
        &file,
        text.replace("[session]\n", &format!("[session]\n{settings}\n")),
    )?;
    Ok(sandbox)
}

/// The codes that are about the store, and everything that was said.
fn doctor(sandbox: &Path, url: &str) -> Result<(Vec<String>, String), Failed> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-b2c-init"));
    command
        .args(["b2c-init", "doctor", "--json", "-C"])
        .arg(sandbox.join("demo"));
    let output = command
        .env("STORE_URL", url)
        .env_remove("B2C_PROFILE")
        .output()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let document: Value = serde_json::from_str(&text)?;
    let findings = document["findings"].as_array().ok_or("no findings")?.iter();
    let codes = findings.filter_map(|finding| finding["code"].as_str());
    let of_store = codes.filter(|code| code.starts_with("B2C06"));
    Ok((of_store.map(str::to_owned).collect(), text))
}

const REDIS: &str = "store = \"redis\"\nredis = { url = { env = \"STORE_URL\" } }";

fn evicting() -> Result<(), Failed> {
    let sandbox = project(REDIS)?;
    let server = Redis::start(&["--maxmemory-policy", "volatile-lru"])?;
    let url = format!("redis://127.0.0.1:{}", server.port);
    let (codes, text) = doctor(sandbox.path(), &url)?;
    assert_eq!(codes, ["B2C061", "B2C062"], "{text}");
    assert!(text.contains("maxmemory-policy is volatile-lru"), "{text}");
    Ok(())
}

fn away() -> Result<(), Failed> {
    let sandbox = project(REDIS)?;
    let url = "redis://:hunter2@127.0.0.1:1";
    let (codes, text) = doctor(sandbox.path(), url)?;
    assert_eq!(codes, ["B2C060"], "{text}");
    assert!(!text.contains("hunter2"), "{text}");
    Ok(())
}

fn readable() -> Result<(), Failed> {
    let sandbox = project("store = \"sqlite\"\nsqlite = { path = \"sessions.db\" }")?;
    let (codes, text) = doctor(sandbox.path(), "")?;
    assert!(codes.is_empty(), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let file = sandbox.path().join("demo/sessions.db");
        fs::set_permissions(file, fs::Permissions::from_mode(0o644))?;
        let (codes, text) = doctor(sandbox.path(), "")?;
        assert_eq!(codes, ["B2C063"], "{text}");
    }
    Ok(())
}
