//! What each of a provider's errors leads to.

use tower_b2c::{ProviderError, Reaction};

/// Every code with its reaction: b2c's 25 cases, then Entra's.
const TABLE: &[(&str, Reaction)] = &[
    ("AADB2C90118", Reaction::ResetPassword),
    ("AADB2C90091", Reaction::Cancelled),
    ("AADB2C90273", Reaction::Cancelled),
    ("AADB2C90289", Reaction::IdentityProviderUnavailable),
    ("AADB2C90243", Reaction::IdentityProviderUnavailable),
    ("AADB2C90174", Reaction::IdentityProviderUnavailable),
    ("AADB2C90077", Reaction::InteractionRequired),
    ("AADB2C90121", Reaction::InteractionRequired),
    ("AADB2C90006", Reaction::Configuration),
    ("AADB2C90057", Reaction::Configuration),
    ("AADB2C90115", Reaction::Configuration),
    ("AADB2C90110", Reaction::Configuration),
    ("AADB2C90117", Reaction::Configuration),
    ("AADB2C90012", Reaction::Configuration),
    ("AADB2C90055", Reaction::Configuration),
    ("AADB2C90146", Reaction::Configuration),
    ("AADB2C90205", Reaction::Configuration),
    ("AADB2C90079", Reaction::Configuration),
    ("AADB2C90084", Reaction::Configuration),
    ("AADB2C99059", Reaction::Configuration),
    ("AADB2C90081", Reaction::Credentials),
    ("AADB2C90080", Reaction::SignInAgain),
    ("AADB2C90088", Reaction::SignInAgain),
    ("AADB2C90129", Reaction::SessionRevoked),
    ("AADB2C90128", Reaction::AccountGone),
    ("AADB2C90085", Reaction::SignInAgain),
    ("AADB2C90090", Reaction::SignInAgain),
    ("AADB2C90182", Reaction::SignInAgain),
    ("AADB2C90183", Reaction::SignInAgain),
    ("AADB2C90279", Reaction::Configuration),
    ("AADB2C90244", Reaction::TryLater),
    ("AADB2C90229", Reaction::TryLater),
    ("AADB2C90035", Reaction::TryLater),
    ("AADB2C90111", Reaction::Locked),
    ("AADB2C90114", Reaction::Locked),
    ("AADB2C90151", Reaction::Locked),
    ("AADB2C90157", Reaction::Locked),
    ("AADB2C90272", Reaction::IdTokenHint),
    ("AADB2C90208", Reaction::IdTokenHint),
    ("AADB2C90209", Reaction::IdTokenHint),
    ("AADB2C90210", Reaction::IdTokenHint),
    ("AADB2C90232", Reaction::IdTokenHint),
    ("AADB2C90233", Reaction::IdTokenHint),
    ("AADB2C90234", Reaction::IdTokenHint),
    ("AADB2C90046", Reaction::StartAgain),
    ("AADB2C90211", Reaction::StartAgain),
    ("AADB2C90212", Reaction::StartAgain),
    ("AADB2C90255", Reaction::StartAgain),
    ("AADB2C90206", Reaction::StartAgain),
    ("AADB2C90048", Reaction::StartAgain),
    ("AADB2C90037", Reaction::StartAgain),
    ("AADB2C90038", Reaction::StartAgain),
    ("AADB2C99001", Reaction::Account),
    ("AADB2C99002", Reaction::Account),
    ("AADB2C90075", Reaction::ConnectorFailed),
    ("AADB2C90162", Reaction::ConnectorFailed),
    ("AADB2C90261", Reaction::ConnectorFailed),
    ("AADB2C90066", Reaction::Configuration),
    ("AADB2C90120", Reaction::Configuration),
    ("AADSTS50011", Reaction::Configuration),
    ("AADSTS50020", Reaction::Account),
    ("AADSTS50034", Reaction::AccountGone),
    ("AADSTS50053", Reaction::Locked),
    ("AADSTS50055", Reaction::InteractionRequired),
    ("AADSTS50057", Reaction::AccountGone),
    ("AADSTS50058", Reaction::InteractionRequired),
    ("AADSTS50076", Reaction::InteractionRequired),
    ("AADSTS50079", Reaction::InteractionRequired),
    ("AADSTS50105", Reaction::Account),
    ("AADSTS50133", Reaction::SessionRevoked),
    ("AADSTS50148", Reaction::SignInAgain),
    ("AADSTS50173", Reaction::SessionRevoked),
    ("AADSTS53003", Reaction::Account),
    ("AADSTS54005", Reaction::SignInAgain),
    ("AADSTS65001", Reaction::InteractionRequired),
    ("AADSTS65004", Reaction::Cancelled),
    ("AADSTS70000", Reaction::SignInAgain),
    ("AADSTS70008", Reaction::SignInAgain),
    ("AADSTS70011", Reaction::Configuration),
    ("AADSTS16000", Reaction::InteractionRequired),
    ("AADSTS90033", Reaction::TryLater),
    ("AADSTS90094", Reaction::AdminConsent),
    ("AADSTS165000", Reaction::StartAgain),
    ("AADSTS500113", Reaction::Configuration),
    ("AADSTS500207", Reaction::Account),
    ("AADSTS500208", Reaction::Account),
    ("AADSTS501481", Reaction::SignInAgain),
    ("AADSTS700016", Reaction::Configuration),
    ("AADSTS700027", Reaction::Credentials),
    ("AADSTS700054", Reaction::Configuration),
    ("AADSTS700082", Reaction::SignInAgain),
    ("AADSTS900971", Reaction::Configuration),
    ("AADSTS7000215", Reaction::Credentials),
    ("AADSTS7000222", Reaction::Credentials),
];

#[test]
fn each_code_has_its_reaction_whatever_the_oauth_error_beside_it() {
    for (code, reaction) in TABLE {
        for oauth in ["access_denied", "server_error", "invalid_grant", ""] {
            let error = ProviderError::new(oauth, &format!("{code}: Some text."));
            assert_eq!(error.reaction(), *reaction, "{code} with {oauth}");
        }
        if reaction.is_for_operator() {
            let error = ProviderError::new("", &format!("{code}: Some text."));
            assert!(error.advice().is_some(), "{code} does not say what to do");
        }
    }
}

#[test]
fn without_a_known_code_the_oauth_error_decides() {
    let table = [
        ("access_denied", Reaction::Cancelled),
        ("login_required", Reaction::InteractionRequired),
        ("interaction_required", Reaction::InteractionRequired),
        ("consent_required", Reaction::InteractionRequired),
        ("account_selection_required", Reaction::InteractionRequired),
        ("invalid_grant", Reaction::SignInAgain),
        ("temporarily_unavailable", Reaction::TryLater),
        ("invalid_client", Reaction::Credentials),
        ("unauthorized_client", Reaction::Configuration),
        ("invalid_scope", Reaction::Configuration),
        ("unmet_authentication_requirements", Reaction::Account),
        ("server_error", Reaction::Unknown),
        ("something_new", Reaction::Unknown),
        ("", Reaction::Unknown),
    ];
    for (oauth, reaction) in table {
        for description in [
            "",
            "no code",
            "AADB2C10101: unheard of",
            "AADSTS1: too short",
        ] {
            let error = ProviderError::new(oauth, description);
            assert_eq!(error.reaction(), reaction, "{oauth} {description}");
        }
    }
}
