//! What is counted.

/// A kind of request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Row {
    /// To the service alone.
    Bare,
    /// Of a visitor without cookies.
    Anonymous,
    /// Of a signed-in user whose session is in memory.
    Memory,
    /// Of a caller with an access token that was seen before.
    BearerCached,
}

impl Row {
    /// All but [`Bare`](Self::Bare), which is subtracted from them.
    pub(crate) const THROUGH_THE_LAYER: [Self; 3] =
        [Self::Anonymous, Self::Memory, Self::BearerCached];

    /// The row of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = [Self::Bare].into_iter().chain(Self::THROUGH_THE_LAYER);
        all.find(|row| row.name() == name)
    }

    /// Its name, as in `cargo bench-peers`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Anonymous => "anonymous",
            Self::Memory => "memory",
            Self::BearerCached => "bearer-cached",
        }
    }
}
