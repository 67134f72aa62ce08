//! A session as a record of tower-sessions.

use std::collections::HashMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use time::OffsetDateTime;
use tower_sessions_core::session::{Id, Record};

use crate::session::index::{IndexEntry, IndexKey};
use crate::session::store::{SessionKey, StoreError, StoredRecord};

/// What one record holds: the session, and what it is found by.
pub(super) struct Kept {
    pub(super) key: SessionKey,
    pub(super) record: StoredRecord,
    pub(super) index: IndexEntry,
}

impl Kept {
    /// The first half of the key: ids of tower-sessions have 128 bits.
    pub(super) fn id(key: SessionKey) -> Id {
        id(key.as_bytes())
    }

    pub(super) fn write(&self) -> Record {
        let keys = self.index.keys.iter().map(IndexKey::as_bytes);
        let keys: Vec<_> = keys.map(|key| text(key)).collect();
        let data = HashMap::from([
            ("key".to_owned(), json!(text(self.key.as_bytes()))),
            ("version".to_owned(), json!(self.record.version)),
            (
                "expires_at".to_owned(),
                json!(millis(self.record.expires_at)),
            ),
            ("bytes".to_owned(), json!(text(&self.record.bytes))),
            ("summary".to_owned(), json!(text(&self.index.summary))),
            ("index".to_owned(), json!(keys)),
        ]);
        Record {
            id: Self::id(self.key),
            data,
            expiry_date: OffsetDateTime::from(self.record.expires_at),
        }
    }

    /// Nothing if it is another's whose key begins alike.
    pub(super) fn read(key: SessionKey, record: &Record) -> Result<Option<Self>, StoreError> {
        let unreadable = || {
            let id = Self::id(key);
            StoreError::new(format!("the record {id} is not one of tower-b2c"))
        };
        let field = |name| record.data.get(name);
        let binary = |name| bytes(field(name)?);
        let read = || {
            let index = field("index")?.as_array()?.iter();
            let index = index.map(|key| Some(IndexKey::from_bytes(array(key)?)));
            Some(Self {
                key: SessionKey::from_bytes(array(field("key")?)?),
                record: StoredRecord {
                    version: field("version")?.as_u64()?,
                    expires_at: moment(field("expires_at")?.as_u64()?),
                    bytes: binary("bytes")?,
                },
                index: IndexEntry {
                    keys: index.collect::<Option<_>>()?,
                    summary: binary("summary")?,
                },
            })
        };
        let kept = read().ok_or_else(unreadable)?;
        Ok((kept.key == key).then_some(kept))
    }
}

pub(super) fn id(key: &[u8; 32]) -> Id {
    let half = key.first_chunk().copied();
    Id(half.map_or(0, i128::from_be_bytes))
}

pub(super) fn text(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn array(value: &Value) -> Option<[u8; 32]> {
    read_array(value.as_str()?)
}

pub(super) fn read_array(text: &str) -> Option<[u8; 32]> {
    URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()
}

/// Milliseconds since 1970.
pub(super) fn millis(moment: SystemTime) -> u64 {
    let since = moment.duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

pub(super) fn moment(millis: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(millis)
}

fn bytes(value: &Value) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(value.as_str()?).ok()
}
