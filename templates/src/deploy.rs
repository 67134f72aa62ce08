//! Files that bring a project to where it runs, and that check it on the way.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use include_dir::{Dir, include_dir};
use minijinja::{Value, context};

use crate::answers::Answers;
use crate::error::RenderError;
use crate::file::{File, is_rendered, project_path};
use crate::layers::files_of;
use crate::mounts::mounts;
use crate::store::Store;
use crate::template::{Template, environment};
use crate::unknown::Unknown;

/// Where a project is to run, or who checks it: a set of files on request.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Deploy {
    /// `Dockerfile` and `.dockerignore`, `docker`.
    Docker,
    /// `compose.yaml` with the emulator and the store, `compose`; with it [`Docker`](Self::Docker).
    Compose,
    /// A Deployment and what belongs to it, `kubernetes`; with it [`Docker`](Self::Docker).
    Kubernetes,
    /// An Azure Container App, `aca`; with it [`Docker`](Self::Docker).
    Aca,
    /// A hardened unit, `systemd`.
    Systemd,
    /// A workflow of GitHub Actions, `github`.
    Github,
}

impl Deploy {
    /// Every place to run at.
    pub const PLACES: [Self; 5] = [
        Self::Docker,
        Self::Compose,
        Self::Kubernetes,
        Self::Aca,
        Self::Systemd,
    ];

    /// Every service that checks changes.
    pub const CHECKS: [Self; 1] = [Self::Github];

    /// The name in lock files and on command lines, `kubernetes`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Docker => "docker",
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::Aca => "aca",
            Self::Systemd => "systemd",
            Self::Github => "github",
        }
    }

    /// The paths in this crate of all that these are made of.
    pub fn embedded() -> BTreeSet<String> {
        let files = files_of(&FILES).into_iter();
        files.map(|(path, _)| format!("deploy/{path}")).collect()
    }

    /// The files of some of these for a project of a template. The same answers give the same bytes.
    /// Beside those of a template they take `port`, `emulator_port`, `crates` (`registry` or `checkout`)
    /// and `tower_b2c_version`; and the secrets to hand over, [`Answers::deployed`] and
    /// [`Answers::emulated`].
    pub fn render(
        wanted: impl IntoIterator<Item = Self>,
        template: Template,
        store: Option<Store>,
        answers: &Answers,
    ) -> Result<Vec<File>, RenderError> {
        let folders: BTreeSet<&str> = wanted.into_iter().flat_map(Self::folders).collect();
        let files = files_of(&FILES).into_iter();
        let files: BTreeMap<String, String> =
            files.map(|(path, text)| (path, text.to_owned())).collect();
        let environment = environment(&files).map_err(|error| RenderError::new("deploy", error))?;
        let values = Value::from_pairs(answers.context(template.name()));
        let (deployed, emulated) = (answers.deployed_secrets(), answers.emulated_secrets());
        let profile = deployed.profile();
        let (deployed, emulated) = (mounts(deployed), mounts(emulated));
        let secrets = context! { profile, deployed, emulated };
        let context = context! { ..secrets, ..facts(store), ..values };
        let mut rendered = Vec::new();
        for (source, text) in &files {
            let Some((folder, path)) = source.split_once('/') else {
                continue;
            };
            if !folders.contains(folder) {
                continue;
            }
            let contents = if is_rendered(source) {
                let template = environment.get_template(source);
                let result = template.and_then(|template| template.render(&context));
                result.map_err(|error| RenderError::new(source, error))?
            } else {
                text.clone()
            };
            rendered.push(File::new(project_path(path), contents));
        }
        rendered.sort_by(|a, b| a.path().cmp(b.path()));
        Ok(rendered)
    }

    /// Its own folder, and that of what it needs.
    fn folders(self) -> Vec<&'static str> {
        match self {
            Self::Compose | Self::Kubernetes | Self::Aca => vec![self.name(), Self::Docker.name()],
            Self::Docker | Self::Systemd | Self::Github => vec![self.name()],
        }
    }
}

/// What follows from the template and the store.
fn facts(store: Option<Store>) -> Value {
    // Addresses that answer everybody without a session: whether requests should come, and whether
    // the process answers.
    let (probe_path, live_path) = ("/health/ready", "/health/live");
    let port = match store {
        Some(Store::Redis) => 6379,
        Some(Store::Postgres) => 5432,
        _ => 0,
    };
    context! {
        probe_path,
        live_path,
        store_port => port,
        // More instances would not know each other's sessions.
        single => matches!(store, Some(Store::Memory | Store::Sqlite)),
    }
}

impl FromStr for Deploy {
    type Err = Unknown;

    fn from_str(name: &str) -> Result<Self, Unknown> {
        let mut all = Self::PLACES.into_iter().chain(Self::CHECKS);
        let names: Vec<_> = all.clone().map(Self::name).collect();
        all.find(|deploy| deploy.name() == name)
            .ok_or_else(|| Unknown::new("place to run at", name, &names))
    }
}

impl fmt::Display for Deploy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/deploy");
