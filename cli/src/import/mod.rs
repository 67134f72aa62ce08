//! What do people have already? Configurations of other tools, read and never run.

mod address;
mod api;
mod assemble;
mod authority;
mod dialect;
mod dotenv;
mod expression;
mod field;
mod gather;
mod imported;
mod javascript;
mod literal;
mod node;
mod placeholders;
mod profile;
mod properties;
mod python;
mod read;
mod redirect;
mod restriction;
mod said;
mod scanner;
mod scope;
mod secret;
mod skip;
mod source;
mod table;
mod text;
mod toml;
mod unset;
mod yaml;

pub(crate) use imported::{Imported, Left, Plain};
pub(crate) use profile::{Written, write_profile};
pub(crate) use read::read;
