//! What a server process is told by the harness.

use std::net::{Ipv4Addr, TcpListener};

use serde::{Deserialize, Serialize};

use crate::error::Failure;

/// Where a server listens, who signs its users in, where it keeps them.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Scene {
    /// The server's own port on the loopback interface.
    pub port: u16,
    /// The port of the base URL, if another server shares it behind one name.
    pub base_port: Option<u16>,
    /// The emulator's base URL.
    pub provider: String,
    /// The emulator's tenant, by name.
    pub tenant: String,
    /// Its issuer for the sign-in flow, as the metadata states it.
    pub issuer: String,
    /// The web app's identifier.
    pub client_id: String,
    /// And its secret.
    pub client_secret: String,
    /// Redis, if the row keeps sessions there.
    pub redis: Option<String>,
    /// PostgreSQL, if the row keeps sessions there.
    pub postgres: Option<String>,
    /// Whether the row keeps sessions in the browser's cookies.
    pub in_cookies: bool,
}

impl Scene {
    /// The app's base URL.
    pub fn base_url(&self) -> String {
        format!("http://localhost:{}", self.base_port.unwrap_or(self.port))
    }

    /// What the sign-in flow's endpoints begin with.
    pub fn authority(&self) -> String {
        format!("{}/{}/{USER_FLOW}", self.provider, self.tenant)
    }

    /// For the environment of the server process.
    pub(super) fn to_variable(&self) -> (&'static str, String) {
        // Strings and numbers always serialize.
        (VARIABLE, serde_json::to_string(self).unwrap_or_default())
    }

    /// As the harness has set it.
    ///
    /// # Errors
    ///
    /// When it has not: the process was started by hand.
    pub fn from_environment() -> Result<Self, Failure> {
        let text = std::env::var(VARIABLE).map_err(Failure::during(VARIABLE))?;
        serde_json::from_str(&text).map_err(Failure::during(VARIABLE))
    }
}

/// A port that nobody listens on.
///
/// # Errors
///
/// When there is none.
pub fn free_port() -> Result<u16, Failure> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
    let address = listener.and_then(|listener| listener.local_addr());
    Ok(address.map_err(Failure::during("a free port"))?.port())
}

/// The sign-in flow of the emulator's own tenant.
pub const USER_FLOW: &str = "B2C_1_signupsignin1";
const VARIABLE: &str = "BENCH_SCENE";
