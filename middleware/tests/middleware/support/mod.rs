//! An app, an emulator, and visitors who go from one to the other as browsers do.

#[expect(dead_code, reason = "the modes of the callback come next")]
mod browser;
mod form;
mod listening;
mod log;
mod meddler;
mod op;
mod shared_store;
mod site;
mod visitor;
mod world;

pub use form::attribute_of;
pub use listening::Listening;
pub use log::Log;
pub use meddler::Meddler;
pub use op::Seen;
pub use shared_store::Shared;
pub use site::Site;
pub use visitor::{Page, Visitor};
pub use world::{APP, KEY, OTHER_SECRET, World, WorldBuilder, own_tenant};
