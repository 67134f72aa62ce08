//! What every session store keeps to, as a suite that any implementation can run.

mod bench;
mod expiry;
mod index;
mod invalidations;
mod locks;
mod races;
mod sizes;
mod writes;

use std::fmt;
use std::future::Future;
use std::time::Duration;

use super::contract::SessionStore;
use bench::{Bench, Verdict};

/// Tries every rule of [`SessionStore`] on a store: insert-if-absent, compare-and-swap, touch,
/// delete, expiry, the index, races, sizes, locks, invalidations.
///
/// `one` and `other` are two handles to the same contents, as two instances of an app have: two
/// connections to one server, or two clones of an [`Arc`](std::sync::Arc). What the store holds
/// already is left alone, and what the suite adds it removes. It takes some five seconds, most of
/// them to let records expire; let it run on a multi-threaded runtime, so that races are races.
///
/// ```
/// # #[tokio::main]
/// # async fn main() -> Result<(), tower_b2c::testing::BrokenRule> {
/// use std::sync::Arc;
/// use tower_b2c::MemoryStore;
/// use tower_b2c::testing::store_conformance;
///
/// let store = Arc::new(MemoryStore::default());
/// store_conformance(Arc::clone(&store), store).await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The first rule that the store breaks, and how that showed.
pub async fn store_conformance(
    one: impl SessionStore,
    other: impl SessionStore,
) -> Result<(), BrokenRule> {
    let bench = &Bench::new(one, other);
    hold("insert-never-overwrites", writes::insert(bench)).await?;
    hold("load-returns-what-was-written", writes::load(bench)).await?;
    hold("replace-compares-versions", writes::replace(bench)).await?;
    hold("replace-never-creates", writes::replace_missing(bench)).await?;
    hold("touch-moves-the-expiry-alone", writes::touch(bench)).await?;
    hold("touch-never-creates", writes::touch_missing(bench)).await?;
    hold("delete-removes-once", writes::delete(bench)).await?;
    hold("index-finds-at-once", index::finds(bench)).await?;
    hold("index-follows-the-record", index::follows(bench)).await?;
    hold("index-delete-spares-the-rest", index::deletes(bench)).await?;
    hold("index-serves-many-sessions", index::many(bench)).await?;
    hold("records-of-any-size", sizes::any(bench)).await?;
    hold("records-without-index", sizes::bare(bench)).await?;
    hold("one-insert-wins", races::inserts(bench)).await?;
    hold("one-replace-wins", races::replaces(bench)).await?;
    hold("one-delete-wins", races::deletes(bench)).await?;
    hold("no-update-is-lost", races::updates(bench)).await?;
    hold("nothing-is-resurrected", races::resurrection(bench)).await?;
    hold("all-of-a-user-end", races::ends_all(bench)).await?;
    hold("locks-are-exclusive", locks::exclusive(bench)).await?;
    hold("locks-end-by-themselves", locks::expires(bench)).await?;
    hold("locks-are-renewed", locks::renewed(bench)).await?;
    hold("writes-are-told-of", invalidations::told(bench)).await?;
    hold("touch-keeps-alive", expiry::touched(bench)).await?;
    hold("expired-is-gone-whole", expiry::expired(bench)).await
}

/// A rule that a store breaks.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BrokenRule {
    rule: &'static str,
    detail: String,
}

impl BrokenRule {
    /// The rule's name, such as `replace-never-creates`.
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// What the store did, and what it had to do.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for BrokenRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rule, detail } = self;
        write!(f, "the session store breaks the rule {rule}: {detail}")
    }
}

impl std::error::Error for BrokenRule {}

async fn hold(rule: &'static str, trial: impl Future<Output = Verdict>) -> Result<(), BrokenRule> {
    let broken = |detail| BrokenRule { rule, detail };
    match tokio::time::timeout(PATIENCE, trial).await {
        Ok(verdict) => verdict.map_err(|breach| broken(breach.0)),
        Err(_) => Err(broken(format!("no answer within {} s", PATIENCE.as_secs()))),
    }
}

/// How long one rule may take.
const PATIENCE: Duration = Duration::from_secs(60);
