//! What does the browser carry?

mod cookies;
mod key_files;
mod key_ring;
mod route;
mod seal;
mod sealed_session;
mod sign_out;
mod ticket;
mod trail;
mod transaction;

pub(crate) use cookies::{Cookies, Found};
pub(crate) use key_ring::{KeyRing, KeyUse};
pub(crate) use route::Route;
pub(crate) use seal::SealKey;
pub(crate) use sealed_session::{Digest, PieceHash, SealedSession};
pub(crate) use sign_out::{CameBack, SignOuts};
pub(crate) use ticket::{SessionId, Ticket};
pub(crate) use trail::Trail;
pub(crate) use transaction::{BegunIn, Purpose, Transaction, Transactions};
