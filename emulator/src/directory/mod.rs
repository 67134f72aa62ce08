//! Who and what is registered here?

mod api;
mod client;
mod seed;
mod tenant;
mod user;
mod user_flow;
mod users;

pub use client::Client;
pub use user::{User, UserBuilder};

pub(crate) use api::Api;
pub(crate) use tenant::Tenant;
pub(crate) use user_flow::{UserFlow, UserFlowKind};
pub(crate) use users::{SignInProblem, Users};
