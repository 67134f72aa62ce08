//! What the provider's pages should ask.

/// What a sign-in should make the provider do (`prompt`, OpenID Connect Core §3.1.2.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[non_exhaustive]
pub enum Prompt {
    /// Show nothing. Where that does not do, an ordinary sign-in follows.
    None,
    /// Ask for the credentials even of a user who is known.
    Login,
    /// Ask for consent even where it was given.
    Consent,
    /// Let the user choose among accounts.
    SelectAccount,
    /// Offer to sign up (Initiating User Registration via OpenID Connect; External ID).
    Create,
}

impl Prompt {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Login => "login",
            Self::Consent => "consent",
            Self::SelectAccount => "select_account",
            Self::Create => "create",
        }
    }
}
