//! Members of a user that start with `extension_`, which serde knows no attribute for.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, IntoDeserializer, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use super::{AttributeValue, attribute::PREFIX};

/// The values of custom attributes, by the name of the attribute.
pub(crate) type Extensions = BTreeMap<String, AttributeValue>;

/// Sets the extensions of a map aside, and leaves every other member to another deserializer.
pub(super) struct Aside<'a, T> {
    pub(super) inner: T,
    pub(super) extensions: &'a mut Extensions,
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Aside<'_, D> {
    type Error = D::Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, D::Error> {
        self.inner.deserialize_map(Aside {
            inner: visitor,
            extensions: self.extensions,
        })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option
        unit unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Aside<'_, V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.expecting(f)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.inner.visit_map(Aside {
            inner: map,
            extensions: self.extensions,
        })
    }
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Aside<'_, A> {
    type Error = A::Error;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, A::Error> {
        let mut seed = Some(seed);
        loop {
            let key = Key {
                seed: &mut seed,
                life: PhantomData,
            };
            match self.inner.next_key_seed(key)? {
                None => return Ok(None),
                Some(Found::Member(key)) => return Ok(Some(key)),
                // A null, which only JSON has, takes the value away.
                Some(Found::Extension(name)) => {
                    match self.inner.next_value::<Option<AttributeValue>>()? {
                        Some(value) => self.extensions.insert(name, value),
                        None => self.extensions.remove(&name),
                    };
                }
            }
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, A::Error> {
        self.inner.next_value_seed(seed)
    }
}

/// A key, read where the format can tell its line if nobody knows it.
struct Key<'a, 'de, K> {
    seed: &'a mut Option<K>,
    life: PhantomData<&'de ()>,
}

enum Found<T> {
    Extension(String),
    Member(T),
}

impl<'de, K: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<'_, 'de, K> {
    type Value = Found<K::Value>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<'de, K: DeserializeSeed<'de>> Visitor<'de> for Key<'_, 'de, K> {
    type Value = Found<K::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a member")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if let Some(name) = text.strip_prefix(PREFIX) {
            return Ok(Found::Extension(name.to_owned()));
        }
        let seed = self.seed.take();
        let seed = seed.ok_or_else(|| E::custom("a key was read twice"))?;
        seed.deserialize(text.into_deserializer())
            .map(Found::Member)
    }
}
