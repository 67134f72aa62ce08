//! A stranger's first hour: a new project, metrics, a provider that stops and comes back, a secret that is
//! exchanged meanwhile, the move to External ID. The process is started once.

use std::fs;
use std::path::Path;
use std::time::Duration;

use b2c_emulator::{Client, Emulator};
use e2e::{Person, Workspace};
use libtest_mimic::Failed;

use super::process::Process;
use super::{cargo_in, failed, runs};

/// Goes through it.
pub fn hour() -> Result<(), Failed> {
    let outside = tempfile::tempdir().map_err(failed)?;
    // README: "The first ten minutes".
    let mut new = Workspace::cargo();
    new.args(["b2c-init", "new", "--yes"])
        .arg(outside.path().join("stranger"));
    runs(&mut new)?;
    let project = outside.path().join("stranger");
    follows_the_page_on_metrics(&project)?;
    runs(cargo_in(&project).arg("build"))?;

    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(operates(&project))
}

async fn operates(project: &Path) -> Result<(), Failed> {
    let url = format!("http://localhost:{}", Process::free_port()?);
    let port = Process::free_port()?;
    let provider = provider_with(FIRST, &url, port).await?;
    knows_secret(project, FIRST)?;
    let instance = provider.base_url().to_owned();
    let variables = [
        ("B2C_PROFILE", "emulator"),
        ("B2C__PROVIDER__INSTANCE", instance.as_str()),
        ("B2C__PROVIDER__CLIENT_ID", CLIENT),
    ];
    let process = Process::start(project, &url, &variables)?;
    process.probe_says(200, SOON).await?;

    let mut ada = Person::new(&url)?;
    sees_profile(&mut ada).await?;
    let metrics = ada.opens("/metrics").await?.body;
    for series in SERIES {
        if !metrics.contains(series) {
            return Err(format!("no {series} in\n{metrics}").into());
        }
    }

    drop(provider);
    let said = process.probe_says(503, PROBED).await?;
    if !said.contains("fail") {
        return Err(format!("the probe said {said}").into());
    }
    // Whoever is signed in does not notice.
    sees_profile(&mut ada).await?;

    knows_secret(project, SECOND)?;
    let _provider = provider_with(SECOND, &url, port).await?;
    process.probe_says(200, PROBED).await?;
    // The provider knows the new secret alone.
    sees_profile(&mut Person::new(&url)?).await?;
    let log = process.log();
    match [FIRST, SECOND].iter().find(|secret| log.contains(**secret)) {
        None => Ok(()),
        Some(secret) => Err(format!("{secret} is in the log:\n{log}").into()),
    }
}

/// A provider at this port for which the app has this secret.
async fn provider_with(secret: &str, url: &str, port: u16) -> Result<Emulator, Failed> {
    let app = Client::new(CLIENT, secret)
        .redirect_uri(format!("{url}/getAToken"))
        .redirect_uri(format!("{url}/"));
    Ok(Emulator::builder().port(port).client(app).start().await?)
}

async fn sees_profile(person: &mut Person) -> Result<(), Failed> {
    let page = person.signs_in("/profile").await?;
    match page.status == 200 && page.body.contains("Ada Lovelace") {
        true => Ok(()),
        false => Err(format!("{page:?}").into()),
    }
}

/// The secret, in the file beside `b2c.toml`.
fn knows_secret(project: &Path, secret: &str) -> Result<(), Failed> {
    let file = project.join(".env");
    let text = fs::read_to_string(&file)?;
    let lines = text.lines().map(|line| {
        let is_it = line.starts_with("B2C_EMULATOR_CLIENT_SECRET=");
        let line = if is_it {
            &format!("B2C_EMULATOR_CLIENT_SECRET={secret}")
        } else {
            line
        };
        format!("{line}\n")
    });
    Ok(fs::write(&file, lines.collect::<String>())?)
}

/// A recorder and a route for it; and a probe that turns red as soon as the provider is away.
fn follows_the_page_on_metrics(project: &Path) -> Result<(), Failed> {
    edits(
        &project.join("Cargo.toml"),
        &[
            (
                "features = [\"axum\"]",
                "features = [\"axum\", \"metrics\"]",
            ),
            (
                "[dependencies]\n",
                "[dependencies]\nmetrics-exporter-prometheus = { version = \"0.18\", default-features = false }\n",
            ),
        ],
    )?;
    edits(
        &project.join("src/main.rs"),
        &[
            (
                "    let (app, sign_in) =",
                "    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder()?;\n    let (app, sign_in) =",
            ),
            (
                "    let shutdown = Shutdown::listen(",
                "    let metrics = axum::routing::get(move || async move { metrics.render() });\n    let app = app.route(\"/metrics\", metrics);\n    let shutdown = Shutdown::listen(",
            ),
        ],
    )?;
    edits(
        &project.join("src/lib.rs"),
        &[(
            "sign_in.health()",
            "sign_in.health().last_known_good(std::time::Duration::from_secs(1))",
        )],
    )
}

fn edits(file: &Path, changes: &[(&str, &str)]) -> Result<(), Failed> {
    let mut text = fs::read_to_string(file)?;
    for (old, new) in changes {
        if text.matches(old).count() != 1 {
            return Err(format!("{old:?} is not in {} once:\n{text}", file.display()).into());
        }
        text = text.replacen(old, new, 1);
    }
    Ok(fs::write(file, text)?)
}

const CLIENT: &str = "00001111-aaaa-2222-bbbb-3333cccc4444";
const FIRST: &str = "the-first-secret-of-the-hour";
const SECOND: &str = "the-second-secret-of-the-hour";
const SERIES: [&str; 3] = [
    "tower_b2c_callbacks_total{",
    "tower_b2c_authorization_requests_total{",
    "tower_b2c_keys_fetched_timestamp_seconds{",
];
const SOON: Duration = Duration::from_secs(15);
/// The provider is asked once in 30 seconds.
const PROBED: Duration = Duration::from_secs(75);
