//! May this application ask, and for what?

mod application;
mod check;
mod complete;
mod prompt;
mod redirect;
mod request;
mod resolvers;

pub(crate) use prompt::Prompt;
pub(crate) use request::{AuthorizationRequest, Refusal};
