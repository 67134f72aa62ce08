//! What becomes of a file that both its people and this tool have changed.
//!
//! Three texts go in: the base, which this tool wrote; ours, which people made of it; theirs, which
//! this tool would write now. Lines end with `\n`.

mod commented;
mod comments;
mod conflict;
mod decision;
mod env_example;
mod insert;
mod lines;
mod locate;
mod masked;
mod plain;
mod positions;
mod remove;
mod source;
mod syntax;
mod target;
mod toml;
mod walk;
mod without;

pub(crate) use conflict::Merged;
pub use conflict::{Conflict, Prefer};
pub(crate) use decision::is_fill_in_text;
pub(crate) use env_example::{add_missing, merge_env, set_line};
pub(crate) use masked::{is_reference, is_secret, masked_env, masked_text};
pub(crate) use source::{mark_source, merge_source};
pub(crate) use syntax::parse;
pub(crate) use toml::merge_toml;
pub(crate) use without::{FilledIn, without, without_edited};
