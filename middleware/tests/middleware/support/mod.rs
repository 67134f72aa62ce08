//! An app, an emulator, and visitors who go from one to the other as browsers do.

mod form;
mod listening;
mod log;
mod meddler;
mod shared_store;
mod visitor;
mod world;

pub use form::attribute_of;
pub use listening::Listening;
pub use log::Log;
pub use meddler::Meddler;
pub use shared_store::Shared;
pub use visitor::{Page, Visitor};
pub use world::{APP, KEY, OTHER_SECRET, World, WorldBuilder, own_tenant};
