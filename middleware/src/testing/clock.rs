//! Time that passes when a test says so.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::time::Clock;

/// A clock that stands still until it is moved. Clones show the same time.
///
/// `.clock(clock.clone())` of [`B2cLayerBuilder`](crate::B2cLayerBuilder),
/// [`BearerLayerBuilder`](crate::BearerLayerBuilder) and [`AppTokensBuilder`](crate::AppTokensBuilder) makes a
/// layer go by it; a [`Provider`](super::Provider) brings one along.
#[derive(Clone, Debug)]
pub struct ManualClock(Arc<Mutex<SystemTime>>);

impl ManualClock {
    /// Starts at `now`.
    pub fn new(now: SystemTime) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    /// Sets the clock, to any time.
    pub fn set(&self, now: SystemTime) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = now;
    }

    /// Moves the clock ahead.
    pub fn advance(&self, by: Duration) {
        let mut now = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *now += by;
    }
}

impl Default for ManualClock {
    /// Starts at the system's time.
    fn default() -> Self {
        Self::new(SystemTime::now())
    }
}

impl Clock for ManualClock {
    fn now(&self) -> SystemTime {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
