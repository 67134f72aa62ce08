use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use super::EmulatorBuilder;
use crate::{
    address::{Authority, Endpoint},
    control::{Misbehaviour, RecordedRequest, Scope},
    directory::{Client, Tenant, User},
    provider::{Provider, Providers},
    seed::replace_file,
    server::RunningServer,
    tls::CertificateAuthority,
    world::World,
};

/// A running emulator. Dropping it stops it.
pub struct Emulator {
    /// As started: what it is called does not change.
    providers: Arc<Providers>,
    /// Of the default tenant.
    provider: Arc<Provider>,
    pub(super) world: Arc<World>,
    server: RunningServer,
    port: u16,
    authority: Option<CertificateAuthority>,
    pub(super) admin: Option<RunningAdmin>,
    pub(super) state_file: Option<PathBuf>,
    /// Where the application is.
    pub(super) app: String,
}

/// The admin API, while it runs.
pub(super) struct RunningAdmin {
    pub(super) server: RunningServer,
    pub(super) port: u16,
    pub(super) token: String,
}

impl Emulator {
    /// Describes an emulator before it starts.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(super) fn new(
        world: Arc<World>,
        server: RunningServer,
        port: u16,
        authority: Option<CertificateAuthority>,
    ) -> Self {
        let providers = world.providers();
        Self {
            provider: Arc::clone(providers.default()),
            providers,
            world,
            server,
            port,
            authority,
            admin: None,
            state_file: None,
            app: String::new(),
        }
    }

    /// `http://localhost:PORT`, or https with [`EmulatorBuilder::tls`], without a slash at its end.
    pub fn base_url(&self) -> &str {
        &self.provider.base_url
    }

    /// The port.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate that a client of an https emulator has to trust.
    pub fn ca_certificate_pem(&self) -> Option<&str> {
        self.authority
            .as_ref()
            .map(CertificateAuthority::certificate_pem)
    }

    /// The file with that certificate, if it is kept.
    pub fn ca_certificate_path(&self) -> Option<&Path> {
        self.authority.as_ref()?.certificate_path()
    }

    /// Every tenant that there was at the start, the default one first.
    pub fn tenants(&self) -> impl Iterator<Item = &Tenant> {
        self.providers.all().map(|provider| &provider.tenant)
    }

    /// The default tenant's domain, for example `b2cemulator.onmicrosoft.com`.
    pub fn tenant(&self) -> &str {
        &self.provider.tenant.name
    }

    /// The default tenant's GUID, which is in the issuer.
    pub fn tenant_id(&self) -> &str {
        &self.provider.tenant.id
    }

    /// The URL of a user flow's OpenID Connect metadata; `None` for a user flow that is not there.
    pub fn metadata_url(&self, user_flow: &str) -> Option<String> {
        let provider = self.provider();
        let user_flow = provider.tenant.user_flow(user_flow)?;
        let authority = Authority::usual(&provider.base_url, &provider.tenant, user_flow);
        Some(authority.metadata())
    }

    /// The default client, as the emulator was started.
    pub fn client(&self) -> &Client {
        // The builder registers the default client before any other.
        &self.provider.tenant.clients[0]
    }

    /// Every user of the default tenant: seeded, added and signed up.
    pub fn users(&self) -> Vec<User> {
        self.provider().tenant.users.all()
    }

    /// Revokes every sign-in of a user from before this second: refresh tokens answer
    /// `AADB2C90129`. Returns `false` for a user that is not there.
    pub fn revoke_sign_ins(&self, sign_in_name: &str) -> bool {
        let provider = self.provider();
        let users = &provider.tenant.users;
        let now = provider.clock.now();
        users
            .by_sign_in_name(sign_in_name)
            .and_then(|user| users.update(&user.object_id, |user| user.valid_from = now))
            .is_some()
    }

    /// Deletes a user: refresh tokens answer `AADB2C90128`. Returns `false` for a user that is not
    /// there.
    pub fn remove_user(&self, sign_in_name: &str) -> bool {
        self.provider().tenant.users.remove(sign_in_name).is_some()
    }

    /// A scope of the sample API as an application asks for it:
    /// `https://b2cemulator.onmicrosoft.com/demo-api/demo.read` for `demo.read`.
    pub fn api_scope(&self, name: &str) -> String {
        let provider = self.provider();
        let api = provider.tenant.apis.first();
        api.map(|api| api.scope_uri(name)).unwrap_or_default()
    }

    /// Moves the emulator's clock forward: codes, tokens and sessions age at once.
    pub fn advance_clock(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.provider().clock.advance(seconds);
    }

    /// Sets how many seconds the emulator's clock is ahead of this machine's, or behind it.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.provider().clock.set_offset(seconds);
    }

    /// Signs with a new key from now on; the key set lists the old one, too.
    pub fn rotate_signing_key(&self) {
        self.world.rotate_key(true);
    }

    /// Lists only the key that signs.
    pub fn drop_old_signing_keys(&self) {
        self.world.drop_old_keys();
    }

    /// Makes an endpoint misbehave, in addition to what it does already.
    pub fn misbehave(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        let scope = Scope::everything().endpoint(endpoint);
        self.provider().faults.add(scope, misbehaviour);
    }

    /// Makes the requests of a scope misbehave, in addition to what they meet already.
    ///
    /// ```
    /// # use b2c_emulator::{Emulator, Misbehaviour, Scope};
    /// # fn misbehave(emulator: &Emulator) -> Result<(), b2c_emulator::UnknownMisbehaviour> {
    /// let scope = Scope::user_flow("B2C_1_signupsignin1").next(1);
    /// emulator.misbehave_for(scope, Misbehaviour::named("oidcc-client-test-invalid-iss")?);
    /// # Ok(())
    /// # }
    /// ```
    pub fn misbehave_for(&self, scope: Scope, misbehaviour: Misbehaviour) {
        self.provider().faults.add(scope, misbehaviour);
    }

    /// Ends every misbehaviour.
    pub fn behave(&self) {
        self.provider().faults.clear();
    }

    /// The last 500 requests, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.provider().log.all()
    }

    /// How many people are on sign-in pages, or left them without a word.
    pub fn pending_sign_ins(&self) -> usize {
        let providers = self.world.providers();
        providers
            .all()
            .map(|provider| provider.journeys.len())
            .sum()
    }

    /// Lets the clock stand still, at this moment.
    pub fn freeze_clock(&self) {
        self.provider().clock.freeze(None);
    }

    /// Lets the clock stand still at a time, in seconds since 1970.
    pub fn freeze_clock_at(&self, seconds: i64) {
        self.provider().clock.freeze(Some(seconds));
    }

    /// Lets the clock run again, from the time that it shows.
    pub fn release_clock(&self) {
        self.provider().clock.release();
    }

    /// The emulator's time, in seconds since 1970.
    pub fn now(&self) -> i64 {
        self.provider().clock.now()
    }

    /// Stops, within about a second, and gives the port back.
    pub async fn shutdown(self) {
        if let Some(path) = &self.state_file {
            let _ = replace_file(path, &self.world.export());
        }
        if let Some(admin) = self.admin {
            admin.server.shutdown().await;
        }
        self.server.shutdown().await;
    }

    pub(super) fn provider(&self) -> Arc<Provider> {
        self.world.provider()
    }
}

impl fmt::Debug for Emulator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emulator")
            .field("base_url", &self.provider.base_url)
            .field("tenant", &self.provider.tenant.name)
            .finish_non_exhaustive()
    }
}
