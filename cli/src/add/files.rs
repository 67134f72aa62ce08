//! The files that an addition writes besides what is there.

use b2c_templates::File;

use super::answers::Answers;
use super::server::Server;
use crate::error::Error;
use crate::project::{CONFIG_FILE, cookie_key};

impl Answers {
    /// Settings, secrets and the module, as this version writes them.
    ///
    /// # Errors
    ///
    /// There are no random bytes for the key.
    pub(super) fn files(&self) -> Result<Vec<File>, Error> {
        let mut files = vec![
            File::new(CONFIG_FILE, self.settings()),
            File::new(self.module.as_str(), self.module_text()),
        ];
        if self.server.has_pages() {
            let key = format!("B2C_COOKIE_KEY={}\n", cookie_key()?);
            let secrets = ENV.replace("B2C_COOKIE_KEY=\n", &key);
            files.push(File::new(".env", secrets));
            files.push(File::new(".env.example", EXAMPLE));
        }
        Ok(files)
    }

    fn settings(&self) -> String {
        let text = if self.server.has_pages() { WEB } else { API };
        text.replace("<< app_url >>", &format!("http://localhost:{}", self.port))
            .replace(
                "<< emulator_url >>",
                &format!("http://localhost:{}", self.emulator_port),
            )
    }

    fn module_text(&self) -> String {
        match self.server {
            Server::Axum => AXUM.to_owned(),
            Server::Tonic => TONIC.to_owned(),
            Server::Hyper => HYPER.replace("tower_layer::Layer", &format!("{}::Layer", self.layer)),
        }
    }
}

const WEB: &str = include_str!("files/web.toml");
const API: &str = include_str!("files/api.toml");
const ENV: &str = include_str!("files/web.env");
const EXAMPLE: &str = include_str!("files/web.env.example");
const AXUM: &str = include_str!("files/axum.rs");
const TONIC: &str = include_str!("files/tonic.rs");
const HYPER: &str = include_str!("files/hyper.rs");
