//! What do codes and refresh tokens carry?

mod envelope;
mod identity;
mod payload;
mod vault;

pub(crate) use identity::Identity;
pub(crate) use payload::{Grant, GrantKind};
pub(crate) use vault::Vault;
