//! What may a test command, and what may it look at?

mod misbehaviour;
mod request_log;

pub use misbehaviour::Misbehaviour;
pub use request_log::{Outcome, RecordedRequest};

pub(crate) use misbehaviour::{Faults, Misbehaviours};
pub(crate) use request_log::RequestLog;
