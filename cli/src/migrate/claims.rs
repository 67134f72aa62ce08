//! Words that stand for something of B2C, in code and in pages.

use super::finding::Severity;
use super::topic::Topic;

/// The layer's own paths that External ID has no user flow for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Paths {
    pub(super) edit_profile: String,
    pub(super) reset_password: String,
}

/// What the name of a claim is about, if B2C's tokens have it and External ID's have not, or another
/// value in it.
pub(super) fn of_claim(name: &str) -> Option<Topic> {
    Some(match name {
        "sub" => Topic::Subject,
        "oid" => Topic::ObjectId,
        "emails" => Topic::Emails,
        "tfp" | "acr" => Topic::PolicyClaim,
        "idp" | "newUser" | "idp_access_token" | "isForgotPassword" => Topic::DirectoryClaim,
        _ if is_custom(name) => Topic::CustomAttribute,
        _ => return None,
    })
}

/// What a text is about, if it is one of B2C's addresses, names or codes.
pub(super) fn of_text(text: &str, paths: &Paths) -> Option<Topic> {
    let lower = text.to_ascii_lowercase();
    let has = |part: &str| lower.contains(part);
    let is_path = |path: &str| text.split(['?', '#']).next() == Some(path);
    Some(if has("aadb2c9") {
        Topic::ErrorCode
    } else if has(".b2clogin.") || has("login.microsoftonline.com/te/") {
        Topic::Address
    } else if has("b2c_1_") || has("b2c_1a_") {
        Topic::UserFlow
    } else if has("https://") && has(".onmicrosoft.com/") {
        Topic::ApiScope
    } else if is_path(&paths.edit_profile) {
        Topic::EditProfile
    } else if is_path(&paths.reset_password) {
        Topic::ResetPassword
    } else {
        return None;
    })
}

/// What a method or a type of the layer is about, and what becomes of it.
pub(super) fn of_call(name: &str) -> Option<(Topic, Severity)> {
    Some(match name {
        "subject" => (Topic::Subject, Severity::MustChange),
        "email" => (Topic::Email, Severity::Works),
        "user_flow" => (Topic::UserFlow, Severity::ByItself),
        "with_user_flow" | "RequireUserFlowLayer" => (Topic::UserFlow, Severity::MustChange),
        "with_acr_values" | "RequireAcrLayer" => (Topic::PolicyClaim, Severity::MustChange),
        "can_edit_profile" => (Topic::EditProfile, Severity::ByItself),
        "can_reset_password" => (Topic::ResetPassword, Severity::ByItself),
        _ => return None,
    })
}

/// `extension_LoyaltyNumber`, and Graph's `extension_{32 digits}_LoyaltyNumber`.
pub(super) fn is_custom(name: &str) -> bool {
    let rest = name.strip_prefix("extension_").unwrap_or_default();
    !rest.is_empty() && rest.bytes().all(|c| c == b'_' || c.is_ascii_alphanumeric())
}
