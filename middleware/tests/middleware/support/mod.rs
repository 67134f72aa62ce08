//! An app, an emulator, and visitors who go from one to the other as browsers do.

mod form;
mod visitor;
mod world;

pub use visitor::{Page, Visitor};
pub use world::World;
