use std::sync::{Arc, PoisonError, RwLock};

use super::key::{PublicKey, SigningKey};

/// The keys of a product: the newest signs, the older ones are still listed.
pub(crate) struct KeyRing {
    family: &'static Family,
    /// Newest first, never empty.
    keys: RwLock<Vec<Arc<SigningKey>>>,
}

impl KeyRing {
    /// Starts with the embedded development key; `None` if that is damaged.
    pub(crate) fn development() -> Option<Self> {
        Self::of(&B2C)
    }

    /// Starts with the embedded key of External ID and Entra ID.
    pub(crate) fn entra() -> Option<Self> {
        Self::of(&ENTRA)
    }

    fn of(family: &'static Family) -> Option<Self> {
        let key = SigningKey::from_pkcs8(family.first, DEVELOPMENT_KEY_NOT_BEFORE)?;
        Some(Self {
            family,
            keys: RwLock::new(vec![Arc::new(family.finished(key)?)]),
        })
    }

    /// Puts another key in front: an embedded one that is not listed, else a generated one.
    pub(crate) fn rotate(&self, now: i64) {
        let family = self.family;
        let embedded = [family.next, family.first]
            .into_iter()
            .filter_map(|der| family.finished(SigningKey::from_pkcs8(der, now)?))
            .find(|key| self.by_kid(&key.public().kid).is_none());
        let generate = || family.finished(SigningKey::generate(now)?);
        if let Some(key) = embedded.or_else(generate) {
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

    /// A key that has nothing to do with the one that signs.
    pub(crate) fn stranger(&self) -> Option<PublicKey> {
        let current = self.current()?;
        [self.family.first, self.family.next]
            .into_iter()
            .filter_map(|der| {
                let key = SigningKey::from_pkcs8(der, DEVELOPMENT_KEY_NOT_BEFORE)?;
                self.family.finished(key)
            })
            .map(|key| key.public().clone())
            .find(|key| key.kid != current.public().kid)
    }

    fn all(&self) -> Vec<Arc<SigningKey>> {
        self.keys
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// The keys that one product starts with.
struct Family {
    first: &'static [u8],
    next: &'static [u8],
    has_certificates: bool,
}

impl Family {
    fn finished(&self, key: SigningKey) -> Option<SigningKey> {
        if self.has_certificates {
            key.certified()
        } else {
            Some(key)
        }
    }
}

static B2C: Family = Family {
    first: DEVELOPMENT_KEY,
    next: NEXT_KEY,
    has_certificates: false,
};
static ENTRA: Family = Family {
    first: include_bytes!("../../keys/entra.pk8"),
    next: include_bytes!("../../keys/entra-next.pk8"),
    has_certificates: true,
};
const DEVELOPMENT_KEY: &[u8] = include_bytes!("../../keys/development.pk8");
const NEXT_KEY: &[u8] = include_bytes!("../../keys/next.pk8");
/// The `nbf` of the key that B2C's user flows shared for years.
const DEVELOPMENT_KEY_NOT_BEFORE: i64 = 1_493_763_266;
