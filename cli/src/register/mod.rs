//! What is to be registered at the provider for a project, and how does it get there, by Microsoft
//! Graph?
//!
//! `wanted` reads the project, `body` turns that into what Graph is sent, `work` does it in the order in
//! which nothing is lost (`whose`, `consent` and `flows` are steps of it), `graph` speaks HTTP, `script` writes the same for the Azure CLI.

mod body;
mod consent;
mod flows;
mod graph;
mod microsoft_graph;
mod permission;
mod refusal;
mod remains;
mod script;
mod token;
mod wanted;
mod whose;
mod work;

pub(crate) use graph::{Graph, Sent};
pub(crate) use remains::remains;
pub(crate) use script::{Choices, script};
pub(crate) use token::token;
pub(crate) use wanted::{SecretPlace, Wanted};
pub(crate) use work::Work;
