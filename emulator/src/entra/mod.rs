//! How do External ID and Entra ID differ from B2C?
//!
//! They check what B2C checks; metadata, tokens and the wording of every refusal are others.

mod accounts;
mod app;
mod assertion;
mod common;
mod discovery;
mod issue;
mod on_behalf_of;
mod scopes;
mod sts;
mod sts_text;
mod token;

pub(crate) use accounts::{foreign_account_fault, shared_authority_fault};
pub(crate) use discovery::{discovery_document, instance_document, key_set};
pub(crate) use scopes::{GRAPH, read as read_scopes};
pub(crate) use sts::{StsFault, StsReport, sts_fault};
pub(crate) use token::answer;
