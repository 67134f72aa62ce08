//! Who may pass?

mod csrf;
mod require_sign_in;
mod step_up;

pub(crate) use csrf::{Forgery, forgery, is_cross_site, may_read};
pub use require_sign_in::{RequireSignIn, RequireSignInFuture, RequireSignInLayer};
pub use step_up::{
    RequireAcrLayer, RequireFreshSignInLayer, RequireUserFlowLayer, StepUpGuard, StepUpGuardFuture,
};
