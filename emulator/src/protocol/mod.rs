//! What goes over the wire?

mod absent;
mod account_info;
mod answer;
mod catalogue;
mod channel;
mod discovery;
mod encoding;
mod fault;
mod fault_text;
mod issuer;
mod language;
mod params;
mod pkce;
mod provocation;
mod report;
mod requested_claims;
mod response_type;
mod scopes;
mod service_fault;

pub(crate) use absent::Absent;
pub(crate) use account_info::{client_info, profile_info};
pub(crate) use answer::{Answer, ResponseMode, Target};
pub(crate) use channel::Channel;
pub(crate) use discovery::{discovery_document, key_set};
pub(crate) use encoding::{ascii_location, with_query};
pub(crate) use fault::{Fault, PolicyName};
pub(crate) use issuer::issuer;
pub(crate) use language::Language;
pub(crate) use params::Params;
pub(crate) use pkce::{Challenge, ChallengeMethod};
pub(crate) use report::Report;
pub(crate) use requested_claims::RequestedClaims;
pub(crate) use response_type::ResponseType;
pub(crate) use scopes::{Access, Scopes};
pub(crate) use service_fault::ServiceFault;
