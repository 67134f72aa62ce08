//! What did the operator write?

mod check;
mod file;
mod problem;
mod secret;
mod section;
mod setting;
mod settings;
mod syntax;

pub use file::ConfigFile;
pub use problem::{ConfigError, Problem};
pub use setting::Setting;
pub use settings::{Config, Downstream};
pub(crate) use settings::{Lifetimes, ProviderSettings};
