//! Who may pass?

mod csrf;
mod require_sign_in;

pub(crate) use csrf::is_cross_site;
pub use require_sign_in::{RequireSignIn, RequireSignInFuture, RequireSignInLayer};
