//! Access tokens: kept, refreshed, shared, replaced, refused.

mod ahead;
mod asked_for;
mod claims;
mod cost;
mod held;
mod instances;
mod refreshed;
mod replaced;

pub use held::Held;
use std::time::{Duration, Instant};

/// Waits for a condition, ten seconds at most.
async fn until(condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(
            started.elapsed() < Duration::from_secs(30),
            "thirty seconds"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

const ALMOST_AN_HOUR: Duration = Duration::from_secs(3500);
/// Sessions, which last as long, are there still.
const AT_THE_END: Duration = Duration::from_secs(3590);
const MORE_THAN_AN_HOUR: Duration = Duration::from_secs(3700);
