use std::sync::{Mutex, MutexGuard, PoisonError};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Journey;
use crate::{expiring::Expiring, random};

/// The journeys under way. Abandoned ones expire, and the oldest goes when there are too many.
#[derive(Debug)]
pub(crate) struct Journeys {
    journeys: Mutex<Expiring<Journey>>,
}

impl Journeys {
    pub(crate) fn new(most: usize) -> Self {
        Self {
            journeys: Mutex::new(Expiring::new(most, LIFETIME)),
        }
    }

    /// Keeps a journey and returns its id, the `tx` parameter of its pages.
    pub(crate) fn add(&self, journey: Journey, now: i64) -> String {
        let state = format!(r#"{{"TID":"{}"}}"#, random::guid());
        let id = format!("StateProperties={}", URL_SAFE_NO_PAD.encode(state));
        self.lock().insert(id.clone(), journey, now);
        id
    }

    /// Works on a journey of the browser that holds the cookie `csrf`.
    pub(crate) fn with<T>(
        &self,
        id: &str,
        csrf: Option<&str>,
        now: i64,
        work: impl FnOnce(&mut Journey) -> T,
    ) -> Option<T> {
        let mut journeys = self.lock();
        let journey = journeys.get_mut(id, now)?;
        (csrf == Some(journey.csrf.as_str())).then(|| work(journey))
    }

    /// The application that a journey works for.
    pub(crate) fn client_id(&self, id: &str) -> Option<String> {
        let mut journeys = self.lock();
        let journey = journeys.get_mut(id, i64::MIN)?;
        Some(journey.request.client_id.clone())
    }

    pub(crate) fn len(&self) -> usize {
        self.lock().len()
    }

    fn lock(&self) -> MutexGuard<'_, Expiring<Journey>> {
        self.journeys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const LIFETIME: i64 = 60 * 60;
