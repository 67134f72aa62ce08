//! The suite itself: it passes what is right, and names the rule that is not kept.

use std::sync::Arc;

use libtest_mimic::Trial;
use tower_b2c::MemoryStore;
use tower_b2c::testing::store_conformance;

use crate::flawed::{Flaw, Flawed};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let memory = trial("memory_keeps_every_rule", || async {
        let store = Arc::new(MemoryStore::default());
        Ok(store_conformance(Arc::clone(&store), store).await?)
    });
    let flaws = FLAWS.iter().map(|(flaw, rule)| {
        trial(format!("{flaw:?} breaks {rule}"), move || async move {
            let store = Flawed::new(*flaw);
            match store_conformance(store.clone(), store).await {
                Err(broken) if broken.rule() == *rule => Ok(()),
                Err(broken) => Err(format!("reported as: {broken}").into()),
                Ok(()) => Err("nothing was noticed".into()),
            }
        })
    });
    flaws.chain([memory]).collect()
}

/// What can be wrong with a store, and the rule that is to notice.
const FLAWS: &[(Flaw, &str)] = &[
    (Flaw::InsertOverwrites, "insert-never-overwrites"),
    (Flaw::VersionsStartAtZero, "load-returns-what-was-written"),
    (Flaw::ReplaceIgnoresVersions, "replace-compares-versions"),
    (Flaw::ReplaceCreates, "replace-never-creates"),
    (Flaw::TouchCountsAsWrite, "touch-moves-the-expiry-alone"),
    (Flaw::TouchClaimsSuccess, "touch-never-creates"),
    (Flaw::DeleteClaimsSuccess, "delete-removes-once"),
    (Flaw::IndexHasOneKey, "index-finds-at-once"),
    (Flaw::IndexKeepsFirstExpiry, "index-follows-the-record"),
    (
        Flaw::IndexDeleteIgnoresException,
        "index-delete-spares-the-rest",
    ),
    (Flaw::IndexDeleteStopsAtBatch, "index-serves-many-sessions"),
    (Flaw::CutsLargeRecords, "records-of-any-size"),
    (Flaw::InsertRaces, "one-insert-wins"),
    (Flaw::ReplaceRaces, "one-replace-wins"),
    (Flaw::DeleteRaces, "one-delete-wins"),
    (Flaw::TouchResurrects, "nothing-is-resurrected"),
    (Flaw::TouchOnlyPretends, "touch-moves-the-expiry-alone"),
    (Flaw::ExpiresAtFirstExpiry, "touch-keeps-alive"),
    (Flaw::IndexOutlivesExpired, "expired-is-gone-whole"),
    (Flaw::LockIsShared, "locks-are-exclusive"),
    (Flaw::LockNeverEnds, "locks-end-by-themselves"),
    (Flaw::RenewalOnlyPretends, "locks-are-renewed"),
    (Flaw::TellsOfNothing, "writes-are-told-of"),
    (Flaw::Away, "insert-never-overwrites"),
];
