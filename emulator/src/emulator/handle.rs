use std::{fmt, path::Path, sync::Arc, time::Duration};

use super::EmulatorBuilder;
use crate::{
    address::{Authority, Endpoint},
    control::{Misbehaviour, RecordedRequest},
    directory::{Client, Tenant, User},
    provider::{Provider, Providers},
    server::RunningServer,
    tls::CertificateAuthority,
};

/// A running emulator. Dropping it stops it.
pub struct Emulator {
    providers: Arc<Providers>,
    /// Of the default tenant.
    provider: Arc<Provider>,
    server: RunningServer,
    port: u16,
    authority: Option<CertificateAuthority>,
}

impl Emulator {
    /// Describes an emulator before it starts.
    pub fn builder() -> EmulatorBuilder {
        EmulatorBuilder::new()
    }

    pub(super) fn new(
        providers: Arc<Providers>,
        server: RunningServer,
        port: u16,
        authority: Option<CertificateAuthority>,
    ) -> Self {
        Self {
            provider: Arc::clone(providers.default()),
            providers,
            server,
            port,
            authority,
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

    /// Every tenant, the default one first.
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
        let tenant = &self.provider.tenant;
        let user_flow = tenant.user_flow(user_flow)?;
        Some(Authority::usual(&self.provider.base_url, tenant, user_flow).metadata())
    }

    /// The default client.
    pub fn client(&self) -> &Client {
        // The builder registers the default client before any other.
        &self.provider.tenant.clients[0]
    }

    /// Every user of the default tenant: seeded, added and signed up.
    pub fn users(&self) -> Vec<User> {
        self.provider.tenant.users.all()
    }

    /// Revokes every sign-in of a user from before this second: refresh tokens answer
    /// `AADB2C90129`. Returns `false` for a user that is not there.
    pub fn revoke_sign_ins(&self, sign_in_name: &str) -> bool {
        let users = &self.provider.tenant.users;
        let now = self.provider.clock.now();
        users
            .by_sign_in_name(sign_in_name)
            .and_then(|user| users.update(&user.object_id, |user| user.valid_from = now))
            .is_some()
    }

    /// Deletes a user: refresh tokens answer `AADB2C90128`. Returns `false` for a user that is not
    /// there.
    pub fn remove_user(&self, sign_in_name: &str) -> bool {
        self.provider.tenant.users.remove(sign_in_name).is_some()
    }

    /// A scope of the sample API as an application asks for it:
    /// `https://b2cemulator.onmicrosoft.com/demo-api/demo.read` for `demo.read`.
    pub fn api_scope(&self, name: &str) -> String {
        let api = self.provider.tenant.apis.first();
        api.map(|api| api.scope_uri(name)).unwrap_or_default()
    }

    /// Moves the emulator's clock forward: codes, tokens and sessions age at once.
    pub fn advance_clock(&self, by: Duration) {
        let seconds = i64::try_from(by.as_secs()).unwrap_or(i64::MAX);
        self.provider.clock.advance(seconds);
    }

    /// Sets how many seconds the emulator's clock is ahead of this machine's, or behind it.
    pub fn set_clock_offset(&self, seconds: i64) {
        self.provider.clock.set_offset(seconds);
    }

    /// Signs with a new key from now on; the key set lists the old one, too.
    pub fn rotate_signing_key(&self) {
        for keys in self.providers.key_rings() {
            keys.rotate(self.provider.clock.now());
        }
    }

    /// Lists only the key that signs.
    pub fn drop_old_signing_keys(&self) {
        for keys in self.providers.key_rings() {
            keys.drop_old();
        }
    }

    /// Makes an endpoint misbehave, in addition to what it does already.
    pub fn misbehave(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        self.provider.faults.add(endpoint, misbehaviour);
    }

    /// Ends every misbehaviour.
    pub fn behave(&self) {
        self.provider.faults.clear();
    }

    /// The last 500 requests, oldest first.
    pub fn requests(&self) -> Vec<RecordedRequest> {
        self.provider.log.all()
    }

    /// How many people are on sign-in pages, or left them without a word.
    pub fn pending_sign_ins(&self) -> usize {
        let lengths = self.providers.all().map(|provider| provider.journeys.len());
        lengths.sum()
    }

    /// Stops, within about a second, and gives the port back.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
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
