//! From Azure AD B2C to External ID: what an app uses of the one that the other does not have, and
//! `b2c.toml` for the new tenant, with both providers for the time of the move.

mod apis;
mod both;
mod claims;
mod configuration;
mod files;
mod finding;
mod finish;
mod leftover;
mod mark;
mod newcomer;
mod page;
mod place;
mod rust;
mod stage;
mod survey;
mod switch;
mod text;
mod topic;

pub(crate) use apis::Api;
pub(crate) use both::{Rule, side_by_side};
pub(crate) use finding::{Finding, Severity};
pub(crate) use finish::finish;
pub(crate) use leftover::leftovers;
pub(crate) use mark::mark;
pub(crate) use newcomer::Newcomer;
pub(crate) use page::{is_page, page};
pub(crate) use place::{ONLY, Place};
pub(crate) use stage::Stage;
pub(crate) use survey::survey;
pub(crate) use switch::{offline, switch};
