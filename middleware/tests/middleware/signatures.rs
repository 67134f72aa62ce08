//! How often a signature is verified, which is most of what a sign-in or a token costs.

use tracing::Level;

use crate::support::{Log, World};

/// How many were verified since this was asked last: each is a line in the log.
pub(crate) fn verified(log: &Log) -> usize {
    log.take().matches("a signature is verified").count()
}

#[tokio::test]
async fn a_sign_in_verifies_one_signature_and_a_visit_none() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let (log, _open) = Log::open(Level::TRACE);
    visitor.signs_in("/private").await;
    assert_eq!(verified(&log), 1, "that of the ID token");
    visitor.opens("/private").await;
    assert_eq!(verified(&log), 0);
}
