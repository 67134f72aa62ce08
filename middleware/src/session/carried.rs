//! Sessions that are at home in the browser: out of its cookies, and back into them.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::HeaderValue;

use super::live::Live;
use super::record::Record;
use super::registry::Sessions;
use super::store::{Brought, CookieStore, Generations, SessionKey, StoreError, StoredRecord};
use crate::cookie::{Cookies, Digest, Found, KeyUse, PieceHash, SealedSession, Ticket};
use crate::format::Unread;
use crate::time::Timestamp;

/// The state of a session that a request has brought.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Carried {
    version: u64,
    /// When the session was last seen before it was sealed.
    seen: Timestamp,
    /// Whether the key sealed it that seals now.
    by_first: bool,
}

/// What is needed to keep sessions in browsers.
pub(crate) struct InBrowser {
    store: Arc<CookieStore>,
    cookies: Cookies,
    most_bytes: usize,
    hash: PieceHash,
    /// Values that were opened lately, by their hashes: looked up in place of being opened again.
    opened: [Mutex<Opened>; SHARDS],
}

struct Opened {
    /// Of the key ring: what a key opened that was taken away counts no longer.
    generation: u64,
    values: Generations<Digest, (Ticket, Carried)>,
}

impl InBrowser {
    pub(super) fn new(store: Arc<CookieStore>, cookies: Cookies, most_bytes: usize) -> Self {
        Self {
            store,
            cookies,
            most_bytes,
            hash: PieceHash::new(),
            opened: std::array::from_fn(|_| {
                let values = Generations::new(MOST_OPENED / SHARDS);
                let generation = 0;
                Mutex::new(Opened { generation, values })
            }),
        }
    }

    fn opened(&self, digest: &Digest, generation: u64) -> MutexGuard<'_, Opened> {
        let shard = &self.opened[usize::from(digest[0][0]) % SHARDS];
        let mut opened = shard.lock().unwrap_or_else(PoisonError::into_inner);
        if opened.generation != generation {
            opened.values.clear();
            opened.generation = generation;
        }
        opened
    }

    /// The record's text as far as it fits: whole, or without what the session can do without.
    fn fitted(&self, record: &Record) -> Option<Vec<u8>> {
        let fits = |text: &[u8]| {
            let sealed = vec![0; text.len() + AROUND];
            let cookies = self
                .cookies
                .set_sealed(&sealed, LONGEST, None, self.most_bytes);
            cookies.is_some()
        };
        let mut shorter = record.clone();
        // They are there twice otherwise, and laid over each other again when the cookie is opened.
        shorter.claims.uncover(&record.edited);
        let mut text = shorter.to_text();
        if fits(&text) {
            return Some(text);
        }
        while let Some(dropped) = shorter.shed() {
            tracing::info!(
                dropped,
                "a session is too large for its cookies and goes without"
            );
            text = shorter.to_text();
            if fits(&text) {
                return Some(text);
            }
        }
        None
    }
}

impl Sessions {
    /// Whether sessions are in the browsers, where nobody else's request reaches them.
    pub(crate) fn are_in_browsers(&self) -> bool {
        self.browser.is_some()
    }

    /// What reaches further than the request's own session needs a store.
    pub(super) fn check_reach(&self) -> Result<(), StoreError> {
        match &self.browser {
            Some(_) => Err(StoreError::in_browsers()),
            None => Ok(()),
        }
    }

    /// Whether a record can be kept.
    pub(super) fn check_size(&self, record: &Record) -> Result<(), StoreError> {
        match &self.browser {
            Some(browser) if browser.fitted(record).is_none() => {
                Err(StoreError::too_large(browser.most_bytes))
            }
            _ => Ok(()),
        }
    }

    /// The session in memory, whatever its state.
    pub(crate) fn in_memory(&self, ticket: &Ticket) -> Option<Arc<Live>> {
        let live = self.cache.get(&ticket.id);
        live.filter(|live| live.ticket.matches(ticket))
    }

    /// Takes the session that a request has brought into memory, unless a newer state of it is there;
    /// `None` if it has ended, or is none of ours.
    pub(crate) fn adopt(
        &self,
        sealed: &SealedSession<'_>,
    ) -> Result<Option<(Ticket, Carried)>, StoreError> {
        let Some(browser) = &self.browser else {
            return Ok(None);
        };
        let (digest, generation) = (sealed.digest(&browser.hash), self.keys.generation());
        let known = {
            let mut opened = browser.opened(&digest, generation);
            opened.values.get(&digest).cloned()
        };
        // What memory has lost is read from the cookie again.
        if let Some((ticket, carried)) = known
            && self.in_memory(&ticket).is_some()
        {
            return Ok(Some((ticket, carried)));
        }
        self.listen();
        let name = browser.cookies.session();
        let opened = match self.unseal(sealed, name) {
            Ok(opened) => opened,
            Err(Unread::Newer) => return Err(StoreError::newer_format()),
            Err(unread) => {
                tracing::info!(reason = unread.reason(), "a session cookie is refused");
                return Ok(None);
            }
        };
        let (ticket, carried, record) = opened;
        if !self.take_in(browser, &ticket, carried, record) {
            return Ok(None);
        }
        let known = (ticket.clone(), carried);
        browser
            .opened(&digest, generation)
            .values
            .insert(digest, known);
        Ok(Some((ticket, carried)))
    }

    /// Whether the browser should get the session's state anew: it has changed since, or it was long
    /// ago, or the key is no longer the first. A state whose refresh token is spent, or about to be, is
    /// not given out again: the browser may have a newer one, from another instance.
    pub(crate) fn is_outdated(&self, live: &Live, carried: Carried) -> bool {
        let interval = self.lifetimes().idle / 10;
        let is_due = || !carried.by_first || live.last_seen().since(carried.seen) >= interval;
        let is_spent = || {
            let record = live.record();
            let grant = record.grant.as_ref();
            grant.is_some_and(|grant| live.is_refused(&grant.refresh_token))
        };
        // Under way, a refresh will spend it.
        let is_kept = || live.refreshing.try_lock().is_ok() && !is_spent();
        Self::is_overtaken(live, carried) || (is_due() && is_kept())
    }

    /// Whether another request has changed the session since.
    pub(crate) fn is_overtaken(live: &Live, carried: Carried) -> bool {
        live.versioned().1 > carried.version
    }

    /// `Set-Cookie` values with the session's state; `found` is what the browser has.
    pub(crate) fn sealed_cookies(
        &self,
        live: &Live,
        found: &Found<'_>,
    ) -> Result<Vec<HeaderValue>, StoreError> {
        let Some(browser) = &self.browser else {
            return Ok(Vec::new());
        };
        let (record, version) = live.versioned();
        let too_large = || StoreError::too_large(browser.most_bytes);
        let record_text = browser.fitted(&record).ok_or_else(too_large)?;
        let mut text = Vec::with_capacity(record_text.len() + AROUND);
        text.push(FORMAT);
        text.extend(live.ticket.encode().as_bytes());
        text.extend(version.to_be_bytes());
        text.extend(live.last_seen().0.to_be_bytes());
        text.extend(record_text);
        let name = browser.cookies.session().as_bytes();
        let sealed = self.keys.seal(KeyUse::Session, name, &text);
        let lifetime = record.expires_at.since(self.now());
        let cookies =
            browser
                .cookies
                .set_sealed(&sealed, lifetime, Some(found), browser.most_bytes);
        cookies.ok_or_else(too_large)
    }

    fn unseal(
        &self,
        sealed: &SealedSession<'_>,
        name: &str,
    ) -> Result<(Ticket, Carried, Record), Unread> {
        let sealed = sealed.sealed().ok_or(Unread::Sealed)?;
        let opened = self
            .keys
            .open_noting(KeyUse::Session, name.as_bytes(), &sealed);
        let (text, by_first) = opened.ok_or(Unread::Sealed)?;
        let (&format, text) = text.split_first().ok_or(Unread::Garbled)?;
        if format > FORMAT {
            return Err(Unread::Newer);
        }
        let (ticket, text) = text.split_at_checked(TICKET).ok_or(Unread::Garbled)?;
        let ticket = std::str::from_utf8(ticket).ok().and_then(Ticket::parse);
        let ticket = ticket.ok_or(Unread::Garbled)?;
        let (version, text) = text.split_first_chunk().ok_or(Unread::Garbled)?;
        let (seen, text) = text.split_first_chunk().ok_or(Unread::Garbled)?;
        let mut record = Record::from_text(text)?;
        record.apply_edits();
        let carried = Carried {
            version: u64::from_be_bytes(*version),
            seen: Timestamp(u64::from_be_bytes(*seen)),
            by_first,
        };
        Ok((ticket, carried, record))
    }

    fn take_in(
        &self,
        browser: &InBrowser,
        ticket: &Ticket,
        carried: Carried,
        record: Record,
    ) -> bool {
        let now = self.now();
        let is_over = now >= carried.seen + self.lifetimes().idle || now >= record.ends_at();
        if is_over || !self.trusts(&record) {
            return false;
        }
        let key = SessionKey::of(&ticket.id);
        let before = self.cache.before(&ticket.id, key);
        let brought = StoredRecord {
            version: carried.version,
            expires_at: self.expiry(carried.seen),
            bytes: record.seal(ticket),
        };
        let (record, version) = match browser.store.bring(key, brought) {
            Brought::Ended => return false,
            Brought::Newest => (record, carried.version),
            Brought::Overtaken(newer) => match Record::open(&newer.bytes, ticket) {
                Ok(record) => (record, newer.version),
                Err(_) => return false,
            },
        };
        match self.in_memory(ticket) {
            Some(live) => {
                live.was_seen(carried.seen);
                live.set(Arc::new(record), version);
            }
            None => {
                let seen = carried.seen;
                let live = Live::new(ticket.clone(), record, version, seen, seen);
                self.cache.insert(Arc::new(live), before);
            }
        }
        true
    }
}

impl fmt::Debug for InBrowser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InBrowser(…)")
    }
}

/// Goes up when older versions could not make sense of the rest.
const FORMAT: u8 = 1;

/// The characters of a ticket.
const TICKET: usize = 64;

/// The bytes around a record's text: format, ticket, version, last visit, nonce, tag.
const AROUND: usize = 1 + TICKET + 8 + 8 + 12 + 16;

/// As many digits as a `Max-Age` can have.
const LONGEST: Duration = Duration::from_secs(9_999_999_999);

/// Twice as many as there are sessions in memory.
const MOST_OPENED: usize = 20_000;
const SHARDS: usize = 16;
