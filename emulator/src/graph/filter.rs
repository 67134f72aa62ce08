//! `$filter`, as far as registrations are looked for with it: one comparison.

use serde_json::Value;

use super::refusal::Refusal;

/// Which objects a list has.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Filter {
    /// All of them.
    All,
    /// `property eq 'value'`
    Is(String, String),
    /// `property/any(x:x eq 'value')`
    Any(String, String),
}

impl Filter {
    pub(super) fn read(text: Option<&str>) -> Result<Self, Refusal> {
        let Some(text) = text else {
            return Ok(Self::All);
        };
        let refused = || Refusal::bad(format!("Invalid filter clause: {text}"));
        if let Some((property, rest)) = text.split_once("/any(") {
            let comparison = rest.strip_suffix(')').ok_or_else(refused)?;
            let (variable, comparison) = comparison.split_once(':').ok_or_else(refused)?;
            let (name, value) = comparison_of(comparison).ok_or_else(refused)?;
            if name != variable.trim() {
                return Err(refused());
            }
            return Ok(Self::Any(property.to_owned(), value));
        }
        let (property, value) = comparison_of(text).ok_or_else(refused)?;
        Ok(Self::Is(property.to_owned(), value))
    }

    pub(super) fn takes(&self, object: &Value) -> bool {
        let is = |value: &Value, wanted: &String| value.as_str() == Some(wanted);
        match self {
            Self::All => true,
            Self::Is(property, wanted) => is(&object[property], wanted),
            Self::Any(property, wanted) => object[property]
                .as_array()
                .is_some_and(|values| values.iter().any(|value| is(value, wanted))),
        }
    }
}

/// `name eq 'value'`; a quote in a value is written twice (OData 4.01, URL conventions, 5.1.1.6).
fn comparison_of(text: &str) -> Option<(&str, String)> {
    let (name, value) = text.trim().split_once(" eq ")?;
    let value = value.trim().strip_prefix('\'')?.strip_suffix('\'')?;
    let unquoted = value.replace("''", "\u{0}");
    (!unquoted.contains('\'')).then(|| (name.trim(), unquoted.replace('\u{0}', "'")))
}

#[cfg(test)]
mod tests {
    use super::Filter;
    use serde_json::json;

    #[test]
    fn one_comparison_is_understood_and_nothing_else() {
        let read = |text| Filter::read(Some(text));
        let object = json!({ "displayName": "ada's", "tags": ["a", "b"] });
        assert!(read("displayName eq 'ada''s'").unwrap().takes(&object));
        assert!(!read("displayName eq 'ada'").unwrap().takes(&object));
        assert!(read("tags/any(t:t eq 'b')").unwrap().takes(&object));
        assert!(!read("tags/any(t: t eq 'c')").unwrap().takes(&object));
        for bad in [
            "displayName eq 'ada's'",
            "displayName ne 'x'",
            "tags/any(t:s eq 'b')",
            "tags/any(t:t eq 'b'",
            "",
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
    }
}
