//! Tokens that the app has in its own name, and for those who call it.

mod callback;
mod configuration;
mod kept;
mod kinds;
mod on_behalf_of;
mod workload_identity;

use std::time::{Duration, Instant};

use b2c_emulator::{Client, Emulator, Tenant, TenantKind};
use tower_b2c::testing::ManualClock;
use tower_b2c::{AppTokens, AppTokensBuilder, Config};

use crate::support::KEY;

const GUID: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
/// The demo API's application id at the emulator.
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const DAEMON: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const SECRET: &str = "the secret of the daemon";

/// A service that signs nobody in, beside an emulator, and the clock that both go by.
pub struct Service {
    pub emulator: Emulator,
    pub clock: ManualClock,
    pub tokens: AppTokens,
    settings: String,
}

impl Service {
    /// One of a tenant of this kind.
    pub async fn of(kind: TenantKind) -> Self {
        Self::with(kind, |builder| builder).await
    }

    pub async fn with(
        kind: TenantKind,
        parts: impl FnOnce(AppTokensBuilder) -> AppTokensBuilder,
    ) -> Self {
        let daemon = || Client::new(DAEMON, SECRET).app_roles(["demo.all"]);
        let builder = match kind {
            TenantKind::B2c => Emulator::builder().client(daemon()),
            TenantKind::ExternalId => {
                let tenant = Tenant::external_id("fabrikam").id(GUID);
                Emulator::builder().add_tenant(tenant.client(daemon()))
            }
            _ => {
                let tenant = Tenant::entra("fabrikam").id(GUID);
                Emulator::builder().add_tenant(tenant.client(daemon()))
            }
        };
        let emulator = builder.start().await.unwrap();
        let settings = settings(kind, &emulator);
        let clock = ManualClock::default();
        let tokens = build(&settings, KEY, |builder| {
            parts(builder.clock(clock.clone()))
        });
        Self {
            emulator,
            clock,
            tokens,
            settings,
        }
    }

    /// Another instance of the service, with this key.
    pub fn another(
        &self,
        key: &str,
        parts: impl FnOnce(AppTokensBuilder) -> AppTokensBuilder,
    ) -> AppTokens {
        let clock = self.clock.clone();
        build(&self.settings, key, |builder| parts(builder.clock(clock)))
    }

    /// Time passes, for the service and the provider alike.
    pub fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.advance_clock(time);
    }

    /// How many requests for tokens of its own there were, whatever came of them.
    pub fn asked(&self) -> usize {
        self.asked_by("client_credentials")
    }

    pub fn asked_by(&self, grant_type: &str) -> usize {
        let requests = self.emulator.requests();
        let asked = requests
            .iter()
            .filter(|request| request.grant_type() == Some(grant_type));
        asked.count()
    }

    pub async fn token(&self) -> String {
        secret(&self.tokens).await
    }
}

/// The demo API's token.
async fn secret(tokens: &AppTokens) -> String {
    tokens.token_for("demo").await.unwrap().secret().to_owned()
}

fn build(
    settings: &str,
    key: &str,
    parts: impl FnOnce(AppTokensBuilder) -> AppTokensBuilder,
) -> AppTokens {
    let file = Config::from_text(settings).environment([("SECRET", SECRET), ("KEY", key)]);
    parts(AppTokens::builder(file.load_client().unwrap()))
        .build()
        .unwrap()
}

fn settings(kind: TenantKind, emulator: &Emulator) -> String {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let (provider, resource) = match kind {
        TenantKind::B2c => (
            format!(
                "instance = \"{base}\"\ntenant = \"{tenant}\"\n\
                 user_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}"
            ),
            format!("https://{tenant}/demo-api"),
        ),
        TenantKind::ExternalId => (
            format!("kind = \"external-id\"\nauthority = \"{base}/{GUID}\""),
            format!("api://{API}"),
        ),
        _ => (
            format!("kind = \"entra\"\ninstance = \"{base}\"\ntenant = \"{GUID}\""),
            format!("api://{API}"),
        ),
    };
    format!(
        r#"
        [session]
        cookie_key = {{ env = "KEY" }}
        [provider]
        emulator = true
        client_id = "{DAEMON}"
        client_secret = {{ env = "SECRET" }}
        {provider}
        [[downstream]]
        name = "demo"
        base_url = "{base}/api"
        resource = "{resource}"
        scopes = ["demo.read"]
        "#
    )
}

/// Waits for a condition, ten seconds at most.
async fn until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "thirty seconds"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
