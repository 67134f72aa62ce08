//! What does a test hold in its hands?

mod builder;
mod handle;
mod in_tenant;
mod operations;
mod options;
mod settings;
mod start_error;
mod third_party_login;
mod waiting;

pub use builder::EmulatorBuilder;
pub use handle::Emulator;
pub use in_tenant::InTenant;
pub use start_error::StartError;
