//! What peers keep of a user whom they do not sign in themselves.

use serde::{Deserialize, Serialize};

use super::USER_NAME;

/// The user, with what a sign-in brings: as large as a record of ours.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct User {
    pub(super) subject: String,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) access_token: String,
    pub(super) refresh_token: String,
}

impl User {
    /// Somebody who has signed in.
    pub(super) fn signed_in() -> Self {
        Self {
            subject: "f8d2a7e0-5c1b-4a39-9d0e-6b7c8d9e0f1a".to_owned(),
            name: USER_NAME.to_owned(),
            email: "ada@emulator.example".to_owned(),
            access_token: "a".repeat(1000),
            refresh_token: "r".repeat(800),
        }
    }
}
