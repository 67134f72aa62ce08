//! Who hears of it?

mod audit;
mod sign_in_events;

pub(crate) use audit::{AuditEvent, Occurrence};
pub(crate) use sign_in_events::{Hook, NotAdmitted};
pub use sign_in_events::{SignIn, SignInDecision, SignInError, SignInEvents, SignOut};
