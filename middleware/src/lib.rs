//! [AUDIT.md]: https://docs.rs/crate/tower-b2c/latest/source/AUDIT.md
//! [CONFORMANCE.md]: https://docs.rs/crate/tower-b2c/latest/source/CONFORMANCE.md
//! [docs/failure-modes.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/failure-modes.md
//! [docs/metrics.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/metrics.md
//! [docs/operating.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/operating.md
//! [docs/operating.md#apis]: https://docs.rs/crate/tower-b2c/latest/source/docs/operating.md
//! [docs/sessions.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/sessions.md
//! [docs/sessions.md#sessions-in-cookies]: https://docs.rs/crate/tower-b2c/latest/source/docs/sessions.md
//! [docs/sql.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/sql.md
//! [docs/tokens.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/tokens.md
//! [docs/tracing.md]: https://docs.rs/crate/tower-b2c/latest/source/docs/tracing.md
//!
#![doc = include_str!("../README.md")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod background;
mod blocking;
mod certificate;
mod challenge;
pub mod client;
mod config;
mod cookie;
mod crypto;
mod error;
mod events;
mod files;
mod flow;
mod format;
mod future;
mod guard;
mod health;
mod http_client;
mod jwt;
mod layer;
mod metrics;
mod prompt;
mod protocol;
mod provider;
mod reload;
mod secret;
mod session;
mod signing_key;
mod time;
mod tokens;
mod trace;

#[cfg(feature = "axum")]
mod axum;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
#[cfg(feature = "bench")]
#[doc(hidden)]
pub mod stages;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(feature = "tonic")]
mod tonic;

pub use challenge::Challenge;
pub use config::{
    ApiConfig, ClientConfig, Config, ConfigError, ConfigFile, Downstream, Position, Problem,
    SessionForecast, Setting,
};
pub use error::Error;
pub use events::{SignIn, SignInDecision, SignInError, SignInEvents, SignOut};
pub use future::BoxFuture;
pub use guard::{
    Bearer, BearerChallenge, BearerFuture, BearerLayer, BearerLayerBuilder, BearerService,
    ClientCertificate, GuardFuture, PermissionGuard, RequireAcrLayer, RequireFreshSignInLayer,
    RequireRolesLayer, RequireScopesLayer, RequireSignIn, RequireSignInFuture, RequireSignInLayer,
    RequireUserFlowLayer, StepUpGuard,
};
pub use health::{HealthCheck, HealthReport, HealthService, HealthStatus};
pub use http_client::{HttpClient, HttpError};
pub use layer::{
    B2cBody, B2cLayer, B2cLayerBuilder, B2cService, ErrorPage, ProviderChoice, ResponseFuture,
    SignInPage, SignInRequest, SignOutPage,
};
pub use prompt::Prompt;
pub use protocol::{Explanation, ProviderError, Reaction, explain, explanations};
pub use provider::{
    AssertionRequest, ClientAssertion, ProviderCheck, ProviderReadiness, Readiness,
};
pub use reload::{ReloadError, Reloaded};
pub use secret::Secret;
pub use session::{
    Claims, IndexEntry, IndexKey, IndexedSession, Invalidation, Invalidations, Lease, LockKey,
    MemoryStore, Replaced, Session, SessionKey, SessionStore, StoreCheck, StoreConcern, StoreError,
    StoredRecord, UserSession, UserSessions,
};
pub use time::{Clock, SystemClock};
pub use tokens::{AccessToken, AppTokens, AppTokensBuilder, ClaimsChallenge, TokenError};

#[cfg(feature = "postgres")]
pub use session::PostgresStore;
#[cfg(feature = "sqlite")]
pub use session::SqliteStore;
#[cfg(feature = "tower-sessions")]
pub use session::TowerSessionsStore;
#[cfg(feature = "redis")]
pub use session::{RedisStore, RedisToken, RedisTokens};
