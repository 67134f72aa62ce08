use std::{io, sync::Arc, time::Duration};

use super::{Emulator, StartError};
use crate::{
    directory::{Client, Tenant, User, UserFlow},
    provider::{Provider, Settings},
    random,
    server::{Loopback, TlsListener, run},
    tls::{Tls, server_config},
};

/// Describes an emulator; made by [`Emulator::builder`].
#[derive(Clone, Debug)]
pub struct EmulatorBuilder {
    port: u16,
    tenant: String,
    redirect_uris: Vec<String>,
    clients: Vec<Client>,
    users: Vec<User>,
    user_flows: Vec<UserFlow>,
    settings: Settings,
    tls: Option<Tls>,
}

impl EmulatorBuilder {
    pub(super) fn new() -> Self {
        Self {
            port: 0,
            tenant: "b2cemulator".to_owned(),
            redirect_uris: Vec::new(),
            clients: Vec::new(),
            users: Vec::new(),
            user_flows: Vec::new(),
            settings: Settings {
                token_lifetime: 60 * 60,
                single_use_refresh_tokens: false,
                most_pending_sign_ins: 2000,
            },
            tls: None,
        }
    }

    /// Sets the port. Default: 0, any free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Serves https instead of http, with a certificate of an authority of its own. Default: http.
    ///
    /// ```
    /// use b2c_emulator::{Emulator, Tls};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), b2c_emulator::StartError> {
    /// let emulator = Emulator::builder().tls(Tls::ephemeral()).start().await?;
    /// let ca = emulator.ca_certificate_pem().unwrap_or_default();
    /// assert!(ca.starts_with("-----BEGIN CERTIFICATE-----"));
    /// assert!(emulator.base_url().starts_with("https://localhost:"));
    /// # Ok(())
    /// # }
    /// ```
    pub fn tls(mut self, tls: Tls) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Sets the tenant's name. Default: `b2cemulator`, which is `b2cemulator.onmicrosoft.com`.
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = name.into();
        self
    }

    /// Registers a redirect URI for the default client. Default, if this is never called:
    /// `http://localhost:5000/getAToken`.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// Registers another application; one with the default client's id replaces it, and the
    /// builder's redirect URIs with it.
    pub fn client(mut self, client: Client) -> Self {
        self.clients.push(client);
        self
    }

    /// Adds a user beside the seeded ones; one with the sign-in name of a seeded user replaces it.
    pub fn user(mut self, user: impl Into<User>) -> Self {
        self.users.push(user.into());
        self
    }

    /// Adds a user flow beside the seeded ones; one with the name of a seeded user flow replaces it.
    pub fn user_flow(mut self, user_flow: UserFlow) -> Self {
        self.user_flows.push(user_flow);
        self
    }

    /// Sets the lifetime of access and ID tokens. Default: 60 minutes.
    pub fn access_token_lifetime(mut self, lifetime: Duration) -> Self {
        self.settings.token_lifetime = i64::try_from(lifetime.as_secs()).unwrap_or(i64::MAX / 4);
        self
    }

    /// Refuses a refresh token that was redeemed before (`AADB2C90129`). Default: off, since
    /// Microsoft does not say that a rotated refresh token dies.
    pub fn single_use_refresh_tokens(mut self, single_use: bool) -> Self {
        self.settings.single_use_refresh_tokens = single_use;
        self
    }

    /// Sets how many people may be on sign-in pages at once; the oldest journey is forgotten
    /// first. Default: 2000.
    pub fn max_pending_sign_ins(mut self, most: usize) -> Self {
        self.settings.most_pending_sign_ins = most;
        self
    }

    /// Starts the emulator on the loopback interface, in a task of the current tokio runtime.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let tenant_name = tenant_domain(&self.tenant)?;
        let authority = self.tls.as_ref().map(Tls::certificate_authority);
        let authority = authority.transpose()?;
        let listener = Loopback::bind(self.port)
            .await
            .map_err(|error| match error.kind() {
                io::ErrorKind::AddrInUse => StartError::PortTaken { port: self.port },
                _ => StartError::Io(error),
            })?;
        let port = listener.port();
        let mut clients = vec![Client::seeded(self.redirect_uris)];
        for client in self.clients {
            if client
                .client_id()
                .eq_ignore_ascii_case(clients[0].client_id())
            {
                clients[0] = client;
            } else {
                clients.push(client);
            }
        }
        let tenant = Tenant::seeded(tenant_name, clients, self.users, self.user_flows);
        let scheme = if authority.is_some() { "https" } else { "http" };
        let base_url = format!("{scheme}://localhost:{port}");
        let provider =
            Provider::new(base_url, tenant, self.settings).map_err(|_| StartError::Damaged)?;
        let provider = Arc::new(provider);
        random::warm_up();
        let server = match &authority {
            Some(authority) => {
                let config = server_config(authority, &[])?;
                run(TlsListener::new(listener, config), Arc::clone(&provider))
            }
            None => run(listener, Arc::clone(&provider)),
        };
        Ok(Emulator::new(provider, server, port, authority))
    }
}

fn tenant_domain(name: &str) -> Result<String, StartError> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if !name.split('.').all(is_label) {
        return Err(StartError::InvalidTenant {
            name: name.to_owned(),
        });
    }
    let name = name.to_ascii_lowercase();
    if name.contains('.') {
        Ok(name)
    } else {
        Ok(format!("{name}.onmicrosoft.com"))
    }
}
