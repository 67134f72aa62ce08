use std::sync::{Arc, PoisonError, RwLock};

use super::key::{PublicKey, SigningKey};

/// The keys of the user flows: the newest signs, the older ones are still listed.
pub(crate) struct KeyRing {
    /// Newest first, never empty.
    keys: RwLock<Vec<Arc<SigningKey>>>,
}

impl KeyRing {
    /// Starts with the embedded development key; `None` if that is damaged.
    pub(crate) fn development() -> Option<Self> {
        let key = SigningKey::from_pkcs8(DEVELOPMENT_KEY, DEVELOPMENT_KEY_NOT_BEFORE)?;
        Some(Self {
            keys: RwLock::new(vec![Arc::new(key)]),
        })
    }

    /// Puts a new key in front: the second embedded one, then generated ones.
    pub(crate) fn rotate(&self, now: i64) {
        let embedded = SigningKey::from_pkcs8(NEXT_KEY, now).filter(|next| {
            !self
                .all()
                .iter()
                .any(|key| key.public().kid == next.public().kid)
        });
        if let Some(key) = embedded.or_else(|| SigningKey::generate(now)) {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.insert(0, Arc::new(key));
        }
    }

    /// Stops listing every key but the one that signs.
    pub(crate) fn drop_old(&self) {
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.truncate(1);
    }

    pub(crate) fn current(&self) -> Option<Arc<SigningKey>> {
        self.all().into_iter().next()
    }

    pub(crate) fn by_kid(&self, kid: &str) -> Option<Arc<SigningKey>> {
        self.all().into_iter().find(|key| key.public().kid == kid)
    }

    pub(crate) fn public_keys(&self) -> Vec<PublicKey> {
        self.all().iter().map(|key| key.public().clone()).collect()
    }

    fn all(&self) -> Vec<Arc<SigningKey>> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

const DEVELOPMENT_KEY: &[u8] = include_bytes!("../../keys/development.pk8");
const NEXT_KEY: &[u8] = include_bytes!("../../keys/next.pk8");
/// The `nbf` of the key that B2C's user flows shared for years.
const DEVELOPMENT_KEY_NOT_BEFORE: i64 = 1_493_763_266;
