//! An app, an emulator, and visitors who go from one to the other as browsers do.

mod form;
mod listening;
mod meddler;
mod visitor;
mod world;

pub use listening::Listening;
pub use meddler::Meddler;
pub use visitor::{Page, Visitor};
pub use world::{APP, KEY, OTHER_SECRET, World, WorldBuilder, own_tenant};
