//! Who may pass?

mod csrf;
mod require_sign_in;

pub(crate) use csrf::{Forgery, forgery, is_cross_site, may_read};
pub use require_sign_in::{RequireSignIn, RequireSignInFuture, RequireSignInLayer};
