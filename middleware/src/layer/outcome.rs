//! What came of a request to one of the layer's own endpoints, in one word.

use http::Response;

/// Rides on an answer from where it is known to where it is counted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome(&'static str);

impl Outcome {
    /// Puts the word on an answer.
    pub(super) fn mark<B>(word: &'static str, mut answer: Response<B>) -> Response<B> {
        answer.extensions_mut().insert(Self(word));
        answer
    }

    /// The word on an answer, if it has one.
    pub(super) fn of<B>(answer: &Response<B>) -> Option<&'static str> {
        answer.extensions().get().map(|Self(word)| *word)
    }

    /// Takes it off: it is nobody else's.
    pub(super) fn take<B>(answer: &mut Response<B>) -> Option<&'static str> {
        let taken = answer.extensions_mut().remove();
        taken.map(|Self(word)| word)
    }
}

/// Why a browser is sent to a provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Cause {
    /// Somebody opened one of the layer's paths.
    Asked,
    /// A page, or what it needs, wants a sign-in.
    Challenged,
    /// The provider's answer to the request before.
    Repeated,
}

impl Cause {
    /// A restarted sign-in is one whatever led to it.
    pub(super) fn name(self, restarts: bool) -> &'static str {
        match self {
            _ if restarts => "restarted",
            Self::Asked => "asked",
            Self::Challenged => "challenged",
            Self::Repeated => "repeated",
        }
    }
}
