//! What does the browser carry?

mod cookies;
mod seal;
mod ticket;
mod transaction;

pub(crate) use cookies::Cookies;
pub(crate) use seal::{SealKey, random, sha256};
pub(crate) use ticket::{SessionId, Ticket};
pub(crate) use transaction::{Purpose, Transaction, Transactions};
