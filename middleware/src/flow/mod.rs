//! What happens next? Decides without doing: values in, [`Step`] out.

mod edit_profile;
mod reaction_page;
mod refusal;
mod requirement;
mod return_path;
mod sign_in;
mod step;
mod visit;

pub(crate) use edit_profile::{is_protocol_claim, merge_edits, merge_userinfo};
pub(crate) use refusal::Refusal;
pub(crate) use requirement::{Unmet, check, is_met, purpose};
pub(crate) use return_path::local_path;
pub(crate) use sign_in::{answer, new_record, react, unknown_answer};
pub(crate) use step::{Begin, Step};
pub(crate) use visit::{Visit, after_sign_out, classify};
