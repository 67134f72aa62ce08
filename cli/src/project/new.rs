//! The questions that a new project answers.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use b2c_templates::{Deploy, File, Kind, Store, Template};

use super::checkout::Checkout;
use super::existing::CONFIG_FILE;
use super::name::ProjectName;
use super::plan::Plan;
use super::render::resolved;
use super::tested;
use super::vacant::{in_the_way, not_empty};
use super::workspace::refuse_member;
use crate::error::Error;
use crate::lock::{Base, Class, LockFile};
use crate::tenant::{OWN_PROFILE, Tenant, env_with, judge, variable_of, with_tenant};
use crate::terminal::SecretText;

/// A project to be generated.
#[derive(Clone, Debug)]
pub struct NewProject {
    pub(super) path: PathBuf,
    pub(super) template: Template,
    pub(super) kind: Kind,
    pub(super) store: Option<Store>,
    pub(super) deploy: BTreeSet<Deploy>,
    pub(super) tenant: Option<Tenant>,
    client_secret: Option<SecretText>,
    pub(super) name: Option<String>,
    pub(super) port: u16,
    pub(super) emulator_port: u16,
    pub(super) checkout: Option<Checkout>,
}

impl NewProject {
    /// A project in this directory, which must not exist or be empty but for a repository. Within a checkout of this
    /// repository the project uses the crates there, else those of the registry.
    pub fn at(path: impl AsRef<Path>) -> Self {
        Self {
            path: path.as_ref().to_owned(),
            template: Template::default(),
            kind: Kind::default(),
            store: None,
            deploy: BTreeSet::new(),
            tenant: None,
            client_secret: None,
            name: None,
            port: DEFAULT_PORT,
            emulator_port: DEFAULT_EMULATOR_PORT,
            checkout: Checkout::find(),
        }
    }

    /// The sort of project. Default: [`Template::WebApp`].
    pub fn template(mut self, template: Template) -> Self {
        self.template = template;
        self
    }

    /// Who signs the users in. Default: [`Kind::B2c`].
    pub fn kind(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    /// Where sessions are kept. Default: the template's ([`Template::default_store`]).
    pub fn store(mut self, store: Store) -> Self {
        self.store = Some(store);
        self
    }

    /// Adds files for a place to run at, or for a service that checks changes. Default: none.
    pub fn deploy(mut self, wanted: impl IntoIterator<Item = Deploy>) -> Self {
        self.deploy.extend(wanted);
        self
    }

    /// Whom users sign in at, beside the emulator: the profile `tenant` of `b2c.toml`. Its kind is that
    /// of [`kind`](Self::kind). Default: placeholders.
    pub fn tenant(mut self, tenant: Tenant) -> Self {
        self.tenant = Some(tenant);
        self
    }

    /// The client secret, for `.env`.
    pub(crate) fn client_secret(mut self, secret: SecretText) -> Self {
        self.client_secret = Some(secret);
        self
    }

    /// The name of the package. Default: the name of the directory.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The port of the app. Default: 5000.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// The port of the emulator. Default: 8400.
    pub fn emulator_port(mut self, port: u16) -> Self {
        self.emulator_port = port;
        self
    }

    /// The checkout whose crates the project uses; `None` for those of the registry.
    pub fn checkout(mut self, checkout: Option<Checkout>) -> Self {
        self.checkout = checkout;
        self
    }

    /// Renders every file, and writes none.
    ///
    /// # Errors
    ///
    /// The name is not one for a crate, the directory is not empty, the ports are the same, or a store
    /// is chosen for a template that keeps no sessions.
    pub fn plan(&self) -> Result<Plan, Error> {
        let (directory, name) = self.place()?;
        if self.port == self.emulator_port {
            let message = format!(
                "the app and the emulator cannot both have port {}",
                self.port
            );
            return Err(Error::Usage(message));
        }
        if self.template == Template::Grpc && self.grpc_port() == self.emulator_port {
            return Err(Error::Usage(format!(
                "the gRPC service has the port after the app's, {}, which the emulator is to have as \
                 well; choose another one with --port or --emulator-port",
                self.emulator_port
            )));
        }
        if self.store.is_some() && self.chosen_store().is_none() {
            return Err(Error::Usage(format!(
                "a project of the template {} keeps no sessions, so there is no store to choose: its \
                 callers bring a token with each request",
                self.template
            )));
        }
        refuse_what_is_there(&directory, &self.path)?;
        refuse_member(&resolved(&directory))?;

        let mut files = self.render(&directory, &name, &BTreeMap::new())?;
        let mut lock = LockFile {
            template: self.template.name().to_owned(),
            answers: self.answers(&name),
            ..LockFile::default()
        };
        for file in &mut files {
            *file = self.with_tenant(file, &directory, &mut lock)?;
        }
        let config = files.iter().find(|file| file.path() == CONFIG_FILE);
        let config = config.map(File::contents).unwrap_or_default().to_owned();
        files.extend(self.render_deploy(&name, &config)?);
        files.extend(record(lock, &files));
        files.sort_by(|a, b| a.path().cmp(b.path()));
        let lock_file = match &self.checkout {
            Some(checkout) => checkout.lock_file(),
            None => tested::lock_file(),
        };
        Ok(Plan::new(
            self.path.clone(),
            directory,
            name,
            files,
            lock_file,
        ))
    }

    /// The store that is asked for, else the template's; `None` where there are no sessions to keep.
    pub(super) fn chosen_store(&self) -> Option<Store> {
        let default = self.template.default_store()?;
        Some(self.store.unwrap_or(default))
    }

    /// The port of a gRPC service beside the app: the next one.
    pub(super) fn grpc_port(&self) -> u16 {
        self.port.checked_add(1).unwrap_or(1024)
    }

    /// A file with what is known of the tenant.
    fn with_tenant(
        &self,
        file: &File,
        directory: &Path,
        lock: &mut LockFile,
    ) -> Result<File, Error> {
        let text = match (file.path(), &self.tenant, &self.client_secret) {
            (CONFIG_FILE, Some(tenant), _) => {
                let text = with_tenant(file.contents(), lock, OWN_PROFILE, tenant, false)?;
                judge(directory, Some(OWN_PROFILE), file.contents(), &text)?;
                text
            }
            (".env", _, Some(secret)) => {
                env_with(file.contents(), &variable_of(OWN_PROFILE), secret)
            }
            _ => return Ok(file.clone()),
        };
        Ok(File::new(file.path(), text))
    }

    /// The directory, absolute, and the name of the package.
    pub(super) fn place(&self) -> Result<(PathBuf, ProjectName), Error> {
        let directory = std::path::absolute(&self.path);
        let directory =
            directory.map_err(|error| Error::io("find the current directory", error))?;
        let name = self.project_name(&directory).parse()?;
        Ok((directory, name))
    }

    fn project_name(&self, directory: &Path) -> String {
        let last = directory.file_name().unwrap_or_default();
        self.name
            .clone()
            .unwrap_or_else(|| last.to_string_lossy().into_owned())
    }
}

/// The lock file and the base, which travel with the project.
fn record(mut lock: LockFile, files: &[File]) -> [File; 2] {
    let mut base = Base::default();
    for file in files {
        lock.note(file.path(), file.contents());
        if Class::of(file.path()).has_base() {
            base.set(file.path(), file.contents());
        }
    }
    let record = [
        (LockFile::PATH, lock.to_text()),
        (Base::PATH, base.to_text()),
    ];
    record.map(|(path, text)| File::new(path, text))
}

fn refuse_what_is_there(directory: &Path, shown: &Path) -> Result<(), Error> {
    match in_the_way(directory) {
        Ok(names) if names.is_empty() => Ok(()),
        Ok(names) => Err(not_empty(shown, &names)),
        Err(_) if directory.symlink_metadata().is_err() => Ok(()),
        Err(_) if !directory.is_dir() => Err(Error::NotADirectory(shown.to_owned())),
        Err(error) => Err(Error::io(format!("read {}", shown.display()), error)),
    }
}

/// The original sample's port.
pub const DEFAULT_PORT: u16 = 5000;

/// The port on which the emulator is started for an app.
pub const DEFAULT_EMULATOR_PORT: u16 = 8400;
