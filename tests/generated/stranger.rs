//! A stranger's first hour: a new project that one signs in at; then their own service, which was there
//! before, with sign-ins, metrics, a provider that stops and comes back, a secret that is exchanged
//! meanwhile, the move to External ID. The service is started once.

mod shop;

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use b2c_emulator::{Client, Emulator, Tenant};
use e2e::{Page, Person, Workspace};
use libtest_mimic::Failed;

use super::process::{self, Process};
use super::{cargo_in, failed, runs};

/// Goes through it.
pub fn hour() -> Result<(), Failed> {
    let outside = tempfile::tempdir().map_err(failed)?;
    let provider = loopback::free_port();
    let place = |name: &str| {
        let (project, app) = (outside.path().join(name), loopback::free_port());
        Place {
            project,
            app,
            provider,
        }
    };
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(place("strangers-first").begins())?;

    let shop = place("strangers-shop");
    shop::is_there(&shop.project, shop.app)?;
    shop.adds_sign_ins()?;
    runtime.block_on(shop.is_operated())
}

/// A service, its port, and that of its provider.
struct Place {
    project: PathBuf,
    app: u16,
    provider: u16,
}

impl Place {
    /// README, "Start": a project that one signs in at.
    async fn begins(&self) -> Result<(), Failed> {
        let path = self.project.display().to_string();
        let (port, provider) = (self.app.to_string(), self.provider.to_string());
        let ports = ["--port", &port, "--emulator-port", &provider];
        says(&[&["new", &path, "--yes"], &ports[..]].concat(), "")?;
        runs(cargo_in(&self.project).arg("build"))?;
        let _provider = self.provider_that_knows(OF_THE_EMULATOR).await?;
        let process = Process::start(&self.project, &self.url(), &[])?;
        process.probe_says(200, process::SOON).await?;
        sees_profile(&mut Person::new(&self.url())?).await
    }

    /// docs/existing-service.md, "By one command" and "A service that is operated"; then a tenant.
    fn adds_sign_ins(&self) -> Result<(), Failed> {
        let path = self.project.display().to_string();
        says(&["add", "--wire", "--offline", "-C", &path], "")?;
        shop::knows_who_it_is(&self.project)?;
        shop::is_made_to_be_operated(&self.project)?;
        let tenant = ["tenant", "set", B2C, "--profile", "tenant"];
        let instance = self.instance();
        let at = ["--instance", &instance, "--client-id", CLIENT];
        let place = ["--client-secret-stdin", "-C", &path];
        says(&[&tenant[..], &at, &place].concat(), FIRST)?;
        self.is_of_the_emulator("[profile.tenant.provider]\nkind = \"b2c\"\n")?;
        says(&["tenant", "use", "tenant", "-C", &path], "")?;
        runs(cargo_in(&self.project).arg("build"))
    }

    fn url(&self) -> String {
        format!("http://localhost:{}", self.app)
    }

    fn instance(&self) -> String {
        format!("http://localhost:{}", self.provider)
    }

    async fn is_operated(&self) -> Result<(), Failed> {
        let provider = self.provider_that_knows(FIRST).await?;
        let process = Process::start(&self.project, &self.url(), &[])?;
        process.probe_says(200, process::SOON).await?;

        let mut ada = Person::new(&self.url())?;
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

        let secrets = self.project.join(".env");
        edits(&secrets, &[(FIRST, SECOND)])?;
        let _provider = self.provider_that_knows(SECOND).await?;
        process.probe_says(200, PROBED).await?;
        // The provider knows the new secret alone.
        sees_profile(&mut Person::new(&self.url())?).await?;

        self.moves_to_external_id()?;
        let mut bob = Person::new(&self.url())?;
        self.signs_in_at_external_id(&mut bob, &process).await?;
        sees_profile(&mut ada).await?;

        let log = process.log();
        match [FIRST, SECOND, THIRD]
            .iter()
            .find(|secret| log.contains(**secret))
        {
            None => Ok(()),
            Some(secret) => Err(format!("{secret} is in the log:\n{log}").into()),
        }
    }

    /// docs/migrate-external-id.md, "Side by side".
    fn moves_to_external_id(&self) -> Result<(), Failed> {
        let path = self.project.display().to_string();
        let to = ["migrate", "--to", "external-id", "--side-by-side"];
        let instance = self.instance();
        let at = ["--instance", &instance, "--tenant", GUID];
        let app = ["--client-id", CLIENT_THERE, "--client-secret-stdin"];
        says(&[&to[..], &at, &app, &["-C", &path]].concat(), THIRD)?;
        let there = "[profile.tenant.providers.external-id]\nkind = \"external-id\"\n";
        self.is_of_the_emulator(there)
    }

    async fn signs_in_at_external_id(
        &self,
        person: &mut Person,
        process: &Process,
    ) -> Result<(), Failed> {
        let begun = Instant::now();
        loop {
            let page = person
                .opens("/login?provider=external-id&return_to=/profile")
                .await?;
            if page.url.contains(GUID) {
                let answers = [
                    ("signInName", "ada@emulator.example"),
                    ("password", PASSWORD),
                ];
                let page = person.submits(&page, "signInName", &answers).await?;
                return sees(&page, "Ada Lovelace");
            }
            if begun.elapsed() > PROBED {
                return Err(format!("{page:?}\n{}", process.log()).into());
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Both tenants of the emulator, the one at B2C with this secret of the app's.
    async fn provider_that_knows(&self, secret: &str) -> Result<Emulator, Failed> {
        let home = format!("{}/", self.url());
        let app = Client::new(CLIENT, secret)
            .redirect_uri(format!("{}/getAToken", self.url()))
            .redirect_uri(&home);
        let there = Client::new(CLIENT_THERE, THIRD)
            .redirect_uri(format!("{}/getAToken/external-id", self.url()))
            .redirect_uri(&home);
        let there = Tenant::external_id("fabrikam").id(GUID).client(there);
        let emulator = Emulator::builder().port(self.provider);
        let emulator = emulator.client(app).add_tenant(there);
        Ok(emulator.start().await?)
    }

    fn is_of_the_emulator(&self, table: &str) -> Result<(), Failed> {
        let marked = format!("{table}emulator = true\n");
        edits(&self.project.join("b2c.toml"), &[(table, &marked)])
    }
}

/// `cargo b2c-init` with this on its standard input, and with the workspace's build cache.
fn says(arguments: &[&str], input: &str) -> Result<(), Failed> {
    let mut command = Workspace::cargo();
    let command = command.arg("b2c-init").args(arguments);
    command.env("CARGO_TARGET_DIR", Workspace::target());
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut stdin = child.stdin.take().ok_or("no input")?;
    stdin.write_all(input.as_bytes())?;
    drop(stdin);
    let output = child.wait_with_output()?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr);
    Err(format!("{arguments:?}: {}\n{said}", output.status).into())
}

async fn sees_profile(person: &mut Person) -> Result<(), Failed> {
    let page = person.signs_in("/profile").await?;
    sees(&page, "Ada Lovelace")
}

fn sees(page: &Page, text: &str) -> Result<(), Failed> {
    if page.status == 200 && page.body.contains(text) {
        return Ok(());
    }
    Err(format!("{page:?}").into())
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
const CLIENT_THERE: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const B2C: &str = "b2cemulator.onmicrosoft.com";
const GUID: &str = "bbbbcccc-1111-dddd-2222-eeee3333ffff";
const PASSWORD: &str = "Passw0rd!";
const OF_THE_EMULATOR: &str = "emulator-secret-not-for-production";
const FIRST: &str = "the-first-secret-of-the-hour";
const SECOND: &str = "the-second-secret-of-the-hour";
const THIRD: &str = "the-third-secret-of-the-hour";
const SERIES: [&str; 3] = [
    "tower_b2c_callbacks_total{",
    "tower_b2c_authorization_requests_total{",
    "tower_b2c_keys_fetched_timestamp_seconds{",
];
/// The provider is asked once in 30 seconds, and settings are looked at every 5.
const PROBED: Duration = Duration::from_secs(75);
