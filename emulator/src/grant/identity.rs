use serde::{Deserialize, Serialize};

use crate::{
    directory::{Client, Extensions, Tenant, User, claim_name},
    journey::SignedIn,
    protocol::RequestedClaims,
};

/// The claims of a sign-in. Refreshed tokens repeat them, whatever became of the account.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(crate) struct Identity {
    pub(crate) object_id: String,
    pub(crate) sign_in_name: String,
    pub(crate) display_name: String,
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) city: String,
    pub(crate) country: String,
    /// The domain of an identity provider; none for local accounts.
    pub(crate) idp: Option<String>,
    /// The account was created by this very journey.
    pub(crate) is_new: bool,
    /// The password was reset on the way.
    pub(crate) has_reset_password: bool,
    /// The session, for applications that are told of its end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sid: Option<String>,
    /// Custom attributes.
    #[serde(default, skip_serializing_if = "Extensions::is_empty")]
    pub(crate) extensions: Extensions,
    /// Do access tokens of Entra tell them, too?
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) tells_apis: bool,
    /// Is the address verified (`xms_edov`)? Only where an application of Entra has asked for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email_is_verified: Option<bool>,
    /// What the client has asked access tokens to say, outside of B2C.
    #[serde(default, skip_serializing_if = "RequestedClaims::is_empty")]
    pub(crate) requested: RequestedClaims,
    /// Output claims of the policy.
    pub(crate) outputs: Vec<(String, String)>,
}

impl Identity {
    pub(crate) fn of(signed_in: SignedIn) -> Self {
        Self {
            is_new: signed_in.is_new,
            has_reset_password: signed_in.has_reset_password,
            ..Self::of_user(signed_in.user)
        }
    }

    /// Leaves the custom attributes that the application has asked for, outside of B2C.
    pub(crate) fn narrow(&mut self, client: &Client, tenant: &Tenant) {
        if tenant.kind.is_b2c() {
            return;
        }
        let asked = |name: &String| client.asked_for(&claim_name(name));
        self.extensions
            .retain(|name, _| asked(name).unwrap_or(true));
        self.tells_apis = client.has_optional_claims();
        // Whoever has a password here has shown that the address is theirs; of others it is not known.
        self.email_is_verified = match client.asked_for("xms_edov") {
            Some(true) => Some(self.idp.is_none()),
            _ => None,
        };
    }

    pub(crate) fn of_user(user: User) -> Self {
        Self {
            object_id: user.object_id,
            sign_in_name: user.sign_in_name,
            display_name: user.display_name,
            given_name: user.given_name,
            surname: user.surname,
            city: user.city,
            country: user.country,
            idp: user.identity_provider,
            extensions: user.extensions,
            ..Self::default()
        }
    }
}
