//! Words that the tests are written in.

mod ask;
mod bench;
mod desk;
mod inbox;
mod layout;
mod page;
mod signer;
mod sts;
mod token;
mod visitor;

pub(crate) use ask::Ask;
pub(crate) use bench::{Bench, EDIT, PATIENCE, RESET, SIGN_IN, VERIFIER, changed};
pub(crate) use desk::Desk;
pub(crate) use inbox::Inbox;
pub(crate) use layout::{assert_page, assert_redirect};
pub(crate) use page::{Page, encoded, unescaped};
pub(crate) use signer::Signer;
pub(crate) use sts::{Sts, sts_error};
pub(crate) use token::{claims, genuine, half_hash, header_of};
pub(crate) use visitor::Visitor;
