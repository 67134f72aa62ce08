//! What this tool wrote into a project, and with which answers: `b2c.lock` and `.b2c/base.txt`.

mod base;
mod class;
mod lock_file;

pub(crate) use base::Base;
pub use class::Class;
pub(crate) use lock_file::{KIND, LockFile};
