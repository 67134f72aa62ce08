//! Bodies that go on for as long as the session or the token does: server-sent events, gRPC streams.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, header};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::body::B2cBody;
use super::grpc::{Grpc, GrpcCode, GrpcStatus};
use crate::future::BoxFuture;
use crate::guard::Bearer;
use crate::session::{Live, Sessions};
use crate::time::Clock;

pin_project! {
    /// A body that ends when that does which let its request pass.
    pub(super) struct UntilEnded<B> {
        #[pin]
        body: B,
        stage: Stage,
        status: &'static GrpcStatus<'static>,
        grpc: Option<Grpc>,
        frames: u8,
    }
}

/// What a request was let through for.
pub(crate) enum Pass {
    Session(Arc<Sessions>, Arc<Live>),
    Token(Bearer, Arc<dyn Clock>),
}

impl Pass {
    fn ended(self) -> BoxFuture<'static, ()> {
        match self {
            Self::Session(sessions, live) => watch(sessions, live),
            Self::Token(bearer, clock) => Box::pin(async move {
                while let Ok(left) = bearer.expires_at().duration_since(clock.now())
                    && !left.is_zero()
                {
                    tokio::time::sleep(left.clamp(SHORTEST_PAUSE, LONGEST_PAUSE)).await;
                }
            }),
        }
    }

    fn status(&self) -> &'static GrpcStatus<'static> {
        match self {
            Self::Session(..) => &SESSION_ENDED,
            Self::Token(..) => &TOKEN_EXPIRED,
        }
    }
}

enum Stage {
    /// Not yet a stream: most gRPC answers are one message, there at once.
    Brief(Option<Pass>),
    Watched(BoxFuture<'static, ()>),
    Over,
}

impl<B> UntilEnded<B> {
    pub(super) fn new(body: B, headers: &HeaderMap, pass: Pass) -> Self {
        Self {
            body,
            status: pass.status(),
            stage: Stage::Brief(Some(pass)),
            grpc: content_type(headers).and_then(Grpc::of),
            frames: 0,
        }
    }
}

/// The response, which ends with what its request was let through for if it may go on for long.
pub(crate) fn until_ended<B>(
    response: Response<B>,
    pass: impl FnOnce() -> Pass,
) -> Response<B2cBody<B>> {
    if !is_stream(response.headers()) {
        return response.map(B2cBody::inner);
    }
    let (parts, body) = response.into_parts();
    let body = UntilEnded::new(body, &parts.headers, pass());
    Response::from_parts(parts, B2cBody::stream(body))
}

/// Whether a response with these headers may go on for long. A download is none, however large: its
/// length is promised, or its type is not one of these.
fn is_stream(headers: &HeaderMap) -> bool {
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
            Stage::Brief(_) => false,
        };
        if !ended {
            let polled = this.body.poll_frame(cx);
            if polled.is_ready() && *this.frames < BRIEF {
                *this.frames += 1;
                return polled;
            }
            if let Stage::Brief(pass) = this.stage
                && let Some(pass) = pass.take()
            {
                *this.stage = Stage::Watched(pass.ended());
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
        Poll::Ready(this.grpc.map(|grpc| Ok(grpc.last_frame(this.status))))
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

const TOKEN_EXPIRED: GrpcStatus<'_> = GrpcStatus {
    code: GrpcCode::Unauthenticated,
    message: "the access token has expired",
    reason: "TOKEN_EXPIRED",
    metadata: &[],
};

/// Clocks tick in seconds, and may be set.
const SHORTEST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// More frames than a single message has.
const BRIEF: u8 = 8;
const MOMENT: Duration = Duration::from_secs(1);
