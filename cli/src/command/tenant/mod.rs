//! `cargo b2c-init tenant`.

mod arguments;
mod credential;
mod lacking;
mod list;
mod refusals;
mod set;
mod switch;
mod unset;

use arguments::Action;
pub(super) use arguments::{Settings, Side, Tenant, variable};
pub(super) use credential::{Credential, given, read_secret};
pub(super) use lacking::lacking;
pub(super) use refusals::{refuse_flows, refuse_secret};
pub(super) use set::{follow_up, profile_of, wanted};

use crate::error::Error;
use crate::terminal::Report;

pub(super) fn tenant(arguments: &Tenant) -> Result<Report, Error> {
    match &arguments.action {
        Action::Set(set) => set::set(set),
        Action::Add(add) => set::add(add),
        Action::List(list) => list::list(list),
        Action::Use(switch) => switch::switch(switch),
    }
}
