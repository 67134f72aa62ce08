use serde::Serialize;

/// A logout token that was posted to an application, or could not be.
#[derive(Clone, Debug, Serialize)]
pub struct LogoutNotice {
    pub(crate) at: i64,
    pub(crate) client_id: String,
    pub(crate) uri: String,
    pub(crate) logout_token: String,
    pub(crate) status: Option<u16>,
    pub(crate) problem: Option<String>,
}

impl LogoutNotice {
    /// When it was posted, by the emulator's clock, in seconds since 1970.
    pub fn at(&self) -> i64 {
        self.at
    }

    /// The application's client id.
    pub fn client_id(&self) -> &str {
        &self.client_id
    }

    /// Where it was posted to: the application's `backchannel_logout_uri`.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The logout token, good or bad.
    pub fn logout_token(&self) -> &str {
        &self.logout_token
    }

    /// The HTTP status of the application's answer; `None` if there was none.
    pub fn status(&self) -> Option<u16> {
        self.status
    }

    /// Why there was no answer, in a sentence.
    pub fn problem(&self) -> Option<&str> {
        self.problem.as_deref()
    }
}
