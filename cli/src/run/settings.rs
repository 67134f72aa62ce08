//! What `b2c.toml` says, and what the app is told on top of it.

use std::collections::BTreeMap;
use std::path::Path;

use toml::{Table, Value};
use tower_b2c::{Config, ConfigError, ConfigFile};
use url::Url;

use super::options::Run;
use super::stand_in::StandIn;
use crate::error::Error;
use crate::project::{CONFIG_FILE, cookie_key, is_api};

/// The addresses of a run, and the environment that makes the app use them.
#[derive(Debug)]
pub(super) struct Settings {
    pub(super) app_url: String,
    pub(super) port: u16,
    /// Empty for an API, which nobody signs in at.
    pub(super) redirect_uri: String,
    pub(super) emulator_port: u16,
    pub(super) stand_in: StandIn,
    /// What the app gets besides this process's own environment.
    pub(super) environment: BTreeMap<String, String>,
    /// Where this run differs from what the project is configured for.
    pub(super) notes: Vec<String>,
}

impl Settings {
    /// Reads the project's settings with the code that the app reads them with.
    pub(super) fn of(run: &Run) -> Result<Self, Error> {
        for missing in ["Cargo.toml", CONFIG_FILE] {
            if !run.directory.join(missing).is_file() {
                return Err(Error::NotAProject {
                    directory: run.shown_as.clone(),
                    missing,
                });
            }
        }
        let mut environment = BTreeMap::from([("B2C_PROFILE".to_owned(), PROFILE.to_owned())]);
        let file = read_table(&run.directory)?;
        let section = if is_api(&file) { "api" } else { "app" };
        let base_url = format!("B2C__{}__BASE_URL", section.to_ascii_uppercase());
        let mut notes = Vec::new();
        notes.extend(other_profile(&file, &environment_of(&run.directory)));
        if let Some(url) = public_address(&file, section).filter(|_| run.port.is_none()) {
            notes.push(format!(
                "{url} is not on this machine; this run uses {LOCAL_APP}"
            ));
            environment.insert(base_url.clone(), LOCAL_APP.to_owned());
        }
        if let Some(port) = run.port {
            environment.insert(base_url, format!("http://localhost:{port}"));
        }
        if let Some(port) = run.emulator_port {
            environment.extend(moved_emulator(&file, port));
        }
        let below = environment_of(&run.directory);
        if !below.contains_key(COOKIE_KEY) && !is_api(&file) {
            environment.insert(COOKIE_KEY.to_owned(), cookie_key()?);
        }

        // The emulator says its secret when it runs.
        let secret = (CLIENT_SECRET.to_owned(), "not known yet".to_owned());
        let everything = below.into_iter().chain(environment.clone()).chain([secret]);
        let config = Config::from_file(run.directory.join(CONFIG_FILE)).environment(everything);
        let Addresses {
            app_url,
            port,
            redirect_uri,
            provider,
        } = Addresses::of(config, is_api(&file))?;
        Ok(Self {
            app_url,
            port,
            redirect_uri,
            emulator_port: local_port(&provider)?,
            stand_in: StandIn::for_profile(&file, PROFILE),
            environment,
            notes,
        })
    }
}

/// What the checked configuration says about where everything is.
struct Addresses {
    app_url: String,
    port: u16,
    redirect_uri: String,
    provider: String,
}

impl Addresses {
    fn of(file: ConfigFile, is_api: bool) -> Result<Self, Error> {
        let wrong = |error: ConfigError| Error::Config(error.to_string());
        if !is_api {
            let config = file.load().map_err(wrong)?;
            return Ok(Self {
                app_url: config.base_url().to_owned(),
                port: config.port(),
                redirect_uri: config.redirect_uris().next().unwrap_or_default(),
                provider: owned(config.provider_origins().next()),
            });
        }
        let config = file.load_api().map_err(wrong)?;
        let place = config.base_url().zip(config.port());
        let (app_url, port) = place.ok_or_else(|| {
            Error::Config(format!(
                "{CONFIG_FILE}: api.base_url: found nothing, expected the API's address with its port, \
                 such as \"{LOCAL_APP}\""
            ))
        })?;
        Ok(Self {
            app_url: app_url.to_owned(),
            port,
            redirect_uri: String::new(),
            provider: owned(config.provider_origins().next()),
        })
    }
}

fn owned(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

/// This process's environment above the project's `.env`, as the app will see it.
fn environment_of(directory: &Path) -> BTreeMap<String, String> {
    let file = dotenvy::from_path_iter(directory.join(".env"));
    let mut variables: BTreeMap<_, _> = file.into_iter().flatten().filter_map(Result::ok).collect();
    let own = std::env::vars_os();
    variables.extend(
        own.filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
    );
    variables.retain(|_, value| !value.is_empty());
    variables
}

fn read_table(directory: &Path) -> Result<Table, Error> {
    let path = directory.join(CONFIG_FILE);
    let text = std::fs::read_to_string(&path);
    let text = text.map_err(|error| Error::io(format!("read {}", path.display()), error))?;
    // Mistakes are told by the code that the app reads the file with, all at once.
    Ok(text.parse().unwrap_or_default())
}

/// What to say when the app by itself would use another profile.
fn other_profile(file: &Table, environment: &BTreeMap<String, String>) -> Option<String> {
    let in_file = file.get("active_profile").and_then(Value::as_str);
    let chosen = environment
        .get("B2C_PROFILE")
        .map(String::as_str)
        .or(in_file)?;
    (chosen != PROFILE)
        .then(|| format!("this run uses the profile \"{PROFILE}\"; `cargo run` uses \"{chosen}\""))
}

/// The app's address, if it is not one of this machine's.
fn public_address<'a>(file: &'a Table, section: &str) -> Option<&'a str> {
    let profile = file
        .get("profile")
        .and_then(|profiles| profiles.get(PROFILE)?.as_table());
    let mut tables = profile.into_iter().chain([file]);
    let url = tables.find_map(|table| table.get(section)?.get("base_url")?.as_str())?;
    let local = ["http://localhost", "http://127.0.0.1", "http://[::1]"];
    (!local.iter().any(|start| url.starts_with(start))).then_some(url)
}

/// The settings that point the app to an emulator on another port.
fn moved_emulator(table: &Table, port: u16) -> BTreeMap<String, String> {
    let profile = table
        .get("profile")
        .and_then(|profiles| profiles.get(PROFILE));
    let setting = |key| profile.and_then(|profile| profile.get("provider")?.get(key)?.as_str());
    let moved = format!("http://localhost:{port}");
    let issuer = setting("issuer").and_then(|issuer| Url::parse(issuer).ok());
    let instance = setting("instance").map(str::to_owned);
    let instance = instance.or(issuer
        .as_ref()
        .map(|url| url.origin().ascii_serialization()));
    let mut settings = match issuer {
        Some(issuer) => {
            let issuer = format!("{moved}{}", issuer.path());
            BTreeMap::from([("B2C__PROVIDER__ISSUER".to_owned(), issuer)])
        }
        None => BTreeMap::from([("B2C__PROVIDER__INSTANCE".to_owned(), moved.clone())]),
    };
    let downstream = profile.and_then(|profile| profile.get("downstream")?.as_array().cloned());
    if let (Some(instance), Some(mut apis)) = (&instance, downstream) {
        for api in &mut apis {
            if let Some(Value::String(url)) = api.get_mut("base_url") {
                *url = url.replacen(instance.trim_end_matches('/'), &moved, 1);
            }
        }
        settings.insert("B2C__DOWNSTREAM".to_owned(), Value::Array(apis).to_string());
    }
    settings
}

fn local_port(origin: &str) -> Result<u16, Error> {
    let port = origin
        .rsplit_once(':')
        .and_then(|(_, port)| port.parse().ok());
    port.ok_or_else(|| {
        let message = format!(
            "{CONFIG_FILE}: profile.{PROFILE}.provider.instance: found \"{origin}\", expected the \
             emulator's address with its port, such as \"http://localhost:8400\""
        );
        Error::Config(message)
    })
}

const PROFILE: &str = "emulator";
const LOCAL_APP: &str = "http://localhost:5000";
/// The variable in which a generated project looks for the emulator's client secret.
pub(super) const CLIENT_SECRET: &str = "B2C_EMULATOR_CLIENT_SECRET";
const COOKIE_KEY: &str = "B2C_COOKIE_KEY";

#[cfg(test)]
mod tests {
    use b2c_templates::{Kind, Template};

    use super::{Run, Settings};
    use crate::project::NewProject;

    #[test]
    fn ports_come_from_the_file_and_can_be_moved_for_one_run() {
        let directory = tempfile::tempdir().expect("a directory");
        let project = directory.path().join("demo");
        NewProject::at(&project)
            .port(5055)
            .emulator_port(8455)
            .plan()
            .and_then(|plan| plan.write())
            .expect("written");

        let settings = Settings::of(&Run::of(&project)).expect("valid settings");
        assert_eq!((settings.port, settings.emulator_port), (5055, 8455));
        assert_eq!(settings.redirect_uri, "http://localhost:5055/getAToken");

        let moved = Run::of(&project).port(Some(5056)).emulator_port(Some(8456));
        let settings = Settings::of(&moved).expect("valid settings");
        assert_eq!((settings.port, settings.emulator_port), (5056, 8456));
        let apis = &settings.environment["B2C__DOWNSTREAM"];
        assert!(apis.contains("http://localhost:8456/api"), "{apis}");
    }

    fn written(project: &NewProject) {
        let plan = project.plan().expect("a plan");
        plan.write().expect("written");
    }

    #[test]
    fn an_issuer_moves_with_the_emulator() {
        let directory = tempfile::tempdir().expect("a directory");
        let project = directory.path().join("demo");
        written(&NewProject::at(&project).kind(Kind::Oidc));

        let moved = Run::of(&project).emulator_port(Some(8456));
        let settings = Settings::of(&moved).expect("valid settings");
        assert_eq!(settings.emulator_port, 8456);
        assert_eq!(
            settings.environment["B2C__PROVIDER__ISSUER"],
            "http://localhost:8456/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0"
        );
        let apis = &settings.environment["B2C__DOWNSTREAM"];
        assert!(apis.contains("http://localhost:8456/api"), "{apis}");
    }

    #[test]
    fn an_api_has_an_address_and_no_redirect_uri() {
        let directory = tempfile::tempdir().expect("a directory");
        let project = directory.path().join("demo");
        written(&NewProject::at(&project).template(Template::Api).port(5055));

        let settings = Settings::of(&Run::of(&project)).expect("valid settings");
        assert_eq!(settings.app_url, "http://localhost:5055");
        assert_eq!((settings.port, settings.emulator_port), (5055, 8400));
        assert_eq!(settings.redirect_uri, "");
        assert!(!settings.environment.contains_key("B2C_COOKIE_KEY"));

        let moved = Run::of(&project).port(Some(5056));
        let settings = Settings::of(&moved).expect("valid settings");
        assert_eq!(settings.port, 5056);
    }
}
