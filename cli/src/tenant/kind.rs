//! Which kind a provider is of.

use b2c_templates::{Kind, Unknown};
use toml::Value;
use toml_edit::Item;

/// The settings of a provider, by whichever reader of TOML.
pub(crate) trait OfKind {
    /// The kind that they say, or B2C's where they say none, as the layer reads them.
    ///
    /// # Errors
    ///
    /// It is none that this version knows, or no text.
    fn kind(&self) -> Result<Kind, Unknown>;
}

impl OfKind for Item {
    fn kind(&self) -> Result<Kind, Unknown> {
        said(self.get(KEY).map(|kind| kind.as_str().unwrap_or_default()))
    }
}

impl OfKind for Value {
    fn kind(&self) -> Result<Kind, Unknown> {
        said(self.get(KEY).map(|kind| kind.as_str().unwrap_or_default()))
    }
}

/// Of what is written, which is empty where it is no text.
fn said(written: Option<&str>) -> Result<Kind, Unknown> {
    written.map_or(Ok(Kind::B2c), str::parse)
}

const KEY: &str = "kind";

#[cfg(test)]
mod tests {
    use toml::Table;
    use toml_edit::DocumentMut;

    use super::{Kind, OfKind};

    #[test]
    fn what_is_not_written_is_b2c_and_what_is_not_known_is_nothing() {
        for (provider, expected) in [
            ("{}", Some(Kind::B2c)),
            ("{ tenant = 'a' }", Some(Kind::B2c)),
            ("{ kind = 'b2c' }", Some(Kind::B2c)),
            ("{ kind = 'external-id' }", Some(Kind::ExternalId)),
            ("{ kind = 'oidc' }", Some(Kind::Oidc)),
            ("{ kind = 'saml' }", None),
            ("{ kind = '' }", None),
            ("{ kind = 2 }", None),
        ] {
            let text = format!("provider = {provider}");
            let value: Table = text.parse().expect("TOML");
            assert_eq!(value["provider"].kind().ok(), expected, "{provider}");
            let document: DocumentMut = text.parse().expect("TOML");
            assert_eq!(document["provider"].kind().ok(), expected, "{provider}");
        }
    }
}
