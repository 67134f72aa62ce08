use url::form_urlencoded;

/// Decoded parameters of a query or a form, in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params(Vec<(String, String)>);

impl Params {
    /// Reads `application/x-www-form-urlencoded`; bytes that are not UTF-8 become U+FFFD.
    pub(crate) fn parse(encoded: &str) -> Self {
        Self(
            form_urlencoded::parse(encoded.as_bytes())
                .into_owned()
                .collect(),
        )
    }

    /// Returns a value that is present and not empty.
    ///
    /// Names are compared without regard to letter case, and the values of a repeated name are
    /// joined by commas: that is what ASP.NET, and so B2C, does.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let values: Vec<&str> = self
            .0
            .iter()
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
            .collect();
        let joined = values.join(",");
        (!joined.is_empty()).then_some(joined)
    }

    /// Returns the value, or nothing for a field that was left empty, without outer white space.
    pub(crate) fn trimmed(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().trim().to_owned()
    }

    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_what_is_repeated() {
        let params = Params::parse("a=1&A=2&b=&c=%20x+");
        assert_eq!(params.get("a").as_deref(), Some("1,2"));
        assert_eq!(params.get("b"), None);
        assert_eq!(params.trimmed("c"), "x");
    }

    #[test]
    fn survives_any_bytes() {
        let params = Params::parse("%ff=%00&&=&a=%zz&=%");
        assert_eq!(params.get("a").as_deref(), Some("%zz"));
    }
}
