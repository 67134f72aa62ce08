//! What did the operator write?

mod check;
mod file;
mod problem;
mod section;
mod settings;

pub use file::ConfigFile;
pub use problem::{ConfigError, Problem};
pub use settings::{Config, Downstream};
pub(crate) use settings::{Lifetimes, ProviderSettings};
