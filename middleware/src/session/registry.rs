//! Creates, finds, changes and ends sessions: the cache in front, the store behind.

use std::fmt;
use std::sync::{Arc, Weak};
use std::time::{Duration, SystemTime};

use arc_swap::ArcSwap;

use super::cache::Cache;
use super::carried::InBrowser;
use super::coherence::Coherence;
use super::index::IndexEntry;
use super::live::Live;
use super::record::Record;
use super::store::{
    CookieStore, Home, Observed, Replaced, SessionKey, SessionStore, StoreError, StoredRecord,
};
use super::summary::Summary;
use super::unheard::Unheard;
use super::unknown::UnknownTickets;
use super::watch::Watches;
use crate::background::Background;
use crate::config::{Config, Lifetimes, SessionLimit};
use crate::cookie::{Cookies, KeyRing, Ticket};
use crate::format::Unread;
use crate::metrics::{self, Found};
use crate::time::{Clock, Timestamp};

/// All sessions.
pub(crate) struct Sessions {
    pub(super) store: Arc<dyn SessionStore>,
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
    clock: Arc<dyn Clock>,
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
        let store = Observed::around(store);
        Arc::new_cyclic(|this| Self {
            store,
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
                self.drop_cached(&live);
                self.watches.end(live.key);
            }
        }
    }

    /// The session of this ticket if it is in memory and can be relied upon: one map lookup.
    pub(crate) fn cached(&self, ticket: &Ticket) -> Option<Arc<Live>> {
        let live = self.cache.get(&ticket.id)?;
        if !live.ticket.matches(ticket) {
            return None;
        }
        let now = self.now();
        if self.has_ended(&live, now) {
            self.cache.remove(&ticket.id);
            return None;
        }
        if self.needs_check(&live, now) {
            return None;
        }
        self.note_visit(&live, now);
        metrics::session_found(Found::Memory);
        Some(live)
    }

    /// The session of this ticket, from the store if need be.
    pub(crate) async fn find(&self, ticket: &Ticket) -> Result<Option<Arc<Live>>, StoreError> {
        if let Some(live) = self.cached(ticket) {
            return Ok(Some(live));
        }
        let found = self.find_in_store(ticket).await?;
        metrics::session_found(match found {
            Some(_) => Found::Store,
            None => Found::Nowhere,
        });
        Ok(found)
    }

    async fn find_in_store(&self, ticket: &Ticket) -> Result<Option<Arc<Live>>, StoreError> {
        self.listen();
        let known = self.cache.get(&ticket.id);
        if let Some(live) = known.filter(|live| live.ticket.matches(ticket)) {
            let goes_on = self.check(&live).await?;
            if goes_on {
                self.note_visit(&live, self.now());
            }
            return Ok(goes_on.then_some(live));
        }
        if self.unheard.has(ticket) {
            return Ok(None);
        }
        let key = SessionKey::of(&ticket.id);
        let before = self.cache.before(&ticket.id, key);
        let Some(stored) = self.look_up(ticket, key).await? else {
            return Ok(None);
        };
        let now = self.now();
        let Some(record) = self.open(&stored, ticket)? else {
            return Ok(None);
        };
        if stored.expires_at <= now.to_system_time() || record.ends_at() <= now {
            return Ok(None);
        }
        // When this was last seen is not in the record, so the store hears of the visit at once.
        let long_ago = Timestamp::default();
        let live = Live::new(ticket.clone(), record, stored.version, now, long_ago);
        let live = self.cache.insert(Arc::new(live), before);
        self.note_visit(&live, now);
        Ok(live.ticket.matches(ticket).then_some(live))
    }

    /// Looks at a session without using it: what the store says, and when it ends unless it is
    /// used.
    pub(crate) async fn peek(&self, ticket: &Ticket) -> Result<Option<Peeked>, StoreError> {
        let key = SessionKey::of(&ticket.id);
        let Some(stored) = self.look_up(ticket, key).await? else {
            // Another instance ended it.
            self.cache.remove(&ticket.id);
            self.watches.end(key);
            return Ok(None);
        };
        let seen = self.cache.get(&ticket.id).map(|live| live.last_seen());
        let open = self.open(&stored, ticket)?;
        let peeked = open.filter(|_| !self.unheard.has(ticket)).map(|record| {
            let known = seen.map(|seen| self.expiry(seen));
            let idle_end = known.map_or(stored.expires_at, |end| end.max(stored.expires_at));
            let expires_at = idle_end.min(record.ends_at().to_system_time());
            Peeked { record, expires_at }
        });
        let now = self.now().to_system_time();
        Ok(peeked.filter(|peeked| peeked.expires_at > now))
    }

    /// Begins a session under a new ticket.
    /// It takes the place of `replaced`, which its caller ends.
    pub(crate) async fn create(
        &self,
        record: Record,
        replaced: Option<SessionKey>,
    ) -> Result<Arc<Live>, CreateError> {
        self.create_seen(record, replaced, self.now()).await
    }

    /// As [`create`](Self::create), for a session that was last seen then.
    pub(crate) async fn create_seen(
        &self,
        mut record: Record,
        replaced: Option<SessionKey>,
        seen: Timestamp,
    ) -> Result<Arc<Live>, CreateError> {
        self.listen();
        record.bind(self.lifetimes().bound);
        self.check_size(&record)?;
        let ticket = self.keys.new_ticket();
        let before = self.cache.before(&ticket.id, SessionKey::of(&ticket.id));
        let stored = self.stored(&record, &ticket, seen);
        let summary = Summary::of(&record, self.lifetimes().idle, self.clock.now());
        let live = Live::new(ticket, record, 1, seen, seen);
        let index = IndexEntry {
            keys: live.indexes.iter().collect(),
            summary: summary.seal(&self.keys, live.key),
        };
        let turn = self.take_turn(&live).await?;
        let admitted = self.admit(&live, stored, index, replaced).await;
        self.end_turn(turn).await;
        admitted?;
        Ok(self.cache.insert(Arc::new(live), before))
    }

    async fn admit(
        &self,
        live: &Live,
        stored: StoredRecord,
        index: IndexEntry,
        replaced: Option<SessionKey>,
    ) -> Result<(), CreateError> {
        if !self.store.insert(live.key, stored, index).await? {
            return Err(StoreError::new("a fresh random id is already taken").into());
        }
        if !self.make_room(live, replaced).await? {
            return Err(CreateError::TooMany);
        }
        Ok(())
    }

    /// Changes a record, in the store before in memory. `change` may run again if somebody else
    /// writes in between, each time on the newest record.
    pub(crate) async fn update(
        &self,
        live: &Live,
        change: impl Fn(&mut Record) + Send,
    ) -> Result<Arc<Record>, UpdateError> {
        let key = live.key;
        for _ in 0..MOST_CONFLICTS {
            let (record, version) = live.versioned();
            let mut record = Record::clone(&record);
            change(&mut record);
            record.bind(self.lifetimes().bound);
            self.check_size(&record)?;
            let stored = self.stored(&record, &live.ticket, live.last_seen());
            match self.store.replace(key, version, stored).await? {
                Replaced::Done => {
                    let record = Arc::new(record.trimmed());
                    live.set(Arc::clone(&record), version + 1);
                    return Ok(record);
                }
                Replaced::Conflict => self.reload(live).await?,
                Replaced::Missing => {
                    self.drop_cached(live);
                    return Err(UpdateError::Ended);
                }
            }
        }
        Err(UpdateError::Store(StoreError::new(
            "the record changes faster than it can be written",
        )))
    }

    /// Ends the session of this ticket: gone from memory at once, and from the store. Tells whether
    /// this call ended it, and not another.
    ///
    /// A store that is away is told when it is back: the error says that this has to be, and that
    /// instances which cannot be reached do not know yet.
    pub(crate) async fn end(&self, ticket: &Ticket) -> Result<bool, StoreError> {
        // Only the bearer may end a session, not whoever knows its id.
        let key = match self.find(ticket).await {
            Ok(Some(live)) => {
                live.set_over();
                live.key
            }
            Ok(None) => return Ok(false),
            // It is the bearer's own: the ticket's key has opened it.
            Err(error) if error.is_newer_format() => SessionKey::of(&ticket.id),
            Err(error) => {
                self.remember_end(ticket, false);
                return Err(error);
            }
        };
        let deleted = self.store.delete(key).await;
        if !matches!(deleted, Ok(false)) {
            self.remember_end(ticket, deleted.is_ok());
        }
        self.cache.remove(&ticket.id);
        self.watches.end(key);
        deleted
    }

    /// How long a session still has unless it is used; `None` if it has ended. A store that is away
    /// ends nothing: what is in memory counts.
    pub(super) async fn time_left(&self, key: SessionKey, live: &Live) -> Option<Duration> {
        let known = self.expiry(live.last_seen());
        let idle_end = match self.store.load(key).await {
            Ok(stored) => known.max(stored?.expires_at),
            Err(_) => known,
        };
        let end = idle_end.min(live.record().ends_at().to_system_time());
        let now = self.now().to_system_time();
        end.duration_since(now).ok().filter(|left| !left.is_zero())
    }

    /// Forgets a session that has ended, and lets those who still hold it know.
    pub(super) fn drop_cached(&self, live: &Live) {
        live.set_over();
        self.cache.remove(&live.ticket.id);
    }

    /// The record, unless it cannot be this ticket's, or is of a provider that is trusted no longer:
    /// taken out of the configuration, it vouches for nobody.
    pub(super) fn open(
        &self,
        stored: &StoredRecord,
        ticket: &Ticket,
    ) -> Result<Option<Record>, StoreError> {
        match Record::open(&stored.bytes, ticket) {
            Ok(record) if self.trusts(&record) => Ok(Some(record)),
            Ok(_) => {
                metrics::record_refused("provider");
                Ok(None)
            }
            Err(Unread::Newer) => {
                metrics::record_refused(Unread::Newer.reason());
                Err(StoreError::newer_format())
            }
            Err(unread) => {
                metrics::record_refused(unread.reason());
                let key = SessionKey::of(&ticket.id);
                tracing::warn!(
                    reason = unread.reason(),
                    session = ?key,
                    "a stored record is refused: tampered with, another's, or asked for with another ticket"
                );
                Ok(None)
            }
        }
    }

    pub(super) fn trusts(&self, record: &Record) -> bool {
        self.rules.load().providers.contains(&record.provider)
    }

    /// Takes over what another instance has written, if it has.
    pub(crate) async fn reload(&self, live: &Live) -> Result<(), UpdateError> {
        let Some(stored) = self.store.load(live.key).await? else {
            self.drop_cached(live);
            return Err(UpdateError::Ended);
        };
        if stored.version > live.versioned().1 {
            let record = self.open(&stored, &live.ticket)?;
            let record = record.ok_or(UpdateError::Ended)?;
            live.set(Arc::new(record.trimmed()), stored.version);
        }
        Ok(())
    }

    /// Tells the store of a visit, behind the request and at most ten times per idle period.
    fn note_visit(&self, live: &Arc<Live>, now: Timestamp) {
        if live.seen(now, self.lifetimes().idle.as_secs() / 10) {
            let (store, live) = (Arc::clone(&self.store), Arc::clone(live));
            let expires_at = self.expiry(now);
            self.background.spawn(async move {
                match store.touch(live.key, expires_at).await {
                    Ok(true) => {}
                    // The next request takes it out of the cache.
                    Ok(false) => live.set_over(),
                    Err(error) => tracing::warn!(%error, "a session's expiry was not moved"),
                }
            });
        }
    }

    pub(super) fn has_ended(&self, live: &Live, now: Timestamp) -> bool {
        live.is_over()
            || now >= live.last_seen() + self.lifetimes().idle
            || now >= live.record().ends_at()
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

    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sessions(…)")
    }
}

/// A session that was looked at and not used.
#[derive(Debug)]
pub(crate) struct Peeked {
    pub(crate) record: Record,
    /// When it ends unless it is used.
    pub(crate) expires_at: SystemTime,
}

/// Why a session did not begin.
#[derive(Debug)]
pub(crate) enum CreateError {
    /// The user has as many as they may.
    TooMany,
    Store(StoreError),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Why a record was not changed.
#[derive(Debug)]
pub(crate) enum UpdateError {
    /// The session was signed out meanwhile; that wins.
    Ended,
    Store(StoreError),
}

impl From<StoreError> for UpdateError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

const MOST_CONFLICTS: usize = 5;
