use super::{EmailCheck, Screen};
use crate::protocol::Params;

/// What a person asks for with the button that was pressed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Submission {
    SignIn,
    /// One of the emulator's one-click buttons, with the user's object id.
    SignInAs(String),
    SendCode,
    VerifyCode,
    ChangeEmail,
    CreateAccount,
    SetPassword,
    SaveProfile,
    /// The second factor's code.
    SecondFactor,
    /// Another code for the second factor.
    AnotherCode,
    /// Be signed in by the identity provider.
    Accept,
    Deny,
    /// The identity provider does not answer.
    Unavailable,
    Cancel,
}

impl Submission {
    /// Reads the button; a form without one does what its screen is for.
    pub(super) fn read(form: &Params, screen: Screen, email: &EmailCheck) -> Self {
        if let Some(object_id) = form.get("signInAs") {
            return Self::SignInAs(object_id);
        }
        match form.get("action").as_deref() {
            Some("signIn") => Self::SignIn,
            Some("sendCode") => Self::SendCode,
            Some("verifyCode") => Self::VerifyCode,
            Some("changeEmail") => Self::ChangeEmail,
            Some("create") => Self::CreateAccount,
            Some("setPassword") => Self::SetPassword,
            Some("save") => Self::SaveProfile,
            Some("secondFactor") => Self::SecondFactor,
            Some("anotherCode") => Self::AnotherCode,
            Some("accept") => Self::Accept,
            Some("unavailable") => Self::Unavailable,
            Some("deny") => Self::Deny,
            Some("cancel") => Self::Cancel,
            _ => Self::usual(screen, email),
        }
    }

    fn usual(screen: Screen, email: &EmailCheck) -> Self {
        match (screen, email) {
            (Screen::SignIn, _) => Self::SignIn,
            (Screen::ProfileEdit, _) => Self::SaveProfile,
            (Screen::SecondFactor, _) => Self::SecondFactor,
            (Screen::Federation, _) => Self::Accept,
            (Screen::NewPassword, _) | (Screen::PasswordReset, EmailCheck::Verified(_)) => {
                Self::SetPassword
            }
            (Screen::SignUp, EmailCheck::Verified(_)) => Self::CreateAccount,
            (_, EmailCheck::Unknown) => Self::SendCode,
            (_, EmailCheck::CodeSent(_)) => Self::VerifyCode,
        }
    }
}
