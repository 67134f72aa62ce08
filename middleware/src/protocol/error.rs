//! What a provider's error means for the user who met it.

use std::fmt;

/// An error that the provider sent, to the redirect URI or from the token endpoint.
///
/// B2C puts three lines into `error_description`: `AADB2C90118: text`, `Correlation ID: guid`,
/// `Timestamp: time`. The text holds values that a user typed, so it is logged, never shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct ProviderError {
    error: String,
    code: Option<String>,
    description: String,
    correlation_id: Option<String>,
}

/// What to do about a [`ProviderError`].
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reaction {
    /// Start the reset-password user flow.
    ResetPassword,
    /// The user changed their mind: back to where they were.
    Cancelled,
    /// The grant is of no use any more: sign in again.
    SignInAgain,
    /// The account is gone or its sessions were revoked: the session here ends, too.
    AccountGone,
    /// The journey went stale: offer to start again, never by itself.
    StartAgain,
    /// The provider is busy or away: later.
    TryLater,
    /// The account is locked or cannot be used in this way.
    Account,
    /// The registration, the secret or the scopes are wrong: the operator's turn.
    Configuration,
    /// Nothing more is known.
    Unknown,
}

impl ProviderError {
    pub(crate) fn new(error: &str, description: &str) -> Self {
        let mut lines = description.lines();
        let first = lines.next().unwrap_or_default();
        let code = first
            .split(':')
            .next()
            .filter(|code| is_code(code))
            .map(str::to_owned);
        let correlation_id = lines
            .find_map(|line| line.strip_prefix("Correlation ID:"))
            .map(str::trim)
            .filter(|id| id.len() <= 64 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-'))
            .map(str::to_owned);
        let error = error.chars().filter(|c| !c.is_control()).take(64).collect();
        let description = first
            .chars()
            .filter(|c| !c.is_control())
            .take(500)
            .collect();
        Self {
            error,
            code,
            description,
            correlation_id,
        }
    }

    /// The code in front of the description: `AADB2C90118`.
    pub(crate) fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The id under which the provider's support finds the request.
    pub(crate) fn correlation_id(&self) -> Option<&str> {
        self.correlation_id.as_deref()
    }

    /// Source: Microsoft Learn, "Azure AD B2C error codes", grouped by what an app can do.
    pub(crate) fn reaction(&self) -> Reaction {
        let number = self.code().and_then(|code| code.strip_prefix("AADB2C"));
        match number.unwrap_or_default() {
            "90118" => Reaction::ResetPassword,
            "90091" | "90273" => Reaction::Cancelled,
            "90128" | "90129" => Reaction::AccountGone,
            "90080" | "90085" | "90088" | "90090" | "90077" | "90121" | "90182" | "90183" => {
                Reaction::SignInAgain
            }
            "90046" | "90048" | "90037" | "90038" | "90206" | "90211" | "90212" | "90255" => {
                Reaction::StartAgain
            }
            "90035" | "90229" | "90244" | "90243" | "90174" | "90289" => Reaction::TryLater,
            "90111" | "90114" | "90151" | "90157" | "90075" | "90162" | "90261" | "99001"
            | "99002" => Reaction::Account,
            "90006" | "90012" | "90055" | "90057" | "90079" | "90081" | "90084" | "90110"
            | "90115" | "90117" | "90146" | "90205" | "90279" | "99059" => Reaction::Configuration,
            _ => self.reaction_to_error(),
        }
    }

    /// Whether the scopes are what the provider refuses; it will refuse them again.
    pub(crate) fn is_about_scopes(&self) -> bool {
        let codes = [
            "90012", "90055", "90082", "90117", "90146", "90205", "99005",
        ];
        let number = self.code().and_then(|code| code.strip_prefix("AADB2C"));
        self.error == "invalid_scope" || number.is_some_and(|number| codes.contains(&number))
    }

    /// By the OAuth error where there is no code that is known (RFC 6749 §4.1.2.1 and §5.2).
    fn reaction_to_error(&self) -> Reaction {
        match self.error.as_str() {
            "access_denied" => Reaction::Cancelled,
            "invalid_grant" | "interaction_required" | "login_required" => Reaction::SignInAgain,
            "temporarily_unavailable" => Reaction::TryLater,
            "invalid_client"
            | "unauthorized_client"
            | "invalid_scope"
            | "redirect_uri_mismatch" => Reaction::Configuration,
            _ => Reaction::Unknown,
        }
    }
}

/// For logs: the description's first line holds no secret.
impl fmt::Display for ProviderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.error, self.description)?;
        match &self.correlation_id {
            Some(id) => write!(f, " (correlation id {id})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for ProviderError {}

/// `AADB2C` or `AADSTS`, then digits.
fn is_code(text: &str) -> bool {
    let digits = text
        .strip_prefix("AADB2C")
        .or_else(|| text.strip_prefix("AADSTS"));
    digits.is_some_and(|digits| {
        (4..=8).contains(&digits.len()) && digits.chars().all(|c| c.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(description: &str) -> ProviderError {
        ProviderError::new("access_denied", description)
    }

    #[test]
    fn the_three_lines_of_a_description_are_read() {
        let error = error(
            "AADB2C90091: The user has cancelled entering self-asserted information.\r\nCorrelation ID: 1111-22\r\nTimestamp: 2026-01-15 09:50:39Z\r\n",
        );
        assert_eq!(error.code(), Some("AADB2C90091"));
        assert_eq!(error.correlation_id(), Some("1111-22"));
        assert_eq!(error.reaction(), Reaction::Cancelled);
    }

    #[test]
    fn hostile_descriptions_yield_no_code_and_no_correlation_id() {
        let long = format!("AADB2C{}", "9".repeat(100));
        for text in [
            "",
            ":",
            "AADB2C: x",
            "AADB2Cxyz: x",
            long.as_str(),
            "<script>: AADB2C90118",
        ] {
            assert_eq!(error(text).code(), None, "{text}");
        }
        assert_eq!(
            error("x\r\nCorrelation ID: <script>").correlation_id(),
            None
        );
    }
}
