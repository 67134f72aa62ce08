//! Who may pass?

pub(crate) mod bearer;
mod csrf;
mod future;
mod posted_form;
mod require_sign_in;
mod step_up;

#[cfg(feature = "fuzzing")]
pub(crate) use bearer::access_token;
pub use bearer::{
    Bearer, BearerChallenge, BearerFuture, BearerLayer, BearerLayerBuilder, BearerService,
    ClientCertificate, PermissionGuard, RequireRolesLayer, RequireScopesLayer,
};
pub(crate) use csrf::{Forgery, forgery, is_cross_site, is_from_here, may_read};
pub use future::GuardFuture;
pub(crate) use posted_form::{MayKeepForm, PostedForm};
pub use require_sign_in::{RequireSignIn, RequireSignInFuture, RequireSignInLayer};
pub use step_up::{RequireAcrLayer, RequireFreshSignInLayer, RequireUserFlowLayer, StepUpGuard};
