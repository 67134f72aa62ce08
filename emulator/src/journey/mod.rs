//! What does a person do between the authorization request and its answer?
//!
//! A journey takes what was submitted and says what happens next; it knows nothing of HTTP.

mod authenticated;
mod custom;
mod email_check;
mod federation;
mod journeys;
mod links;
mod mfa;
mod password_reset;
mod password_rules;
mod problems;
mod profile;
mod profile_edit;
mod request_validation;
mod sign_in;
mod sign_up;
mod start;
mod state;
mod step;
mod submission;

pub(crate) use custom::CustomField;
pub(crate) use email_check::EmailCheck;
pub(crate) use journeys::Journeys;
pub(crate) use mfa::SecondFactor;
pub(crate) use problems::Problems;
pub(crate) use profile::Profile;
pub(crate) use request_validation::unsafe_field;
pub(crate) use start::KnownUser;
pub(crate) use state::{Finished, Journey, Screen};
pub(crate) use step::{SignedIn, Step};
