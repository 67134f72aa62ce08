//! What a token says, in whatever form its reader keeps it.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

/// Claims by name.
pub(crate) trait ClaimSet: Sized {
    /// The claim of this name.
    fn claim(&self, name: &str) -> Option<&Value>;

    /// Reads all claims; `None` in place of them if one is there twice.
    fn read<'de, A: MapAccess<'de>>(access: A) -> Result<Option<Self>, A::Error>;

    /// Whether there is such a claim.
    fn has(&self, name: &str) -> bool {
        self.claim(name).is_some()
    }
}

impl ClaimSet for Map<String, Value> {
    fn claim(&self, name: &str) -> Option<&Value> {
        self.get(name)
    }

    fn read<'de, A: MapAccess<'de>>(mut access: A) -> Result<Option<Self>, A::Error> {
        let mut claims = Self::new();
        while let Some((name, value)) = access.next_entry()? {
            if claims.insert(name, value).is_some() {
                return Ok(None);
            }
        }
        Ok(Some(claims))
    }
}

/// The claims, each of them there once: whoever looked at a token before may have taken the other
/// one of two (RFC 7519 §4). Of the header's members that count, serde refuses a second one.
pub(super) struct Unique<C>(pub(super) C);

impl<'de, C: ClaimSet> Deserialize<'de> for Unique<C> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<C>(PhantomData<C>);

impl<'de, C: ClaimSet> Visitor<'de> for UniqueVisitor<C> {
    type Value = Unique<C>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, access: A) -> Result<Unique<C>, A::Error> {
        let claims = C::read(access)?;
        claims
            .map(Unique)
            .ok_or_else(|| Error::custom("a claim twice"))
    }
}
