//! What is not the same at External ID, and what to do about each.

/// A difference between B2C and External ID that an app can meet (Microsoft Learn, "Plan your migration
/// from Azure AD B2C to External ID", "Supported features in external tenants").
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Topic {
    Subject,
    ObjectId,
    Emails,
    PolicyClaim,
    DirectoryClaim,
    CustomAttribute,
    UserFlow,
    EditProfile,
    ResetPassword,
    Address,
    ApiScope,
    RedirectUri,
    SignOut,
    Issuer,
    CustomDomain,
    ErrorCode,
    FlowSettings,
    Audience,
    ClientSecret,
    Environment,
    ResponseMode,
    Sessions,
    Email,
    Emulator,
}

impl Topic {
    /// `EXT001` and so on; never given anew.
    pub(crate) fn code(self) -> String {
        let place = TOPICS.iter().position(|(topic, ..)| *topic == self);
        format!("EXT{:03}", place.map_or(0, |place| place + 1))
    }

    /// What it is about, in a few words.
    pub(crate) fn title(self) -> &'static str {
        self.words().0
    }

    /// What to do, or why there is nothing to do.
    pub(crate) fn todo(self) -> &'static str {
        self.words().1
    }

    fn words(self) -> (&'static str, &'static str) {
        let known = TOPICS.iter().find(|(topic, ..)| *topic == self);
        known.map_or(("", ""), |(_, title, todo)| (title, todo))
    }
}

/// In the order of their codes: what each is about, and what to do.
const TOPICS: [(Topic, &str, &str); 24] = [
    (
        Topic::Subject,
        "`sub` is another value",
        "it is one of each app there, and no object id: find a person by provider and sub, and \
         link the two accounts once, by a list of old and new ids or an address that both tenants \
         say is verified (docs/migrate-external-id.md)",
    ),
    (
        Topic::ObjectId,
        "`oid` is another value",
        "it is the id in the new tenant, and stays only where the tenant does (high-scale \
         compatibility mode): map old ids to new ones",
    ),
    (
        Topic::Emails,
        "there is no `emails`",
        "the address is in `email`, a text: use claims().email(), which reads both",
    ),
    (
        Topic::PolicyClaim,
        "`tfp` and `acr` name no user flow",
        "there is one user flow for each app: do not decide by it; for step-up use \
         Conditional Access with an authentication context",
    ),
    (
        Topic::DirectoryClaim,
        "the claim is not sent",
        "add it to the registration's token (Attributes & Claims, or a custom claims \
         provider), or do without it",
    ),
    (
        Topic::CustomAttribute,
        "`extension_…` is not sent by itself",
        "create the attribute in the new tenant, and add it in Attributes & Claims of the \
         registration; its name may be another one",
    ),
    (
        Topic::UserFlow,
        "there is one user flow for each app",
        "it is chosen by the registration, not by the request: let code go by what somebody \
         may do, not by the flow that they came through",
    ),
    (
        Topic::EditProfile,
        "there is no user flow to edit the profile",
        "the path is not there: write a page of your own that changes the user by Microsoft \
         Graph (/me, User.ReadWrite), or take the link away",
    ),
    (
        Topic::ResetPassword,
        "the password is reset on the sign-in page",
        "the path is not there: switch self-service password reset on in the tenant and take \
         links to the path away",
    ),
    (
        Topic::Address,
        "the address is B2C's",
        "take it from the configuration, or write https://{tenant}.ciamlogin.com",
    ),
    (
        Topic::ApiScope,
        "the API is registered anew",
        "register it in the new tenant and grant the app its scopes: resource is \
         api://{application id} there (--resource NAME=api://…)",
    ),
    (
        Topic::RedirectUri,
        "the redirect URI is registered anew",
        "add it to the new registration, of type Web",
    ),
    (
        Topic::SignOut,
        "after a sign-out the browser comes back to registered addresses only",
        "add the address to the new registration's redirect URIs; B2C took any",
    ),
    (
        Topic::Issuer,
        "the issuer is another one",
        "the app takes it from the metadata; APIs, gateways and databases that name it have \
         to be told",
    ),
    (
        Topic::CustomDomain,
        "the custom domain is B2C's",
        "set up a custom URL domain of the new tenant, another one while both run, and give \
         it with --instance",
    ),
    (
        Topic::ErrorCode,
        "errors are AADSTS… there",
        "go by Reaction and `error`, not by AADB2C…: cargo b2c-init explain knows both",
    ),
    (
        Topic::FlowSettings,
        "the setting is about user flows",
        "it is not taken along: External ID has one flow for each app",
    ),
    (
        Topic::Audience,
        "access tokens have another `aud`",
        "it is the application id of the API's new registration: \
         audiences = [\"{application id}\"]",
    ),
    (
        Topic::ClientSecret,
        "the client secret is the new registration's",
        "put it where the app runs, beside the old one while both are in use",
    ),
    (
        Topic::Environment,
        "the variable sets B2C's provider",
        "with two providers its name is B2C__PROVIDERS__{NAME}__…: rename it, or take it away",
    ),
    (
        Topic::ResponseMode,
        "both providers answer in this mode",
        "nothing to do: query and form_post are the same there",
    ),
    (
        Topic::Sessions,
        "sessions are the app's own",
        "nothing to do: cookies and the store stay; sessions of B2C go on until they end, or \
         until its provider is taken out",
    ),
    (
        Topic::Email,
        "claims().email() reads both",
        "nothing to do; before an account is linked by it, see that both tenants say it is \
         verified: no claim of B2C does, nor does a missing `idp`",
    ),
    (
        Topic::Emulator,
        "the emulator is started as B2C",
        "when the profile \"emulator\" is External ID's, after the move: give it \
         .default_tenant(Tenant::external_id(…)) with the app's redirect URIs",
    ),
];

#[cfg(test)]
mod tests {
    use super::{TOPICS, Topic};

    #[test]
    fn every_topic_is_listed_once_in_the_order_of_its_code() {
        assert!(TOPICS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(Topic::Subject.code(), "EXT001");
        assert_eq!(Topic::Email.code(), "EXT023");
        assert_eq!(Topic::Emulator.code(), "EXT024");
    }
}
