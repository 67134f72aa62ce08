//! Bodies that go on for as long as the session does: server-sent events, gRPC streams.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, header};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::grpc::{Grpc, GrpcCode, GrpcStatus};
use crate::future::BoxFuture;
use crate::session::{Live, Sessions};

pin_project! {
    /// A body that ends when the session does.
    pub(super) struct UntilEnded<B> {
        #[pin]
        body: B,
        stage: Stage,
        grpc: Option<Grpc>,
        frames: u8,
    }
}

enum Stage {
    /// Not yet a stream: most gRPC answers are one message, there at once.
    Brief(Arc<Sessions>, Arc<Live>),
    Watched(BoxFuture<'static, ()>),
    Over,
}

impl<B> UntilEnded<B> {
    pub(super) fn new(
        body: B,
        headers: &HeaderMap,
        sessions: Arc<Sessions>,
        live: Arc<Live>,
    ) -> Self {
        Self {
            body,
            stage: Stage::Brief(sessions, live),
            grpc: content_type(headers).and_then(Grpc::of),
            frames: 0,
        }
    }
}

/// Whether a response with these headers may go on for long. A download is none, however large: its
/// length is promised, or its type is not one of these.
pub(super) fn is_stream(headers: &HeaderMap) -> bool {
    let streams = |kind: &str| {
        let essence = kind.split(';').next().unwrap_or_default().trim();
        STREAMS
            .iter()
            .any(|kind| essence.eq_ignore_ascii_case(kind))
            || Grpc::of(kind).is_some()
    };
    content_type(headers).is_some_and(streams) && !headers.contains_key(header::CONTENT_LENGTH)
}

impl<B: Body<Data = Bytes>> Body for UntilEnded<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        let this = self.project();
        let ended = match this.stage {
            Stage::Over => return Poll::Ready(None),
            Stage::Watched(ended) => ended.as_mut().poll(cx).is_ready(),
            Stage::Brief(..) => false,
        };
        if !ended {
            let polled = this.body.poll_frame(cx);
            if polled.is_ready() && *this.frames < BRIEF {
                *this.frames += 1;
                return polled;
            }
            if let Stage::Brief(sessions, live) = this.stage {
                *this.stage = Stage::Watched(watch(Arc::clone(sessions), Arc::clone(live)));
            }
            let Stage::Watched(ended) = this.stage else {
                return polled;
            };
            if polled.is_ready() {
                return polled;
            }
            ready!(ended.as_mut().poll(cx));
        }
        *this.stage = Stage::Over;
        Poll::Ready(this.grpc.map(|grpc| Ok(grpc.last_frame(&SESSION_ENDED))))
    }

    fn is_end_stream(&self) -> bool {
        matches!(self.stage, Stage::Over) || self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        // The end may come at any time.
        SizeHint::default()
    }
}

/// Waits for the session's end. Answers that take a moment are over before anything is watched.
pub(super) fn watch(sessions: Arc<Sessions>, live: Arc<Live>) -> BoxFuture<'static, ()> {
    Box::pin(async move {
        tokio::time::sleep(MOMENT).await;
        sessions.ended(&live).await;
    })
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

/// Types whose bodies have no end of their own.
const STREAMS: [&str; 4] = [
    "text/event-stream",
    "multipart/x-mixed-replace",
    "application/x-ndjson",
    "application/json-seq",
];

pub(super) const SESSION_ENDED: GrpcStatus<'_> = GrpcStatus {
    code: GrpcCode::Unauthenticated,
    message: "the session has ended",
    reason: "SESSION_ENDED",
    metadata: &[],
};

/// More frames than a single message has.
const BRIEF: u8 = 8;
const MOMENT: Duration = Duration::from_secs(1);
