//! How does a crate that is there learn to sign people in?

mod added;
mod answers;
mod check;
mod dependency;
mod files;
mod ignore;
mod manifest;
mod metadata;
mod module;
mod plan;
mod server;
mod target;
mod trial;
mod version;
mod wiring;

pub(crate) use added::Added;
pub(crate) use check::{Check, cargo_check};
pub(crate) use dependency::add_feature;
pub(crate) use plan::{Addition, PROFILE, Wish, plan};
pub(crate) use server::Server;
pub(crate) use target::{Choice, Target};
pub(crate) use trial::make;
pub(crate) use wiring::Wired;
