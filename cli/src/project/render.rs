//! What a project's answers make of the templates.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use b2c_templates::{Answers, Deploy, File};

use super::answers::{CHECKOUT, REGISTRY};
use super::checkout::dependency;
use super::name::ProjectName;
use super::new::NewProject;
use super::secret::cookie_key;
use crate::error::Error;
use crate::file::real_path;
use crate::tenant::{deployed, emulated};

impl NewProject {
    /// The template's files, for a project in this directory.
    pub(super) fn render(
        &self,
        directory: &Path,
        name: &ProjectName,
        ejected: &BTreeMap<String, String>,
    ) -> Result<Vec<File>, Error> {
        let checkout = self.checkout.as_ref();
        let ours = |krate, options| dependency(krate, options, checkout, &resolved(directory));
        let features = self.template.features(self.chosen_store());
        let answers = self
            .common(name)
            .with("crate_name", name.crate_name())
            .with(
                "emulator_url",
                format!("http://localhost:{}", self.emulator_port),
            )
            .with("grpc_url", format!("http://localhost:{}", self.grpc_port()))
            .with("cookie_key", cookie_key()?)
            .with(
                "tower_b2c",
                ours("tower-b2c", &format!("features = {features:?}")),
            )
            .with(
                "tower_b2c_testing",
                ours("tower-b2c", "features = [\"testing\"]"),
            )
            .with(
                "b2c_emulator",
                ours("b2c-emulator", "default-features = false"),
            );
        let template = self.template;
        template
            .render_with(&answers, ejected)
            .map_err(Error::Template)
    }

    /// The files to run it with, for a project with this `b2c.toml`.
    pub(super) fn render_deploy(
        &self,
        name: &ProjectName,
        config: &str,
    ) -> Result<Vec<File>, Error> {
        let crates = match self.checkout {
            Some(_) => CHECKOUT,
            None => REGISTRY,
        };
        let answers = self
            .common(name)
            .deployed(deployed(config))
            .emulated(emulated(config))
            .with("port", self.port.to_string())
            .with("emulator_port", self.emulator_port.to_string())
            .with("crates", crates)
            .with("tower_b2c_version", env!("CARGO_PKG_VERSION"));
        let deploy = self.deploy.iter().copied();
        Deploy::render(deploy, self.template, self.chosen_store(), &answers)
            .map_err(Error::Template)
    }

    /// What all files are told.
    fn common(&self, name: &ProjectName) -> Answers {
        Answers::new()
            .kind(self.kind)
            .store(self.chosen_store().unwrap_or_default())
            .with("name", name.as_str())
            .with("app_url", format!("http://localhost:{}", self.port))
    }

    /// The files to run a project with that is there, for these settings of it.
    pub(crate) fn deployment(&self, config: &str) -> Result<Vec<File>, Error> {
        self.render_deploy(&self.place()?.1, config)
    }

    /// The files for a project that is there, some of the template's in other versions. Those to run it
    /// with are for the settings that it has, `config`.
    pub(crate) fn render_with(
        &self,
        ejected: &BTreeMap<String, String>,
        config: &str,
    ) -> Result<Vec<File>, Error> {
        let (directory, name) = self.place()?;
        let mut files = self.render(&directory, &name, ejected)?;
        files.extend(self.render_deploy(&name, config)?);
        Ok(files)
    }
}

/// The directory as it will be found, links followed as far as it exists.
pub(super) fn resolved(directory: &Path) -> PathBuf {
    for ancestor in directory.ancestors() {
        if let (Ok(real), Ok(rest)) = (real_path(ancestor), directory.strip_prefix(ancestor)) {
            return real.join(rest);
        }
    }
    directory.to_owned()
}
