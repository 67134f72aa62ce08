//! What did the operator write?

mod authority;
mod check;
mod file;
mod kind;
mod problem;
mod provider;
mod secret;
mod section;
mod setting;
mod settings;
mod signing_algorithm;
mod syntax;

pub(crate) use authority::USER_FLOW;
pub use file::ConfigFile;
pub(crate) use kind::Kind;
pub use problem::{ConfigError, Problem};
pub(crate) use provider::{ProviderSettings, StaticEndpoints};
pub use setting::Setting;
pub(crate) use settings::Lifetimes;
pub use settings::{Config, Downstream};
pub(crate) use signing_algorithm::SigningAlgorithm;
