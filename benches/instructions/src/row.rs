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
    /// Of a caller with an access token that comes for the first time, each with its own.
    BearerFirst,
    /// No layer: the crypto library verifies the signature of such a token, its key read beforehand.
    Rs256Verify,
}

impl Row {
    /// All but [`Bare`](Self::Bare), which is subtracted from them.
    pub(crate) const COUNTED: [Self; 5] = [
        Self::Anonymous,
        Self::Memory,
        Self::BearerCached,
        Self::BearerFirst,
        Self::Rs256Verify,
    ];

    /// The row of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let mut all = [Self::Bare].into_iter().chain(Self::COUNTED);
        all.find(|row| row.name() == name)
    }

    /// Its name, as in `cargo bench-peers`.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::Anonymous => "anonymous",
            Self::Memory => "memory",
            Self::BearerCached => "bearer-cached",
            Self::BearerFirst => "bearer-first",
            Self::Rs256Verify => "rs256-verify",
        }
    }

    /// How many requests are enough. Each first token has to be signed beforehand, under valgrind.
    pub(crate) fn requests(self) -> u64 {
        match self {
            Self::BearerFirst | Self::Rs256Verify => 100,
            _ => 1_000,
        }
    }
}
