use serde::{Deserialize, Serialize};

use crate::directory::User;

/// The claims of a sign-in. Refreshed tokens repeat them, whatever became of the account.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Identity {
    pub(crate) object_id: String,
    pub(crate) sign_in_name: String,
    pub(crate) display_name: String,
    pub(crate) given_name: String,
    pub(crate) surname: String,
    pub(crate) city: String,
    pub(crate) country: String,
    /// The account was created by this very journey.
    pub(crate) is_new: bool,
}

impl Identity {
    pub(crate) fn of(user: User, is_new: bool) -> Self {
        Self {
            object_id: user.object_id,
            sign_in_name: user.sign_in_name,
            display_name: user.display_name,
            given_name: user.given_name,
            surname: user.surname,
            city: user.city,
            country: user.country,
            is_new,
        }
    }
}
