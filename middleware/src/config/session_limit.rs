//! How many sessions a user may have, and what they are bound to.

/// `session.max_per_user` and `session.when_full`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct SessionLimit {
    pub(crate) most: usize,
    pub(crate) when_full: WhenFull,
}

/// What a sign-in does when its user has as many sessions as they may.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum WhenFull {
    EndOldest,
    Refuse,
}

/// `session.bound_to`: what a session does not outlast, besides its own times.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Bound {
    Nothing,
    /// The ID token, the newest of a refresh included.
    IdToken,
    /// The refresh token; without one the ID token.
    RefreshToken,
}
