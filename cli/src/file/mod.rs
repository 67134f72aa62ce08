//! Files as the system has them: who may read them, how they are moved and locked, where they really
//! are.

mod device;
mod real_path;
#[cfg(unix)]
mod unix;
#[cfg(windows)]
mod windows;

#[cfg(unix)]
use unix as system;
#[cfg(windows)]
use windows as system;

pub(crate) use device::is_device;
pub(crate) use real_path::real_path;
pub(crate) use system::{
    close_directory, create_private, is_open_to_others, lock, permission_bits, private, rename,
    sync_directory,
};
