use super::Problems;
use crate::{directory::User, protocol::Fault};

/// What happens after something was submitted.
#[derive(Clone, Debug)]
#[expect(
    clippy::large_enum_variant,
    reason = "a step is taken apart where it arrives"
)]
pub(crate) enum Step {
    /// The journey shows its present screen.
    Show,
    /// The same form is shown again with what is wrong.
    Retry(Problems),
    /// The application gets an authorization code.
    Finish(SignedIn),
    /// The application gets an error.
    Refuse(Fault),
}

/// The happy end of a journey.
#[derive(Clone, Debug)]
pub(crate) struct SignedIn {
    pub(crate) user: User,
    /// The account was created on the way.
    pub(crate) is_new: bool,
    /// The password was reset on the way.
    pub(crate) has_reset_password: bool,
    pub(crate) auth_time: i64,
}
