//! The generated app beside an emulator that the test holds in its hands.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use b2c_emulator::Emulator;
use cargo_b2c_init::{NewProject, Template};
use libtest_mimic::Failed;

use crate::failed;
use e2e::Workspace;

/// A running app and its provider.
pub struct App {
    pub url: String,
    pub emulator: Emulator,
    process: Child,
}

impl App {
    /// Starts the generated app beside an emulator whose tokens live for `tokens`.
    pub async fn start(tokens: Duration) -> Result<Self, Failed> {
        let (directory, program) = project(Template::WebApp)?;
        Self::run(directory, program, tokens).await
    }

    /// Starts the app generated of a template, whose tokens live for an hour.
    pub async fn start_of(template: Template) -> Result<Self, Failed> {
        let (directory, program) = project(template)?;
        Self::run(directory, program, Duration::from_secs(3600)).await
    }

    /// Starts `examples/axum-web-app` in the same way.
    pub async fn start_example() -> Result<Self, Failed> {
        let package = ["build", "--quiet", "--package", "example-axum-web-app"];
        let status = Workspace::cargo().args(package).status().map_err(failed)?;
        if !status.success() {
            return Err("the example does not build".into());
        }
        let program = Workspace::target().join("debug/example-axum-web-app");
        Self::run(Workspace::root(), program, Duration::from_secs(3600)).await
    }

    async fn run(directory: PathBuf, program: PathBuf, tokens: Duration) -> Result<Self, Failed> {
        let port = loopback::free_port();
        let url = format!("http://localhost:{port}");
        let emulator = Emulator::builder()
            .redirect_uri(format!("{url}/getAToken"))
            .access_token_lifetime(tokens)
            .start()
            .await
            .map_err(failed)?;
        let api = format!(
            r#"[{{ name = "demo", base_url = "{}/api", resource = "https://{}/demo-api", scopes = ["demo.read"] }}]"#,
            emulator.base_url(),
            emulator.tenant()
        );
        let process = Command::new(program)
            .current_dir(directory)
            .env("B2C__APP__BASE_URL", &url)
            .env("B2C__PROVIDER__INSTANCE", emulator.base_url())
            .env("B2C__DOWNSTREAM", api)
            .env(
                "B2C_EMULATOR_CLIENT_SECRET",
                emulator.client().client_secret(),
            )
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(failed)?;
        let app = Self {
            url,
            emulator,
            process,
        };
        loopback::wait_for(port)?;
        Ok(app)
    }

    /// The URL of one of the app's paths.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The beginning of every URL of the provider's.
    pub fn provider(&self) -> &str {
        self.emulator.base_url()
    }

    /// How many refresh tokens the provider has taken.
    pub fn refreshes(&self) -> usize {
        let requests = self.emulator.requests();
        requests
            .iter()
            .filter(|request| request.grant_type() == Some("refresh_token"))
            .count()
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The generated project and its program, written and built once.
fn project(template: Template) -> Result<(PathBuf, PathBuf), Failed> {
    type Projects = BTreeMap<&'static str, Result<(PathBuf, PathBuf), String>>;
    static PROJECTS: Mutex<Projects> = Mutex::new(BTreeMap::new());
    let mut projects = PROJECTS.lock().unwrap_or_else(PoisonError::into_inner);
    let build = || write_and_build(template).map_err(|error| error.to_string());
    let project = projects.entry(template.name()).or_insert_with(build);
    project.clone().map_err(Into::into)
}

fn write_and_build(template: Template) -> Result<(PathBuf, PathBuf), Box<dyn std::error::Error>> {
    let name = format!("browser-{template}");
    let directory = Workspace::scratch(&name)?.join("demo");
    NewProject::at(&directory)
        .template(template)
        .name(&name)
        .plan()?
        .write()?;
    let status = Workspace::cargo()
        .args(["build", "--quiet", "--manifest-path"])
        .arg(directory.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(Workspace::target())
        .status()?;
    if !status.success() {
        return Err("the generated project does not build".into());
    }
    let program = Workspace::target().join("debug").join(name);
    Ok((directory, program))
}
