//! The authorization response (RFC 6749 §4.1.2), as it arrives at the redirect URI.

use std::collections::HashMap;

use url::form_urlencoded;

use super::error::ProviderError;
use crate::secret::Secret;

/// What the provider answered.
#[derive(Debug)]
pub(crate) enum Callback {
    Code {
        state: String,
        code: Secret,
    },
    Error {
        state: Option<String>,
        error: ProviderError,
    },
}

/// A query that is no authorization response.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CallbackError {
    /// A parameter came twice (RFC 6749 §3.1 forbids it).
    Repeated,
    /// Neither a code with its state nor an error.
    Incomplete,
    /// A parameter is longer than any provider sends.
    TooLong,
}

impl Callback {
    /// Reads the query. Unknown parameters are ignored (RFC 6749 §4.1.2); a token among them is
    /// not passed on.
    pub(crate) fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > LONGEST {
            return Err(CallbackError::TooLong);
        }
        let mut values: HashMap<_, String> = HashMap::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let known = KNOWN.into_iter().find(|known| *known == name);
            let Some(name) = known else { continue };
            if values.insert(name, value.into_owned()).is_some() {
                return Err(CallbackError::Repeated);
            }
        }
        let mut take = |name| values.remove(name).filter(|value| !value.is_empty());
        let state = take("state");
        if let Some(error) = take("error") {
            let description = take("error_description").unwrap_or_default();
            let mut error = ProviderError::new(&error, &description);
            if let Some(suberror) = take("error_subcode") {
                error = error.with_suberror(&suberror);
            }
            return Ok(Self::Error { state, error });
        }
        match (state, take("code")) {
            (Some(state), Some(code)) => Ok(Self::Code {
                state,
                code: Secret::new(code),
            }),
            _ => Err(CallbackError::Incomplete),
        }
    }
}

const KNOWN: [&str; 5] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_subcode",
];

const LONGEST: usize = 32 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_errors_are_told_apart() {
        let code = Callback::parse("state=s%2F1&code=c&client_info=x&access_token=evil").unwrap();
        assert!(matches!(code, Callback::Code { state, .. } if state == "s/1"));
        let error = "error=access_denied&error_description=AADB2C90118%3a+The+user+has+forgotten+their+password.%0d%0aCorrelation+ID%3a+11111111-2222-3333-4444-555555555555%0d%0aTimestamp%3a+2026-01-15+09%3a50%3a39Z%0d%0a&state=abc";
        let Callback::Error { state, error } = Callback::parse(error).unwrap() else {
            panic!()
        };
        assert_eq!(state.as_deref(), Some("abc"));
        assert_eq!(error.code(), Some("AADB2C90118"));
    }

    #[test]
    fn malformed_responses_are_refused() {
        use CallbackError::{Incomplete, Repeated, TooLong};
        let long = "a".repeat(LONGEST + 1);
        let cases = [
            ("", Incomplete),
            ("code=c", Incomplete),
            ("state=s", Incomplete),
            ("state=&code=c", Incomplete),
            ("state=s&state=s&code=c", Repeated),
            ("state=s&code=c&code=d", Repeated),
            ("error=e&error=f", Repeated),
            (long.as_str(), TooLong),
        ];
        for (query, expected) in cases {
            assert_eq!(Callback::parse(query).err(), Some(expected), "{query:.20}");
        }
    }
}
