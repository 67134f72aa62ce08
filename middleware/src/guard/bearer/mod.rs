//! Who may call the API? Whoever shows an access token for it.

mod answer;
mod authorization;
mod builder;
mod cache;
mod certificate;
mod challenge;
mod current;
mod follow;
mod future;
mod gate;
mod hash;
mod metadata;
mod nonces;
mod possession;
mod reload;
mod replay;
mod require;
mod service;
mod source;
mod token;
mod verifier;

#[cfg(feature = "fuzzing")]
pub(crate) use authorization::access_token;
pub use builder::{BearerLayer, BearerLayerBuilder};
pub use certificate::ClientCertificate;
pub use challenge::BearerChallenge;
pub(crate) use current::Current;
pub(crate) use follow::Prepared;
pub use future::BearerFuture;
pub use require::{PermissionGuard, RequireRolesLayer, RequireScopesLayer};
pub use service::BearerService;
pub use token::Bearer;
