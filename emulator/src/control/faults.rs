use std::{
    sync::{
        Arc, Mutex, MutexGuard, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use super::{Misbehaviour, Occasion, Scope};
use crate::{directory::Tenant, random};

/// The misbehaviours that are active.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    orders: Mutex<Vec<Arc<Order>>>,
    last_id: AtomicU64,
}

/// A misbehaviour, its scope, and how often it has shown.
#[derive(Debug)]
pub(crate) struct Order {
    pub(crate) id: u64,
    pub(crate) scope: Scope,
    pub(crate) misbehaviour: Misbehaviour,
    shown: AtomicU64,
}

/// The misbehaviours that one request may meet. A limited one is used up only by a request on
/// which it has an effect.
#[derive(Clone, Debug, Default)]
pub(crate) struct Misbehaviours(Arc<[Chance]>);

#[derive(Debug)]
struct Chance {
    order: Arc<Order>,
    taken: OnceLock<bool>,
}

impl Faults {
    /// Adds a misbehaviour and returns its number.
    pub(crate) fn add(&self, scope: Scope, misbehaviour: Misbehaviour) -> u64 {
        let id = self.last_id.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock()
            .push(Arc::new(Order::new(id, scope, misbehaviour)));
        id
    }

    /// Ends one misbehaviour; `false` if there is none of that number.
    pub(crate) fn remove(&self, id: u64) -> bool {
        let mut orders = self.lock();
        let before = orders.len();
        orders.retain(|order| order.id != id);
        orders.len() < before
    }

    pub(crate) fn clear(&self) {
        self.lock().clear();
    }

    /// Ends those of one tenant alone.
    pub(crate) fn clear_in(&self, tenant: &Tenant) {
        self.lock().retain(|order| {
            let name = order.scope.tenant.as_ref();
            !name.is_some_and(|name| tenant.is_known_as(name))
        });
    }

    /// Returns those that have not come to their end.
    pub(crate) fn active(&self) -> Vec<Arc<Order>> {
        let mut orders = self.lock();
        orders.retain(|order| order.remaining() != Some(0));
        orders.clone()
    }

    /// Collects what a request may meet; `more` concerns this request alone.
    pub(crate) fn at(&self, occasion: &Occasion<'_>, more: Vec<Misbehaviour>) -> Misbehaviours {
        let more = more
            .into_iter()
            .map(|misbehaviour| Arc::new(Order::new(0, Scope::default(), misbehaviour)));
        self.active()
            .into_iter()
            .chain(more)
            .filter(|order| order.scope.covers(occasion))
            .filter(|order| order.misbehaviour.concerns(occasion.endpoint))
            .filter(|order| occasion.is_refresh || !order.misbehaviour.only_at_refresh())
            .map(|order| Chance {
                order,
                taken: OnceLock::new(),
            })
            .collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Order>>> {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Order {
    fn new(id: u64, scope: Scope, misbehaviour: Misbehaviour) -> Self {
        Self {
            id,
            scope,
            misbehaviour,
            shown: AtomicU64::new(0),
        }
    }

    /// How many requests it is good for yet; `None` means any number.
    pub(crate) fn remaining(&self) -> Option<u64> {
        let shown = self.shown.load(Ordering::Relaxed);
        Some(u64::from(self.scope.next?).saturating_sub(shown))
    }

    /// Throws the dice and counts.
    fn take(&self) -> bool {
        if self
            .scope
            .probability
            .is_some_and(|odds| random::fraction() >= odds)
        {
            return false;
        }
        let most = self.scope.next.map_or(u64::MAX, u64::from);
        self.shown
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |shown| {
                (shown < most).then_some(shown.saturating_add(1))
            })
            .is_ok()
    }
}

impl Misbehaviours {
    /// Those of the request that is being answered; none elsewhere.
    pub(crate) fn of_this_request() -> Self {
        CURRENT.try_with(Self::clone).unwrap_or_default()
    }

    /// Does some work as part of a request that meets these.
    pub(crate) fn during<T>(&self, work: impl FnOnce() -> T) -> T {
        CURRENT.sync_scope(self.clone(), work)
    }

    pub(crate) fn has(&self, misbehaviour: &Misbehaviour) -> bool {
        self.find(|other| (other == misbehaviour).then_some(()))
            .is_some()
    }

    pub(crate) fn delay(&self) -> Duration {
        let delays = self.0.iter().filter_map(|chance| {
            let Misbehaviour::Delay(delay) = chance.order.misbehaviour else {
                return None;
            };
            chance.is_taken().then_some(delay)
        });
        delays.sum()
    }

    /// Returns what `pick` finds in the first misbehaviour that it likes.
    pub(crate) fn find<T>(&self, pick: impl Fn(&Misbehaviour) -> Option<T>) -> Option<T> {
        self.0.iter().find_map(|chance| {
            let found = pick(&chance.order.misbehaviour)?;
            chance.is_taken().then_some(found)
        })
    }
}

impl FromIterator<Chance> for Misbehaviours {
    fn from_iter<I: IntoIterator<Item = Chance>>(chances: I) -> Self {
        Self(chances.into_iter().collect())
    }
}

impl Chance {
    fn is_taken(&self) -> bool {
        *self.taken.get_or_init(|| self.order.take())
    }
}

tokio::task_local! {
    static CURRENT: Misbehaviours;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::Endpoint;

    fn at(endpoint: Endpoint) -> Occasion<'static> {
        Occasion {
            tenant: None,
            endpoint: Some(endpoint),
            client_id: Some("app"),
            user_flow: Some("B2C_1_a"),
            is_refresh: false,
        }
    }

    #[test]
    fn a_limit_counts_only_where_there_was_an_effect() {
        let faults = Faults::default();
        faults.add(Scope::client("APP").next(1), Misbehaviour::WrongIssuer);
        let wrong = |endpoint| {
            let bad = faults.at(&at(endpoint), Vec::new());
            bad.has(&Misbehaviour::WrongIssuer) && bad.has(&Misbehaviour::WrongIssuer)
        };
        assert!(!wrong(Endpoint::Metadata));
        drop(faults.at(&at(Endpoint::Token), Vec::new()));
        assert!(wrong(Endpoint::Token));
        assert!(!wrong(Endpoint::Token));
        assert!(faults.active().is_empty());
    }

    #[test]
    fn scopes_keep_others_out() {
        let faults = Faults::default();
        faults.add(Scope::client("other"), Misbehaviour::Html);
        faults.add(Scope::user_flow("B2C_1_b"), Misbehaviour::Html);
        faults.add(Scope::everything().probability(0.0), Misbehaviour::Html);
        faults.add(
            Scope::everything().endpoint(Endpoint::Keys),
            Misbehaviour::Html,
        );
        let bad = faults.at(&at(Endpoint::Token), Vec::new());
        assert!(!bad.has(&Misbehaviour::Html));
        let bad = faults.at(&at(Endpoint::Keys), Vec::new());
        assert!(bad.has(&Misbehaviour::Html));
    }
}
