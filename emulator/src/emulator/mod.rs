//! What does a test hold in its hands?

mod builder;
mod handle;
mod operations;
mod options;
mod start_error;

pub use builder::EmulatorBuilder;
pub use handle::Emulator;
pub use start_error::StartError;
