//! What tables may be called.

/// A schema, or what tables' names begin with: a name that needs no quotes in SQL and is nothing but a
/// name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct SqlName(String);

impl SqlName {
    /// What a name is, for whoever wrote something else.
    pub(crate) const FORM: &str =
        "1 to 30 lower-case letters, digits and _, of which a digit is not the first";

    /// Nothing if the text is not a [name](Self::FORM).
    pub(crate) fn new(text: &str) -> Option<Self> {
        let legal = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let first = text.bytes().next()?;
        let is_name = !first.is_ascii_digit() && text.len() <= LONGEST && text.bytes().all(legal);
        is_name.then(|| Self(text.to_owned()))
    }

    /// What tables' names begin with unless the operator says otherwise.
    pub(crate) fn default_prefix() -> Self {
        Self("b2c_".to_owned())
    }

    #[cfg(any(feature = "postgres", feature = "sqlite"))]
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

/// PostgreSQL cuts names off after 63 bytes; the channel's is made of two.
const LONGEST: usize = 30;

#[cfg(test)]
mod tests {
    use super::SqlName;

    #[test]
    fn nothing_but_a_name_is_a_name() {
        for name in ["b2c_", "shop", "_", "a1", &"a".repeat(30)] {
            assert!(SqlName::new(name).is_some(), "{name}");
        }
        let long = "a".repeat(31);
        for other in [
            "", "1a", "Shop", "a-b", "a\"b", "a;b", "a'b", "ä", "a b", "a.b", &long,
        ] {
            assert!(SqlName::new(other).is_none(), "{other}");
        }
    }
}
