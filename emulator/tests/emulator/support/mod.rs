//! Words that the tests are written in.

mod ask;
mod bench;
mod layout;
mod page;
mod sts;
mod token;
mod visitor;

pub(crate) use ask::Ask;
pub(crate) use bench::{Bench, EDIT, RESET, SIGN_IN, VERIFIER, changed};
pub(crate) use layout::{assert_page, assert_redirect};
pub(crate) use page::{Page, encoded};
pub(crate) use sts::{Sts, sts_error};
pub(crate) use token::{claims, half_hash, header_of};
pub(crate) use visitor::Visitor;
