//! The JSON Schema (2020-12) of `b2c.toml`, for editors. A test compares it with the keys that the
//! layer reads.

/// The schema's text.
pub(crate) const SCHEMA: &str = include_str!("b2c.schema.json");
