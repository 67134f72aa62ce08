//! Whether a request can be sent a second time.

/// Copies request bodies, so that a request can be repeated with a new token.
///
/// Every function from `&B` to `Option<B>` is one, such as `|body: &reqwest::Body|
/// body.as_bytes().map(|bytes| bytes.to_vec().into())`.
pub trait ReplayBody<B>: Clone + Send + Sync + 'static {
    /// Another body with the same bytes; `None` if there can be no second one, as of a stream.
    fn copy(&self, body: &B) -> Option<B>;
}

/// Repeats nothing: a 401 is passed on as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoReplay;

impl<B> ReplayBody<B> for NoReplay {
    fn copy(&self, _: &B) -> Option<B> {
        None
    }
}

impl<B, F> ReplayBody<B> for F
where
    F: Fn(&B) -> Option<B> + Clone + Send + Sync + 'static,
{
    fn copy(&self, body: &B) -> Option<B> {
        self(body)
    }
}
