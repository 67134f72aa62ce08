//! What an index key finds, as a record of its own.

use std::collections::{BTreeMap, HashMap};
use std::time::SystemTime;

use serde_json::json;
use time::OffsetDateTime;
use tower_sessions_core::session::{Id, Record};

use super::record::{array, id, millis, moment, read_array, text};
use crate::crypto::sha256;
use crate::session::index::IndexKey;
use crate::session::store::SessionKey;

/// The sessions under one index key, with their expiries.
pub(super) struct Listed {
    index: IndexKey,
    /// Keys as text, with their expiries in milliseconds since 1970.
    sessions: BTreeMap<String, u64>,
}

impl Listed {
    pub(super) fn id(index: IndexKey) -> Id {
        // Apart from the sessions' own.
        id(&sha256(
            &[b"tower-b2c index\0", &index.as_bytes()[..]].concat(),
        ))
    }

    /// What the record lists; nothing if there is none, or another's that begins alike.
    pub(super) fn read(index: IndexKey, record: Option<&Record>) -> Self {
        let read = || {
            let data = &record?.data;
            let is_own = array(data.get("index")?)? == *index.as_bytes();
            let listed = data.get("sessions").filter(|_| is_own)?.as_str()?;
            let pair = |pair: &str| {
                let (key, expiry) = pair.split_once(' ')?;
                Some((key.to_owned(), expiry.parse().ok()?))
            };
            Some(listed.split(',').filter_map(pair).collect())
        };
        let sessions = read().unwrap_or_default();
        Self { index, sessions }
    }

    pub(super) fn write(&self) -> Record {
        // In one text: there may be thousands, and it is read and written as a whole.
        let sessions = self.sessions.iter();
        let sessions: Vec<_> = sessions
            .map(|(key, expiry)| format!("{key} {expiry}"))
            .collect();
        let data = HashMap::from([
            ("index".to_owned(), json!(text(self.index.as_bytes()))),
            ("sessions".to_owned(), json!(sessions.join(","))),
        ]);
        let last = self.sessions.values().copied().max().unwrap_or_default();
        Record {
            id: Self::id(self.index),
            data,
            expiry_date: OffsetDateTime::from(moment(last)),
        }
    }

    /// Lists a session till then, and forgets those that are over.
    pub(super) fn set(&mut self, key: SessionKey, expires_at: SystemTime) {
        let now = millis(SystemTime::now());
        self.sessions.retain(|_, expiry| *expiry > now);
        self.sessions
            .insert(text(key.as_bytes()), millis(expires_at));
    }

    pub(super) fn remove(&mut self, keys: &[SessionKey]) {
        for key in keys {
            self.sessions.remove(&text(key.as_bytes()));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.sessions.is_empty()
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = SessionKey> {
        let keys = self.sessions.keys();
        keys.filter_map(|key| Some(SessionKey::from_bytes(read_array(key)?)))
    }
}
