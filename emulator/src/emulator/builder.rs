use std::{fs, io, iter, path::PathBuf, sync::Arc, time::Duration};

use super::{Emulator, StartError, handle::RunningAdmin, options::Options};
use crate::{
    directory::{AttributeType, Client, Tenant, TenantBuilder, User, UserFlow},
    provider::{Providers, Settings},
    random,
    seed::{Seed, SeedError, follow, keep},
    server::{Loopback, TlsListener, run, run_admin},
    tls::{Tls, server_config},
    world::World,
};

/// Describes an emulator; made by [`Emulator::builder`].
#[derive(Clone, Debug)]
pub struct EmulatorBuilder {
    port: u16,
    /// The default one.
    tenant: TenantBuilder,
    more_tenants: Vec<TenantBuilder>,
    pub(super) settings: Settings,
    pub(super) options: Options,
    tls: Option<Tls>,
    /// Where the application is.
    pub(super) app: String,
}

impl EmulatorBuilder {
    pub(super) fn new() -> Self {
        Self {
            port: 0,
            tenant: TenantBuilder::seeded(),
            more_tenants: Vec::new(),
            options: Options::default(),
            settings: Settings {
                token_lifetime: 60 * 60,
                single_use_refresh_tokens: false,
                auto_sign_in: false,
                deterministic_at: None,
                public: false,
                misbehave_header: false,
                most_pending_sign_ins: 2000,
            },
            tls: None,
            app: "http://localhost:5000".to_owned(),
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

    /// Sets the name of the default tenant. Default: `b2cemulator`, which is `b2cemulator.onmicrosoft.com`.
    pub fn tenant(mut self, name: impl Into<String>) -> Self {
        self.tenant = self.tenant.name(name);
        self
    }

    /// Serves the default tenant at a host name of its own, too.
    pub fn custom_domain(mut self, host: impl Into<String>) -> Self {
        self.tenant = self.tenant.custom_domain(host);
        self
    }

    /// Registers a redirect URI for the default client. Default, if this is never called:
    /// `http://localhost:5000/getAToken`.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.tenant = self.tenant.redirect_uri(uri);
        self
    }

    /// Registers another application; one with the default client's id replaces it, and the
    /// builder's redirect URIs with it.
    pub fn client(mut self, client: Client) -> Self {
        self.tenant = self.tenant.client(client);
        self
    }

    /// Adds a user beside the seeded ones; one with the sign-in name of a seeded user replaces it.
    pub fn user(mut self, user: impl Into<User>) -> Self {
        self.tenant = self.tenant.user(user);
        self
    }

    /// Declares a custom attribute, `LoyaltyId` for the claim `extension_LoyaltyId`. User flows ask
    /// for it with [`UserFlow::attribute`].
    ///
    /// ```
    /// use b2c_emulator::{AttributeType, Emulator, User, UserFlow};
    ///
    /// let builder = Emulator::builder()
    ///     .attribute("LoyaltyId", AttributeType::String)
    ///     .user(User::new("mary@emulator.example", "Passw0rd!").attribute("LoyaltyId", "M-1"))
    ///     .user_flow(UserFlow::sign_up_sign_in("B2C_1_loyal").attribute("LoyaltyId"));
    /// ```
    pub fn attribute(mut self, name: &str, kind: AttributeType) -> Self {
        self.tenant = self.tenant.attribute(name, kind);
        self
    }

    /// Adds a user flow beside the seeded ones; one with the name of a seeded user flow replaces it.
    pub fn user_flow(mut self, user_flow: UserFlow) -> Self {
        self.tenant = self.tenant.user_flow(user_flow);
        self
    }

    /// Replaces the default tenant, with what was added to it.
    pub fn default_tenant(mut self, tenant: TenantBuilder) -> Self {
        self.tenant = tenant;
        self
    }

    /// Adds a tenant of any kind. Every tenant is reachable at `localhost` by its path, and at its
    /// own host names where they lead to this machine.
    pub fn add_tenant(mut self, tenant: TenantBuilder) -> Self {
        self.more_tenants.push(tenant);
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

    /// Lets a request order misbehaviours for itself: `X-B2C-Emulator-Misbehave` with their names,
    /// divided by commas. Default: off.
    pub fn misbehave_header(mut self, on: bool) -> Self {
        self.settings.misbehave_header = on;
        self
    }

    /// Sets how many people may be on sign-in pages at once; the oldest journey is forgotten
    /// first. Default: 2000.
    pub fn max_pending_sign_ins(mut self, most: usize) -> Self {
        self.settings.most_pending_sign_ins = most;
        self
    }

    /// The host names of every tenant, beside those of the loopback interface.
    pub fn host_names(&self) -> Result<Vec<String>, StartError> {
        let tenants = self.clone().tenants()?;
        let mut names: Vec<String> = tenants.iter().flat_map(Tenant::host_names).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Starts the emulator on the loopback interface, in a task of the current tokio runtime.
    pub async fn start(self) -> Result<Emulator, StartError> {
        let authority = self.tls.as_ref().map(Tls::certificate_authority);
        let authority = authority.transpose()?;
        let (settings, options) = (self.settings.clone(), self.options.clone());
        let app = self.app.clone();
        let listener = bind(self.port, settings.public).await?;
        let tenants = self.tenants()?;
        let port = listener.port();
        let (seed, seed_path) = seed(&options)?;
        let scheme = if authority.is_some() { "https" } else { "http" };
        let base_url = format!("{scheme}://localhost:{port}");
        let providers =
            Providers::new(&base_url, tenants, &settings).map_err(|_| StartError::Damaged)?;
        let world = World::new(providers, &seed).map_err(|error| match seed_path {
            Some(path) => StartError::Seed(error.in_file(path)),
            None => StartError::Seed(error),
        })?;
        let world = Arc::new(world);
        let tenants = world.providers();
        let more_names: Vec<String> = tenants
            .all()
            .flat_map(|provider| provider.tenant.host_names())
            .collect();
        random::warm_up();
        let server = match &authority {
            Some(authority) => {
                let config = server_config(authority, &more_names)?;
                run(TlsListener::new(listener, config), Arc::clone(&world))
            }
            None => run(listener, Arc::clone(&world)),
        };
        let mut emulator = Emulator::new(Arc::clone(&world), server, port, authority);
        emulator.app = app;
        emulator.admin = admin(&options, &world).await?;
        if let Some(path) = options.seed_file {
            follow(path, &world);
        }
        if let Some(path) = options.state_file {
            keep(path.clone(), &world);
            emulator.state_file = Some(path);
        }
        Ok(emulator)
    }

    /// The default tenant first.
    fn tenants(self) -> Result<Vec<Tenant>, StartError> {
        let mut tenants: Vec<Tenant> = Vec::new();
        for description in iter::once(self.tenant).chain(self.more_tenants) {
            let name = description.given_name().to_owned();
            let tenant = description
                .build()
                .ok_or_else(|| StartError::InvalidTenant { name: name.clone() })?;
            let is_known = |known: &Tenant| {
                known.kind == tenant.kind && (known.name == tenant.name || known.id == tenant.id)
            };
            if tenants.iter().any(is_known) {
                return Err(StartError::DuplicateTenant { name });
            }
            tenants.push(tenant);
        }
        Ok(tenants)
    }
}

async fn bind(port: u16, public: bool) -> Result<Loopback, StartError> {
    Loopback::bind(port, public)
        .await
        .map_err(|error| match error.kind() {
            io::ErrorKind::AddrInUse => StartError::PortTaken { port },
            _ => StartError::Io(error),
        })
}

async fn admin(options: &Options, world: &Arc<World>) -> Result<Option<RunningAdmin>, StartError> {
    let Some(port) = options.admin_port else {
        return Ok(None);
    };
    let token = options.admin_token.clone().unwrap_or_else(random::token);
    // Never for other machines.
    let listener = bind(port, false).await?;
    let port = listener.port();
    let server = run_admin(listener, Arc::clone(world), &token);
    Ok(Some(RunningAdmin {
        server,
        port,
        token,
    }))
}

/// A kept state comes first, then a seed file, then a seed.
fn seed(options: &Options) -> Result<(Seed, Option<&PathBuf>), StartError> {
    let kept = options.state_file.as_ref().filter(|path| path.exists());
    if let Some(path) = kept.or(options.seed_file.as_ref()) {
        let text = fs::read_to_string(path)
            .map_err(|error| StartError::Seed(SeedError::new(error.to_string()).in_file(path)))?;
        let seed = Seed::read(&text).map_err(|error| StartError::Seed(error.in_file(path)))?;
        return Ok((seed, Some(path)));
    }
    let text = options.seed.as_deref().unwrap_or_default();
    let seed = Seed::read(text).map_err(StartError::Seed)?;
    Ok((seed, None))
}
