//! The codes of Azure AD B2C (Microsoft Learn, "Error codes: Azure Active Directory B2C"), as far as
//! they reach an app.

use super::reaction::Reaction::{
    self, Account, AccountGone, Cancelled, Configuration, ConnectorFailed, Credentials,
    IdTokenHint, IdentityProviderUnavailable, InteractionRequired, Locked, ResetPassword,
    SessionRevoked, SignInAgain, StartAgain, TryLater,
};

/// The reaction to `AADB2C{number}`, and for the operator what to do next.
pub(super) fn reaction(number: u32) -> Option<(Reaction, &'static str)> {
    Some(match number {
        90118 => (
            ResetPassword,
            "set provider.user_flows.reset_password, or turn on self-service password reset in the sign-in user flow",
        ),
        90091 | 90273 => (Cancelled, ""),
        90289 | 90174 => (IdentityProviderUnavailable, ""),
        90243 => (
            IdentityProviderUnavailable,
            "renew the key or secret of the identity provider in the B2C tenant (Identity providers)",
        ),
        90077 | 90121 => (InteractionRequired, ""),
        90006 => (
            Configuration,
            "register the redirect URI that the message names, letter by letter, or correct app.base_url",
        ),
        90057 => (
            Configuration,
            "switch on \"ID tokens\" under Authentication of the app registration",
        ),
        90110 | 90115 => (
            Configuration,
            "ask for openid and for a scope of an API: provider.scopes, [[downstream]] scopes",
        ),
        90012 | 90055 | 90056 | 90117 | 90123 | 90146 | 99005 => (
            Configuration,
            "correct the scopes of [[downstream]]: all of one API, as its registration exposes them",
        ),
        90205 | 90107 => (
            Configuration,
            "add the API permission to the app registration and grant admin consent",
        ),
        90079 | 90084 | 99059 => (
            Configuration,
            "register the redirect URI under the platform \"Web\", not as a single-page or native application",
        ),
        90081 => (
            Credentials,
            "create a new client secret under Certificates & secrets and set provider.client_secret to its value",
        ),
        90279 | 90018 | 90068 | 90092 => (
            Configuration,
            "compare provider.client_id with the app registration, and its tenant and account types with provider.tenant",
        ),
        90004 | 90005 | 90007 | 90008 | 90009 | 90010 | 90011 | 90013 | 90014 | 90043 | 90051
        | 90112 | 90120 | 90184 => (
            Configuration,
            "correct the parameter that the message names: [provider.authorize], or what the app gives its challenges",
        ),
        90066 => (Configuration, "correct the names in provider.user_flows"),
        90296 => (Configuration, "see the tenant's audit log"),
        90080 | 90085 | 90090 | 90182 | 90183 => (SignInAgain, ""),
        90088 => (
            SignInAgain,
            "a grant was redeemed at another user flow than its own; report this with the log around it",
        ),
        90129 => (SessionRevoked, ""),
        90128 => (AccountGone, ""),
        90035 | 90229 | 90244 => (TryLater, ""),
        90111 | 90114 | 90119 | 90151 | 90157 => (Locked, ""),
        90272 | 90208..=90210 | 90232..=90240 => (
            IdTokenHint,
            "give the challenge an id_token_hint that is fresh and that the user flow accepts",
        ),
        90037 | 90038 | 90046 | 90048 | 90206 | 90211 | 90212 | 90255 => (StartAgain, ""),
        99001 | 99002 => (Account, ""),
        90075 | 90162 | 90261 => (
            ConnectorFailed,
            "look at the API connector that the user flow calls",
        ),
        _ => return None,
    })
}
