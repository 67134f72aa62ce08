//! The response body: the inner service's own, or a small one of the layer's.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use http_body_util::Full;
use pin_project_lite::pin_project;

use super::stream::UntilEnded;

pin_project! {
    /// The body of a response that went through the layer.
    ///
    /// The inner service's body is not boxed.
    pub struct B2cBody<B> {
        #[pin]
        kind: Kind<B>,
    }
}

pin_project! {
    #[project = KindProjection]
    enum Kind<B> {
        Inner { #[pin] body: B },
        Stream { #[pin] body: UntilEnded<B> },
        Own { #[pin] body: Full<Bytes> },
    }
}

impl<B> B2cBody<B> {
    pub(crate) fn inner(body: B) -> Self {
        Self {
            kind: Kind::Inner { body },
        }
    }

    /// The inner service's body, which ends with the session at the latest.
    pub(super) fn stream(body: UntilEnded<B>) -> Self {
        Self {
            kind: Kind::Stream { body },
        }
    }

    pub(crate) fn own(bytes: impl Into<Bytes>) -> Self {
        Self {
            kind: Kind::Own {
                body: Full::new(bytes.into()),
            },
        }
    }
}

impl<B> Default for B2cBody<B> {
    /// The empty body.
    fn default() -> Self {
        Self::own(Bytes::new())
    }
}

impl<B: Body<Data = Bytes>> Body for B2cBody<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        match self.project().kind.project() {
            KindProjection::Inner { body } => body.poll_frame(cx),
            KindProjection::Stream { body } => body.poll_frame(cx),
            KindProjection::Own { body } => body
                .poll_frame(cx)
                .map_err(|impossible| match impossible {}),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.kind {
            Kind::Inner { body } => body.is_end_stream(),
            Kind::Stream { body } => body.is_end_stream(),
            Kind::Own { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.kind {
            Kind::Inner { body } => body.size_hint(),
            Kind::Stream { body } => body.size_hint(),
            Kind::Own { body } => body.size_hint(),
        }
    }
}

impl<B> fmt::Debug for B2cBody<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("B2cBody(…)")
    }
}
