//! The emulator, in this process; idle while anything is measured.

use b2c_emulator::{Emulator, EmulatorBuilder};

use super::scene::{Scene, USER_FLOW};
use crate::error::Failure;

/// Who signs everybody in.
pub struct Provider {
    emulator: Emulator,
}

impl Provider {
    /// Starts the emulator for apps at these ports.
    ///
    /// # Errors
    ///
    /// When it cannot listen.
    pub async fn start(ports: &[u16]) -> Result<Self, Failure> {
        Self::with(ports, |builder| builder).await
    }

    /// As [`start`](Self::start), with settings of the measurement's own.
    ///
    /// # Errors
    ///
    /// When it cannot listen.
    pub async fn with(
        ports: &[u16],
        change: impl FnOnce(EmulatorBuilder) -> EmulatorBuilder,
    ) -> Result<Self, Failure> {
        let paths = ["getAToken", "auth/callback"];
        let uris = ports
            .iter()
            .flat_map(|port| paths.map(|path| format!("http://localhost:{port}/{path}")));
        let builder = uris.fold(Emulator::builder(), EmulatorBuilder::redirect_uri);
        let emulator = change(builder.auto_sign_in(true)).start().await;
        Ok(Self {
            emulator: emulator.map_err(Failure::during("the emulator"))?,
        })
    }

    /// The emulator itself.
    pub fn emulator(&self) -> &Emulator {
        &self.emulator
    }

    /// What a server at this port is told.
    pub fn scene(&self, port: u16) -> Scene {
        let client = self.emulator.client();
        Scene {
            port,
            base_port: None,
            provider: self.emulator.base_url().to_owned(),
            tenant: self.emulator.tenant().to_owned(),
            issuer: format!(
                "{}/{}/v2.0/",
                self.emulator.base_url(),
                self.emulator.tenant_id()
            ),
            client_id: client.client_id().to_owned(),
            client_secret: client.client_secret().to_owned(),
            redis: None,
            postgres: None,
            in_cookies: false,
        }
    }

    /// Where the sign-in flow's metadata is.
    ///
    /// # Errors
    ///
    /// When the emulator has no such flow.
    pub fn metadata_url(&self) -> Result<String, Failure> {
        let url = self.emulator.metadata_url(USER_FLOW);
        url.ok_or_else(|| Failure::new("the emulator has no sign-in flow"))
    }
}
