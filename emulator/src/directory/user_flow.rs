/// A user flow (policy): an authorization server of its own.
#[derive(Clone, Debug)]
pub(crate) struct UserFlow {
    name: String,
    kind: UserFlowKind,
}

/// What a user flow lets people do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum UserFlowKind {
    SignUpOrSignIn,
    ProfileEditing,
    PasswordReset,
}

impl UserFlow {
    pub(crate) fn new(name: &str, kind: UserFlowKind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
        }
    }

    /// The name as registered, for example `B2C_1_signupsignin1`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The name as B2C prints it in URLs.
    pub(crate) fn lower_case_name(&self) -> String {
        self.name.to_ascii_lowercase()
    }

    pub(crate) fn kind(&self) -> UserFlowKind {
        self.kind
    }
}

impl UserFlowKind {
    /// A sentence for people who look at the emulator's start page.
    pub(crate) fn purpose(self) -> &'static str {
        match self {
            Self::SignUpOrSignIn => "Sign up or sign in",
            Self::ProfileEditing => "Profile editing",
            Self::PasswordReset => "Password reset",
        }
    }
}
