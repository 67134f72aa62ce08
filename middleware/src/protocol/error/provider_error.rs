//! An error as a provider tells it.

use std::fmt;

use super::reaction::Reaction;
use super::{aadb2c, aadsts, oauth};

/// An error that the provider sent, to the redirect URI or from the token endpoint.
///
/// B2C puts three lines into `error_description`: `AADB2C90118: text`, `Correlation ID: guid`,
/// `Timestamp: time`. Entra ID and External ID put `AADSTS50076: text` there, the same ids and a
/// trace id, and repeat them as members of the token endpoint's answer. The text may hold what
/// somebody typed, so it is logged and never shown.
///
/// ```
/// use tower_b2c::{ProviderError, Reaction};
///
/// let description = "AADB2C90118: The user has forgotten their password.\r\n\
///                    Correlation ID: 11111111-2222-3333-4444-555555555555\r\n\
///                    Timestamp: 2026-01-15 09:50:39Z\r\n";
/// let error = ProviderError::new("access_denied", description);
/// assert_eq!(error.code(), Some("AADB2C90118"));
/// assert_eq!(error.reaction(), Reaction::ResetPassword);
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderError(Box<Facts>);

#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Facts {
    error: String,
    suberror: Option<String>,
    code: Option<String>,
    error_codes: Vec<u32>,
    description: String,
    correlation_id: Option<String>,
    trace_id: Option<String>,
    request_id: Option<String>,
    timestamp: Option<String>,
    claims: Option<String>,
}

impl ProviderError {
    /// Reads `error` and `error_description` (RFC 6749 §4.1.2.1). Both may be anything; what is
    /// longer than a provider's is cut off.
    pub fn new(error: &str, description: &str) -> Self {
        let first = description.lines().next().unwrap_or_default();
        let code = first
            .split(':')
            .next()
            .filter(|code| number(code).is_some());
        Self(Box::new(Facts {
            error: plain(error, 64),
            code: code.map(str::to_owned),
            description: plain(first, 500),
            correlation_id: labelled(description, "Correlation ID:").and_then(id),
            trace_id: labelled(description, "Trace ID:").and_then(id),
            timestamp: labelled(description, "Timestamp:").and_then(time),
            ..Facts::default()
        }))
    }

    /// The OAuth error: `access_denied`.
    pub fn error(&self) -> &str {
        &self.0.error
    }

    /// The cause in more detail that Entra ID gives: `suberror` at the token endpoint,
    /// `error_subcode` on the redirect.
    pub fn suberror(&self) -> Option<&str> {
        self.0.suberror.as_deref()
    }

    /// The code in front of the description: `AADB2C90118`, `AADSTS50076`.
    pub fn code(&self) -> Option<&str> {
        self.0.code.as_deref()
    }

    /// The numbers that Entra ID lists in `error_codes`.
    pub fn error_codes(&self) -> &[u32] {
        &self.0.error_codes
    }

    /// The id under which the provider's support finds the request.
    pub fn correlation_id(&self) -> Option<&str> {
        self.0.correlation_id.as_deref()
    }

    /// Entra ID's id of the one request that failed.
    pub fn trace_id(&self) -> Option<&str> {
        self.0.trace_id.as_deref()
    }

    /// The id of the token request that was refused, from the answer's `x-ms-request-id`.
    pub fn request_id(&self) -> Option<&str> {
        self.0.request_id.as_deref()
    }

    /// When the provider says it happened, as it writes it: `2026-01-15 09:50:39Z`.
    pub fn timestamp(&self) -> Option<&str> {
        self.0.timestamp.as_deref()
    }

    /// The claims challenge: what the next authorization request has to send as `claims`
    /// (Microsoft Learn, "Claims challenges, claims requests, and client capabilities").
    pub fn claims(&self) -> Option<&str> {
        self.0.claims.as_deref()
    }

    /// What the layer does about it: by the code, else by the suberror, else by the OAuth error.
    pub fn reaction(&self) -> Reaction {
        if let Some((reaction, _)) = self.known() {
            return reaction;
        }
        let by_suberror = self.suberror().and_then(oauth::reaction_to_suberror);
        by_suberror.unwrap_or_else(|| oauth::reaction(self.error()))
    }

    /// What the operator can do about it, where the cause is known.
    pub fn advice(&self) -> Option<&'static str> {
        let (_, advice) = self.known()?;
        (!advice.is_empty()).then_some(advice)
    }

    /// Whether it is the app that the provider does not take, or what proves it, whoever the user is
    /// (RFC 6749 §5.2): a secret or a certificate that has expired, a registration that is gone. What an app
    /// that was recognised may not ask for, `unauthorized_client` elsewhere than at Entra ID, is not.
    pub(crate) fn is_about_credential(&self) -> bool {
        let is_unknown = ["AADSTS700016", "AADSTS7000112"];
        self.reaction() == Reaction::Credentials
            || self.error() == "invalid_client"
            || self.code().is_some_and(|code| is_unknown.contains(&code))
    }

    /// Whether the scopes are what the provider refuses; it will refuse them again.
    pub(crate) fn is_about_scopes(&self) -> bool {
        let codes = [
            "AADB2C90012",
            "AADB2C90055",
            "AADB2C90082",
            "AADB2C90117",
            "AADB2C90146",
            "AADB2C90205",
            "AADB2C99005",
            "AADSTS28000",
            "AADSTS28003",
            "AADSTS50001",
            "AADSTS70011",
            "AADSTS500011",
        ];
        self.error() == "invalid_scope" || self.code().is_some_and(|code| codes.contains(&code))
    }

    pub(crate) fn with_suberror(mut self, suberror: &str) -> Self {
        self.0.suberror = Some(plain(suberror, 64));
        self
    }

    /// `error_codes`; the first stands in for a code that the description does not have.
    pub(super) fn with_codes(mut self, codes: impl Iterator<Item = u32>) -> Self {
        self.0.error_codes = codes.take(8).collect();
        if self.0.code.is_none() {
            let first = self.0.error_codes.first();
            self.0.code = first.map(|number| format!("{ENTRA}{number}"));
        }
        self
    }

    pub(super) fn with_claims(mut self, claims: &str) -> Self {
        let is_object = claims.len() <= LONGEST_CLAIMS
            && serde_json::from_str::<serde_json::Map<_, _>>(claims).is_ok();
        self.0.claims = is_object.then(|| claims.to_owned());
        self
    }

    /// What the answer's header says, which is read as carefully.
    pub(crate) fn with_request_id(mut self, request_id: Option<&str>) -> Self {
        self.0.request_id = request_id.and_then(id);
        self
    }

    /// The members of an error response win over the description's lines.
    pub(super) fn with_ids(
        mut self,
        correlation_id: Option<&str>,
        trace_id: Option<&str>,
        timestamp: Option<&str>,
    ) -> Self {
        let facts = &mut self.0;
        facts.correlation_id = correlation_id.and_then(id).or(facts.correlation_id.take());
        facts.trace_id = trace_id.and_then(id).or(facts.trace_id.take());
        facts.timestamp = timestamp.and_then(time).or(facts.timestamp.take());
        self
    }

    /// The table's entry for the code, else for the first of `error_codes` that has one.
    fn known(&self) -> Option<(Reaction, &'static str)> {
        let by_code = match self.code().and_then(number) {
            Some((prefix, number)) => known(prefix, number),
            None => None,
        };
        let codes = self.error_codes().iter();
        by_code.or_else(|| codes.copied().find_map(aadsts::reaction))
    }
}

/// For logs: the description's first line and the ids hold no secret.
impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.error, self.0.description)?;
        let ids = [
            ("correlation id", self.correlation_id()),
            ("trace id", self.trace_id()),
            ("request id", self.request_id()),
            ("at", self.timestamp()),
        ];
        let mut open = " (";
        for (name, value) in ids {
            if let Some(value) = value {
                write!(f, "{open}{name} {value}")?;
                open = ", ";
            }
        }
        f.write_str(if open == ", " { ")" } else { "" })
    }
}

impl std::error::Error for ProviderError {}

/// The table's entry for a code.
pub(super) fn known(prefix: &'static str, number: u32) -> Option<(Reaction, &'static str)> {
    match prefix {
        B2C => aadb2c::reaction(number),
        _ => aadsts::reaction(number),
    }
}

/// `AADB2C` or `AADSTS`, then digits.
pub(super) fn number(code: &str) -> Option<(&'static str, u32)> {
    let mut known = [B2C, ENTRA].into_iter();
    let (prefix, digits) = known.find_map(|prefix| Some((prefix, code.strip_prefix(prefix)?)))?;
    let plain = (4..=8).contains(&digits.len()) && digits.bytes().all(|c| c.is_ascii_digit());
    Some((prefix, digits.parse().ok().filter(|_| plain)?))
}

/// What follows the last `label`: its own line in B2C, in the middle of the line in Entra ID.
fn labelled<'d>(description: &'d str, label: &str) -> Option<&'d str> {
    let (_, rest) = description.rsplit_once(label)?;
    rest.lines().next().map(str::trim)
}

/// A GUID, or something as harmless.
fn id(text: &str) -> Option<String> {
    let word = text.split_whitespace().next()?;
    let plain = word.len() <= 64 && word.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-');
    plain.then(|| word.to_owned())
}

fn time(text: &str) -> Option<String> {
    let plain = |c: u8| c.is_ascii_digit() || b"-: TZ.".contains(&c);
    (!text.is_empty() && text.len() <= 32 && text.bytes().all(plain)).then(|| text.to_owned())
}

fn plain(text: &str, longest: usize) -> String {
    let visible = text.chars().filter(|c| !c.is_control());
    visible.take(longest).collect()
}

pub(super) const B2C: &str = "AADB2C";
pub(super) const ENTRA: &str = "AADSTS";
const LONGEST_CLAIMS: usize = 4096;

#[cfg(test)]
mod tests {
    use super::*;

    fn error(description: &str) -> ProviderError {
        ProviderError::new("access_denied", description)
    }

    #[test]
    fn the_lines_of_b2c_and_the_sentence_of_entra_are_read() {
        let b2c = error(
            "AADB2C90091: The user has cancelled entering self-asserted information.\r\nCorrelation ID: 1111-22\r\nTimestamp: 2026-01-15 09:50:39Z\r\n",
        );
        assert_eq!(b2c.code(), Some("AADB2C90091"));
        assert_eq!(b2c.correlation_id(), Some("1111-22"));
        assert_eq!(b2c.timestamp(), Some("2026-01-15 09:50:39Z"));

        let entra = error(
            "AADSTS50076: Due to a configuration change you must use multi-factor authentication. Trace ID: aaaa-1 Correlation ID: bbbb-2 Timestamp: 2026-01-15 09:50:39Z",
        );
        assert_eq!(entra.code(), Some("AADSTS50076"));
        assert_eq!(entra.trace_id(), Some("aaaa-1"));
        assert_eq!(entra.correlation_id(), Some("bbbb-2"));
        assert_eq!(entra.timestamp(), Some("2026-01-15 09:50:39Z"));
    }

    #[test]
    fn the_members_of_an_entra_error_are_read() {
        let body = r#"{"error":"interaction_required","error_description":"AADSTS50079: Enroll.",
            "error_codes":[50079],"timestamp":"2026-01-15 09:50:39Z","trace_id":"aaaa-1",
            "correlation_id":"bbbb-2","suberror":"basic_action",
            "claims":"{\"access_token\":{\"capolids\":{\"essential\":true}}}"}"#;
        let body: super::super::ErrorBody = serde_json::from_str(body).unwrap();
        let error = ProviderError::from(body);
        assert_eq!(error.error_codes(), [50079]);
        assert_eq!(error.suberror(), Some("basic_action"));
        assert_eq!(error.trace_id(), Some("aaaa-1"));
        assert!(
            error
                .claims()
                .is_some_and(|claims| claims.contains("capolids"))
        );
        assert_eq!(error.reaction(), Reaction::InteractionRequired);
        assert_eq!(
            error.to_string(),
            "interaction_required: AADSTS50079: Enroll. (correlation id bbbb-2, trace id aaaa-1, at 2026-01-15 09:50:39Z)"
        );
    }

    #[test]
    fn hostile_descriptions_yield_no_code_and_no_ids() {
        let long = format!("AADB2C{}", "9".repeat(100));
        for text in [
            "",
            ":",
            "AADB2C: x",
            "AADB2Cxyz: x",
            "AADB2C+90118: x",
            long.as_str(),
            "<script>: AADB2C90118",
        ] {
            assert_eq!(error(text).code(), None, "{text}");
        }
        let hostile = error("x\r\nCorrelation ID: <script>\r\nTimestamp: <b>");
        assert_eq!(
            (hostile.correlation_id(), hostile.timestamp()),
            (None, None)
        );
        let claims = error("x").with_claims("not json");
        assert_eq!(claims.claims(), None);
    }

    #[test]
    fn an_app_that_is_not_taken_is_told_from_a_user_who_is_not() {
        for (of, description, expected) in [
            ("invalid_client", "", true),
            ("unauthorized_client", "", false),
            (
                "unauthorized_client",
                "AADSTS700016: Application with identifier",
                true,
            ),
            (
                "invalid_client",
                "AADB2C90081: The specified client_secret",
                true,
            ),
            (
                "invalid_client",
                "AADSTS7000215: Invalid client secret",
                true,
            ),
            (
                "invalid_client",
                "AADSTS7000222: The provided client secret",
                true,
            ),
            // Whatever the error is called beside it.
            (
                "invalid_request",
                "AADSTS7000222: The provided client secret",
                true,
            ),
            (
                "invalid_grant",
                "AADB2C90080: The provided grant has expired",
                false,
            ),
            (
                "invalid_grant",
                "AADSTS70008: The refresh token has expired",
                false,
            ),
            ("invalid_scope", "", false),
            ("server_error", "", false),
        ] {
            let told = ProviderError::new(of, description).is_about_credential();
            assert_eq!(told, expected, "{of} {description}");
        }
    }
}
