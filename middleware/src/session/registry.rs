//! All sessions: the cache in front, the store behind.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::SystemTime;

use arc_swap::ArcSwap;

use super::cache::Cache;
use super::carried::InBrowser;
use super::coherence::Coherence;
use super::record::Record;
use super::store::{Answered, CookieStore, Home, Observed, SessionStore, StoredRecord};
use super::unheard::Unheard;
use super::unknown::UnknownTickets;
use super::watch::Watches;
use crate::background::Background;
use crate::config::{Config, Lifetimes, SessionLimit};
use crate::cookie::{Cookies, KeyRing, Ticket};
use crate::metrics::{SessionEnd, sessions_ended};
use crate::time::{Clock, Timestamp};

/// All sessions.
pub(crate) struct Sessions {
    pub(super) store: Arc<dyn SessionStore>,
    /// When the store was last seen to answer, whoever asked.
    pub(crate) answered: Arc<Answered>,
    /// Where sessions are at home in the browser.
    pub(super) browser: Option<InBrowser>,
    pub(super) cache: Cache,
    /// Seals what lists of sessions show.
    pub(super) keys: Arc<KeyRing>,
    pub(super) watches: Watches,
    pub(super) coherence: Coherence,
    pub(super) unheard: Unheard,
    /// For tasks that must not keep it.
    pub(super) this: Weak<Self>,
    pub(super) unknown: UnknownTickets,
    /// What is waited for before the process ends.
    pub(crate) background: Background,
    rules: ArcSwap<Rules>,
    pub(super) clock: Arc<dyn Clock>,
}

/// What the configuration says about sessions.
struct Rules {
    /// The names of the providers that it has.
    providers: Vec<String>,
    lifetimes: Lifetimes,
    limit: Option<SessionLimit>,
}

impl Rules {
    fn of(config: &Config) -> Self {
        let providers = config.providers.iter();
        Self {
            providers: providers.map(|provider| provider.name.clone()).collect(),
            lifetimes: config.lifetimes,
            limit: config.user_sessions.limit,
        }
    }
}

impl Sessions {
    /// Instances that share a store share the keys.
    pub(crate) fn new(
        home: Home,
        keys: Arc<KeyRing>,
        config: &Config,
        clock: Arc<dyn Clock>,
    ) -> Arc<Self> {
        let (store, browser) = match home {
            Home::Store(store) => (store, None),
            Home::Browser { most_bytes } => {
                let store = Arc::new(CookieStore::default());
                let cookies = Cookies::new(&config.app.base_url);
                let browser = InBrowser::new(Arc::clone(&store), cookies, most_bytes);
                (store as Arc<dyn SessionStore>, Some(browser))
            }
        };
        let answered = Answered::new(Arc::clone(&clock));
        let store = Observed::noting(store, Some(Arc::clone(&answered)));
        Arc::new_cyclic(|this| Self {
            store,
            answered,
            browser,
            cache: Cache::new(config.user_sessions.cached),
            keys,
            watches: Watches::default(),
            coherence: Coherence::default(),
            unheard: Unheard::default(),
            this: Weak::clone(this),
            unknown: UnknownTickets::default(),
            background: Background::default(),
            rules: ArcSwap::from_pointee(Rules::of(config)),
            clock,
        })
    }

    pub(crate) fn store(&self) -> &dyn SessionStore {
        &*self.store
    }

    /// Whether what changes must leave with a response, because the browser has the only copy.
    pub(crate) fn are_in_browser(&self) -> bool {
        self.browser.is_some()
    }

    pub(crate) fn lifetimes(&self) -> Lifetimes {
        self.rules.load().lifetimes
    }

    pub(super) fn limit(&self) -> Option<SessionLimit> {
        self.rules.load().limit
    }

    /// Goes by another configuration from now on. Sessions of a provider that it does not have any more
    /// are over.
    pub(crate) fn go_by(&self, config: &Config) {
        self.rules.store(Arc::new(Rules::of(config)));
        // Loads that began before and checked by the old rules are not put in.
        self.cache.outdate_loads();
        for live in self.cache.all() {
            if !self.trusts(&live.record()) {
                sessions_ended(SessionEnd::Provider, 1);
                self.drop_cached(&live);
                self.watches.end(live.key);
            }
        }
    }

    pub(super) fn trusts(&self, record: &Record) -> bool {
        self.rules.load().providers.contains(&record.provider)
    }

    pub(super) fn stored(&self, record: &Record, ticket: &Ticket, seen: Timestamp) -> StoredRecord {
        let expires_at = self.expiry(seen);
        StoredRecord {
            version: 0,
            expires_at,
            bytes: record.seal(ticket),
        }
    }

    /// When the store may throw a record away: exactly the idle time after the last visit, which
    /// lists of sessions read from it. The absolute end is in the record.
    pub(super) fn expiry(&self, seen: Timestamp) -> SystemTime {
        (seen + self.lifetimes().idle).to_system_time()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(…)")
    }
}
