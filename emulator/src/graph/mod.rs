//! Microsoft Graph, as far as it registers applications and makes user flows: what is registered
//! there is known at once where people sign in.
//!
//! It knows requests as values and no HTTP; the admin API's listener serves it. Microsoft's reference is
//! the rule: [application](https://learn.microsoft.com/graph/api/resources/application),
//! [errors](https://learn.microsoft.com/graph/errors).

mod applications;
mod call;
mod filter;
mod flows;
mod grants;
mod objects;
mod principals;
mod project;
mod refusal;
mod rules;

pub(crate) use call::{Call, answer};
pub(crate) use objects::Registrations;
