//! What a registration says about sign-out.

use super::{Client, Tenant};

impl Client {
    /// Sets the URL that a frame calls when the user signs out: at custom policies of B2C, and with
    /// `iss` and `sid` at External ID and Entra ID. Default: none.
    pub fn front_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.front_channel_logout_url = Some(url.into());
        self
    }

    /// Calls that URL with `iss` and `sid` at every user flow, and puts `sid` into the
    /// application's ID tokens ([OpenID Connect Front-Channel Logout 1.0, section 3][spec]). B2C
    /// does neither. Default: off.
    ///
    /// [spec]: https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout
    pub fn frontchannel_logout_session_required(mut self) -> Self {
        self.frontchannel_logout_session_required = true;
        self
    }

    /// Sets the URL that a logout token is posted to when the user signs out, and puts `sid` into
    /// the application's ID tokens ([OpenID Connect Back-Channel Logout 1.0][spec]). Neither B2C
    /// nor Entra has this. Only plain http is spoken there. Default: none.
    ///
    /// [spec]: https://openid.net/specs/openid-connect-backchannel-1_0.html
    pub fn backchannel_logout_uri(mut self, uri: impl Into<String>) -> Self {
        self.backchannel_logout_uri = Some(uri.into());
        self
    }

    /// Where frames call the application at sign-out.
    pub(crate) fn logout_url(&self) -> Option<&str> {
        self.front_channel_logout_url.as_deref()
    }

    /// Does front-channel sign-out name the session, at every user flow?
    pub(crate) fn wants_session_at_logout(&self) -> bool {
        self.frontchannel_logout_session_required
    }

    /// Where logout tokens go.
    pub(crate) fn logout_token_uri(&self) -> Option<&str> {
        self.backchannel_logout_uri.as_deref()
    }

    /// Do its ID tokens name the session?
    pub(crate) fn knows_sessions(&self, tenant: &Tenant) -> bool {
        let is_asked_for = !tenant.kind.is_b2c() && self.asked_for("sid") == Some(true);
        is_asked_for || self.wants_session_at_logout() || self.backchannel_logout_uri.is_some()
    }
}
