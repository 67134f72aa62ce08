//! What did the operator write?

mod api;
mod authority;
mod check;
mod cidr;
mod client;
mod cookie_keys;
mod credential;
mod difference;
mod edge;
mod entra;
mod file;
mod forecast;
mod kind;
mod nearest;
mod overlay;
mod parameters;
mod position;
mod problem;
mod provider;
mod round_trip;
mod routing;
mod secret;
mod section;
mod session_limit;
mod setting;
mod settings;
mod signing_algorithm;
mod sources;
mod sql_name;
mod sql_settings;
mod store_place;
mod syntax;

pub use api::ApiConfig;
pub(crate) use api::{AcceptedTokens, SHORTEST_NONCE_SECRET};
pub(crate) use authority::USER_FLOW;
pub(crate) use cidr::Cidr;
pub use client::ClientConfig;
pub(crate) use cookie_keys::CookieKeys;
pub(crate) use credential::{ClientAuthentication, KeySettings};
pub(crate) use difference::{NONCE_SECRET, OF_BEARER_LAYER, STORE_CREDENTIAL};
pub(crate) use edge::{CsrfMode, EdgeSettings};
#[cfg(feature = "redis")]
pub(crate) use entra::{EntraIdentity, EntraSettings, ManagedIdentity};
pub use file::ConfigFile;
pub use forecast::SessionForecast;
pub(crate) use kind::Kind;
pub(crate) use parameters::{BadParameter, Parameters, check as check_parameter};
pub use position::Position;
pub use problem::{ConfigError, Problem};
pub(crate) use provider::{AllowedInLinks, ProviderSettings, StaticEndpoints};
pub(crate) use round_trip::{PushedAuthorization, ResponseMode};
pub(crate) use routing::RoutingSettings;
pub(crate) use session_limit::{Bound, SessionLimit, WhenFull};
pub use setting::Setting;
pub(crate) use settings::{AppSettings, Lifetimes, StoreSettings};
pub use settings::{Config, Downstream};
#[cfg(feature = "redis")]
pub(crate) use settings::{RedisServers, RedisSettings};
pub(crate) use signing_algorithm::SigningAlgorithm;
#[cfg(any(feature = "postgres", feature = "sqlite"))]
pub(crate) use sql_name::SqlName;
#[cfg(feature = "postgres")]
pub(crate) use sql_settings::PostgresSettings;
#[cfg(feature = "sqlite")]
pub(crate) use sql_settings::SqliteSettings;
