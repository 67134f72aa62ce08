/// An application that a browser has signed in to, with what its tokens said.
#[derive(Clone, Debug)]
pub(crate) struct Application {
    pub(crate) client_id: String,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// Was it at a custom policy? B2C's own front-channel sign-out knows no other.
    pub(crate) is_at_custom_policy: bool,
}

impl Application {
    /// The same application after an earlier sign-in of the session.
    pub(super) fn after(self, earlier: &Self) -> Self {
        Self {
            is_at_custom_policy: self.is_at_custom_policy || earlier.is_at_custom_policy,
            ..self
        }
    }
}
