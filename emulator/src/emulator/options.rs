//! What is switched on beside the emulator itself.

use std::path::PathBuf;

use super::EmulatorBuilder;

/// Off or unset until a method of the builder says otherwise.
#[derive(Clone, Debug, Default)]
pub(super) struct Options {
    pub(super) admin_port: Option<u16>,
    pub(super) admin_token: Option<String>,
    pub(super) seed: Option<String>,
    pub(super) seed_file: Option<PathBuf>,
    pub(super) state_file: Option<PathBuf>,
}

impl EmulatorBuilder {
    /// Serves the admin API on a port of its own, with a token of its own; 0 takes any free port.
    /// Default: off.
    pub fn admin_port(mut self, port: u16) -> Self {
        self.options.admin_port = Some(port);
        self
    }

    /// Sets the admin API's token. Default: a random one.
    pub fn admin_token(mut self, token: impl Into<String>) -> Self {
        self.options.admin_token = Some(token.into());
        self
    }

    /// Starts with what a seed in TOML names; the rest is as usual.
    pub fn seed(mut self, toml: impl Into<String>) -> Self {
        self.options.seed = Some(toml.into());
        self
    }

    /// Starts with what a seed file names, and follows the file. A broken file keeps what was
    /// there before; [`Emulator::seed_problem`](crate::Emulator::seed_problem) says so.
    pub fn seed_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.seed_file = Some(path.into());
        self
    }

    /// Keeps what is registered in a file, and starts with it if it is there. Default: memory.
    pub fn state_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.options.state_file = Some(path.into());
        self
    }

    /// Signs the user of `login_hint` in without a page. A hint that is no user's is an error page.
    /// Default: off.
    pub fn auto_sign_in(mut self, on: bool) -> Self {
        self.settings.auto_sign_in = on;
        self
    }

    /// Lets other machines in, under any host name. Its users, secrets and signing key are known to
    /// everybody. Default: off, loopback only.
    pub fn public(mut self, on: bool) -> Self {
        self.settings.public = on;
        self
    }

    /// Starts with a clock that stands still at this time, in seconds since 1970, and with ids that
    /// are the same in every run. Keys are fixed anyway. Default: off.
    pub fn deterministic_at(mut self, seconds: i64) -> Self {
        self.settings.deterministic_at = Some(seconds);
        self
    }
}
