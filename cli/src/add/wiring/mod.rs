//! Where does the layer go in a program? Found in the source as the compiler reads it, and written in
//! without touching anything else.

mod axum;
mod by_hand;
mod fallible;
mod function;
mod hyper;
mod insertion;
mod module;
mod modules;
mod names;
mod port;
mod router;
mod search;
mod source;
mod tonic;
mod wire;

pub(super) use by_hand::by_hand;
pub(super) use modules::Modules;
pub(super) use port::listening_port;
pub(super) use source::Source;
pub(crate) use wire::Wired;
pub(super) use wire::{is_wired, wire};
