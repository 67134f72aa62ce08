//! An app, an emulator, and visitors who go from one to the other as browsers do.

mod address;
mod browser;
mod form;
mod listening;
mod log;
mod meddler;
mod op;
mod prover;
mod racers;
mod recorder;
pub mod sealing;
mod shared_store;
mod site;
mod spans;
mod troubled_store;
mod visitor;
mod witness;
mod world;

pub use address::stays;
pub use browser::Browser;
pub use form::attribute_of;
pub use listening::Listening;
pub use log::Log;
pub use meddler::Meddler;
pub use op::{Op, Seen, hash};
pub use prover::{Prover, sha256};
pub use racers::sign_in_at_once;
pub use recorder::Heard;
pub use shared_store::Shared;
pub use site::{SITE, Site, instances, settings, who};
pub use spans::{Span, Spans};
pub use troubled_store::TroubledStore;
pub use visitor::{Page, Visitor};
pub use witness::Witness;
pub use world::{APP, KEY, OTHER_SECRET, World, WorldBuilder, own_tenant};
