//! Sessions in any store of tower-sessions; the only folder that knows it.

mod index;
mod record;
mod store;
mod turns;

pub use store::TowerSessionsStore;
