//! What may a test command, and what may it look at?

mod faults;
mod forgery;
mod logout_flaw;
mod misbehaviour;
mod name;
mod notice;
mod request_log;
mod scope;
mod suite;

pub use forgery::Forgery;
pub use logout_flaw::{FrontChannelFlaw, LogoutTokenFlaw};
pub use misbehaviour::Misbehaviour;
pub use name::UnknownMisbehaviour;
pub use notice::LogoutNotice;
pub use request_log::{Outcome, RecordedRequest};
pub use scope::Scope;

pub(crate) use faults::{Faults, Misbehaviours};
pub(crate) use forgery::Kind as ForgeryKind;
pub(crate) use request_log::RequestLog;
pub(crate) use scope::Occasion;
