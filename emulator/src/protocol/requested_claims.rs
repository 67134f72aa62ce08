use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What the parameter `claims` asks of access tokens, as far as Entra ID puts it into them.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct RequestedClaims {
    /// `acrs`: authentication contexts, `c1` to `c99`. The emulator takes each as fulfilled
    /// (<https://learn.microsoft.com/entra/identity-platform/developer-guide-conditional-access-authentication-context>).
    pub(crate) contexts: Vec<String>,
    /// `xms_cc`: what the client is able to do
    /// (<https://learn.microsoft.com/entra/identity-platform/claims-challenge>).
    pub(crate) capabilities: Vec<String>,
}

impl RequestedClaims {
    /// Reads the parameter; what is no such JSON asks for nothing.
    pub(crate) fn read(parameter: Option<&str>) -> Self {
        let json: Value = parameter
            .and_then(|text| serde_json::from_str(text).ok())
            .unwrap_or_default();
        let of = |name: &str| values(&json["access_token"][name]);
        let is_context = |name: &String| {
            let number = name.strip_prefix('c').map(str::parse::<u8>);
            matches!(number, Some(Ok(1..=99)))
        };
        Self {
            contexts: of("acrs").into_iter().filter(is_context).collect(),
            capabilities: of("xms_cc"),
        }
    }

    /// What was asked for before stays.
    pub(crate) fn add(&mut self, newer: Self) {
        for context in newer.contexts {
            if !self.contexts.contains(&context) {
                self.contexts.push(context);
            }
        }
        if !newer.capabilities.is_empty() {
            self.capabilities = newer.capabilities;
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.contexts.is_empty() && self.capabilities.is_empty()
    }
}

/// `value` or `values` of a claim (OpenID Connect Core, section 5.5.1).
fn values(claim: &Value) -> Vec<String> {
    let listed = claim["values"].as_array().into_iter().flatten();
    let all = claim.get("value").into_iter().chain(listed);
    all.filter_map(|value| value.as_str().map(str::to_owned))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contexts_and_capabilities_are_read_and_nothing_else() {
        let text = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"},"xms_cc":{"values":["cp1"]},"nbf":{"value":"1"}}}"#;
        let mut asked = RequestedClaims::read(Some(text));
        assert_eq!(
            (&*asked.contexts, &*asked.capabilities),
            (&["c1".to_owned()][..], &["cp1".to_owned()][..])
        );
        let more = r#"{"access_token":{"acrs":{"values":["c1","c25"]}}}"#;
        asked.add(RequestedClaims::read(Some(more)));
        assert_eq!(asked.contexts, ["c1", "c25"]);
        assert_eq!(asked.capabilities, ["cp1"]);
        for nothing in [
            "",
            "{",
            "[]",
            r#"{"access_token":7}"#,
            r#"{"access_token":{"acrs":{"values":["c0","c100","C1","1",1]}}}"#,
        ] {
            assert!(RequestedClaims::read(Some(nothing)).is_empty(), "{nothing}");
        }
    }
}
