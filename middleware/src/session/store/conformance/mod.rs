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
use crate::future::BoxFuture;
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
    for (rule, trial) in rules(&Bench::new(one, other)) {
        hold(rule, trial).await?;
    }
    Ok(())
}

/// Tries every rule as [`store_conformance`] does, goes on after one that is broken, and names all that
/// are: for a store that is known not to keep some, such as one that several processes share without
/// telling each other.
pub async fn broken_rules(one: impl SessionStore, other: impl SessionStore) -> Vec<BrokenRule> {
    let mut broken = Vec::new();
    for (rule, trial) in rules(&Bench::new(one, other)) {
        broken.extend(hold(rule, trial).await.err());
    }
    broken
}

/// The rules in the order that they build on each other.
fn rules(bench: &Bench) -> Vec<(&'static str, BoxFuture<'_, Verdict>)> {
    vec![
        ("insert-never-overwrites", Box::pin(writes::insert(bench))),
        (
            "load-returns-what-was-written",
            Box::pin(writes::load(bench)),
        ),
        (
            "replace-compares-versions",
            Box::pin(writes::replace(bench)),
        ),
        (
            "replace-never-creates",
            Box::pin(writes::replace_missing(bench)),
        ),
        (
            "touch-moves-the-expiry-alone",
            Box::pin(writes::touch(bench)),
        ),
        (
            "touch-never-creates",
            Box::pin(writes::touch_missing(bench)),
        ),
        ("delete-removes-once", Box::pin(writes::delete(bench))),
        ("index-finds-at-once", Box::pin(index::finds(bench))),
        ("index-follows-the-record", Box::pin(index::follows(bench))),
        (
            "index-delete-spares-the-rest",
            Box::pin(index::deletes(bench)),
        ),
        ("index-serves-many-sessions", Box::pin(index::many(bench))),
        ("records-of-any-size", Box::pin(sizes::any(bench))),
        ("records-without-index", Box::pin(sizes::bare(bench))),
        ("one-insert-wins", Box::pin(races::inserts(bench))),
        ("one-replace-wins", Box::pin(races::replaces(bench))),
        ("one-delete-wins", Box::pin(races::deletes(bench))),
        ("no-update-is-lost", Box::pin(races::updates(bench))),
        (
            "nothing-is-resurrected",
            Box::pin(races::resurrection(bench)),
        ),
        ("all-of-a-user-end", Box::pin(races::ends_all(bench))),
        ("locks-are-exclusive", Box::pin(locks::exclusive(bench))),
        ("locks-end-by-themselves", Box::pin(locks::expires(bench))),
        ("locks-are-renewed", Box::pin(locks::renewed(bench))),
        ("writes-are-told-of", Box::pin(invalidations::told(bench))),
        ("touch-keeps-alive", Box::pin(expiry::touched(bench))),
        ("expired-is-gone-whole", Box::pin(expiry::expired(bench))),
    ]
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
const PATIENCE: Duration = Duration::from_secs(120);
