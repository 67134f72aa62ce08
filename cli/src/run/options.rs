//! How a project is to be run.

use std::path::{Path, PathBuf};

use super::session;
use crate::error::Error;
use crate::project::Checkout;
use crate::terminal::{ColorChoice, Terminal};

/// A project about to be built and run.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(super) directory: PathBuf,
    pub(super) shown_as: PathBuf,
    pub(super) port: Option<u16>,
    pub(super) emulator_port: Option<u16>,
    pub(super) open: bool,
    pub(super) cargo_options: Vec<&'static str>,
    pub(super) color: ColorChoice,
    pub(super) checkout: Option<Checkout>,
}

impl Run {
    /// The project in this directory, on the ports that its `b2c.toml` names.
    pub(crate) fn of(directory: &Path) -> Self {
        Self {
            directory: directory.to_owned(),
            shown_as: directory.to_owned(),
            port: None,
            emulator_port: None,
            open: false,
            cargo_options: Vec::new(),
            color: ColorChoice::Auto,
            checkout: None,
        }
    }

    /// The directory's name in messages.
    pub(crate) fn shown_as(mut self, path: &Path) -> Self {
        path.clone_into(&mut self.shown_as);
        self
    }

    /// The app's port, in place of the configured one.
    pub(crate) fn port(mut self, port: Option<u16>) -> Self {
        self.port = port;
        self
    }

    /// The emulator's port, in place of the configured one.
    pub(crate) fn emulator_port(mut self, port: Option<u16>) -> Self {
        self.emulator_port = port;
        self
    }

    /// Whether to open the browser.
    pub(crate) fn open(mut self, open: bool) -> Self {
        self.open = open;
        self
    }

    /// An option for `cargo build`, if it is wanted.
    pub(crate) fn cargo_option(mut self, option: &'static str, wanted: bool) -> Self {
        self.cargo_options.extend(wanted.then_some(option));
        self
    }

    /// When cargo uses colours.
    pub(crate) fn color(mut self, color: ColorChoice) -> Self {
        self.color = color;
        self
    }

    /// The checkout whose build cache is used.
    pub(crate) fn checkout(mut self, checkout: Option<Checkout>) -> Self {
        self.checkout = checkout;
        self
    }

    /// Builds and runs until Ctrl-C, or until the app ends.
    pub(crate) fn start(&self, terminal: &mut Terminal) -> Result<(), Error> {
        session::start(self, terminal)
    }
}
