//! The authorization response (RFC 6749 §4.1.2), as it arrives at the redirect URI.

use std::collections::HashMap;

use url::form_urlencoded;

use super::error::ProviderError;
use crate::provider::Metadata;
use crate::secret::Secret;

/// What the provider answered.
#[derive(Debug)]
pub(crate) enum Callback {
    Code {
        state: String,
        code: Secret,
        /// Comes along in the hybrid flow.
        id_token: Option<Secret>,
        iss: Option<String>,
    },
    Error {
        state: Option<String>,
        error: ProviderError,
        iss: Option<String>,
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
    /// The body of a POST is no form.
    NotAForm,
    /// The form is longer than any provider sends.
    FormTooLong,
    /// The form did not arrive in time, or not whole.
    FormLost,
    /// The response names another issuer than the one that was asked, or none where the provider
    /// promises one (RFC 9207 §2.4).
    Issuer,
}

impl Callback {
    /// Reads the query. Unknown parameters are ignored (RFC 6749 §4.1.2); a token among them is
    /// not passed on.
    pub(crate) fn parse(query: &str) -> Result<Self, CallbackError> {
        if query.len() > Self::LONGEST {
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
        let (state, iss) = (take("state"), take("iss"));
        if let Some(error) = take("error") {
            let description = take("error_description").unwrap_or_default();
            let mut error = ProviderError::new(&error, &description);
            if let Some(suberror) = take("error_subcode") {
                error = error.with_suberror(&suberror);
            }
            return Ok(Self::Error { state, error, iss });
        }
        let code = take("code");
        match (state, code) {
            (Some(state), Some(code)) => Ok(Self::Code {
                state,
                code: Secret::new(code),
                id_token: take("id_token").map(Secret::new),
                iss,
            }),
            _ => Err(CallbackError::Incomplete),
        }
    }

    /// The request's `state`, which finds its transaction.
    pub(crate) fn state(&self) -> Option<&str> {
        match self {
            Self::Code { state, .. } => Some(state),
            Self::Error { state, .. } => state.as_deref(),
        }
    }

    /// Checks who answers, where the answer tells or the provider promises to tell (RFC 9207 §2.4).
    /// In the hybrid flow an answer may leave that to its ID token, which is verified before the
    /// code is redeemed (§4).
    pub(crate) fn check_issuer(
        &self,
        metadata: &Metadata,
        hybrid: bool,
    ) -> Result<(), CallbackError> {
        let (iss, id_token) = match self {
            Self::Code { iss, id_token, .. } => (iss, id_token.as_ref()),
            Self::Error { iss, .. } => (iss, None),
        };
        let accepted = match iss {
            Some(iss) => metadata.issuer.is_named(iss),
            None => !metadata.iss_in_response || (hybrid && id_token.is_some()),
        };
        if accepted {
            Ok(())
        } else {
            Err(CallbackError::Issuer)
        }
    }

    /// What a response may be long, in bytes.
    pub(crate) const LONGEST: usize = 32 * 1024;
}

const KNOWN: [&str; 7] = [
    "code",
    "state",
    "error",
    "error_description",
    "error_subcode",
    "id_token",
    "iss",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_errors_are_told_apart() {
        let code = Callback::parse("state=s%2F1&code=c&client_info=x&access_token=evil").unwrap();
        assert!(matches!(code, Callback::Code { state, .. } if state == "s/1"));
        let error = "error=access_denied&error_description=AADB2C90118%3a+The+user+has+forgotten+their+password.%0d%0aCorrelation+ID%3a+11111111-2222-3333-4444-555555555555%0d%0aTimestamp%3a+2026-01-15+09%3a50%3a39Z%0d%0a&state=abc";
        let Callback::Error { state, error, .. } = Callback::parse(error).unwrap() else {
            panic!()
        };
        assert_eq!(state.as_deref(), Some("abc"));
        assert_eq!(error.code(), Some("AADB2C90118"));
    }

    #[test]
    fn malformed_responses_are_refused() {
        use CallbackError::{Incomplete, Repeated, TooLong};
        let long = "a".repeat(Callback::LONGEST + 1);
        let cases = [
            ("", Incomplete),
            ("code=c", Incomplete),
            ("state=s", Incomplete),
            ("state=&code=c", Incomplete),
            ("state=s&state=s&code=c", Repeated),
            ("state=s&code=c&iss=a&iss=a", Repeated),
            ("state=s&code=c&id_token=a&id_token=b", Repeated),
            ("state=s&code=c&code=d", Repeated),
            ("error=e&error=f", Repeated),
            (long.as_str(), TooLong),
        ];
        for (query, expected) in cases {
            assert_eq!(Callback::parse(query).err(), Some(expected), "{query:.20}");
        }
    }
}
