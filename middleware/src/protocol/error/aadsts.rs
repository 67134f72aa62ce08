//! The codes of Entra ID and External ID (Microsoft Learn, "Microsoft Entra authentication and
//! authorization error codes"), as far as they reach an app.

use super::reaction::Reaction::{
    self, Account, AccountGone, AdminConsent, Cancelled, Configuration, Credentials,
    IdentityProviderUnavailable, InteractionRequired, Locked, SessionRevoked, SignInAgain,
    StartAgain, TryLater,
};

/// The reaction to `AADSTS{number}`, and for the operator what to do next.
#[expect(
    clippy::match_same_arms,
    clippy::unreadable_literal,
    reason = "codes in groups, not quantities"
)]
pub(super) fn reaction(number: u32) -> Option<(Reaction, &'static str)> {
    Some(match number {
        // Several sessions, none, or one that cannot be used in silence.
        16000 | 16001 | 16003 | 50055 | 50058 | 50125 | 50140 | 50144 => (InteractionRequired, ""),
        // A second factor, a device, terms of use.
        50072 | 50074 | 50076 | 50078 | 50079 | 50097 | 50129 | 50158 => (InteractionRequired, ""),
        65001 => (
            InteractionRequired,
            "grant the app its permissions: API permissions, \"Grant admin consent\"",
        ),
        65004 => (Cancelled, ""),
        // The code or the refresh token is used up, too old or damaged.
        50089 | 50132 | 50148 | 54005 | 70000 | 70008 | 70043 | 501481 | 700081 | 700082
        | 700084 | 9002313 => (SignInAgain, ""),
        50133 | 50173 => (SessionRevoked, ""),
        50034 | 50057 => (AccountGone, ""),
        50053 => (Locked, ""),
        50020 | 50105 | 50177 | 90072 | 53000 | 53001 | 53002 | 53003 | 500207 | 500208
        | 530003 | 530035 => (Account, ""),
        90093..=90095 => (AdminConsent, ""),
        50126 | 50168 | 50196 | 165000 | 500121 => (StartAgain, ""),

        20001 | 20012 | 20033 | 40008 | 40009 | 40010 | 40015 => (IdentityProviderUnavailable, ""),
        90012 | 90033 | 90055 => (TryLater, ""),
        7000215 | 7000216 | 7000218 | 7000222 | 700024 | 700027 | 700030 | 70002 => (
            Credentials,
            "create a new client secret or certificate under Certificates & secrets and set provider.client_secret (the value, not its id)",
        ),
        50011 | 500112 | 500113 | 900971 => (
            Configuration,
            "register the redirect URI, letter by letter, or correct app.base_url",
        ),
        700016 | 70001 | 700025 | 90002 | 7000112 | 50059 | 50194 => (
            Configuration,
            "compare provider.client_id and provider.tenant with the app registration and its account types",
        ),
        700054 => (
            Configuration,
            "switch on \"ID tokens\" under Authentication of the app registration",
        ),
        28000 | 28002 | 28003 | 50001 | 70011 | 500011 | 650052 | 650053 | 650056 | 650057 => (
            Configuration,
            "correct the scopes of [[downstream]] and the API permissions of the app registration",
        ),
        9002325..=9002327 => (
            Configuration,
            "register the redirect URI under the platform \"Web\", not as a single-page application",
        ),
        70003 | 70007 | 700051 | 900144 | 900561 => (
            Configuration,
            "correct the parameter that the message names: [provider.authorize], or what the app gives its challenges",
        ),
        _ => return None,
    })
}
