//! What does a test hold in its hands?

mod builder;
mod handle;
mod start_error;

pub use builder::EmulatorBuilder;
pub use handle::Emulator;
pub use start_error::StartError;
