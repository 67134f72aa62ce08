//! Reads a small form from a request's body: the only place where the layer touches one.

use std::fmt;
use std::pin::pin;
use std::time::Duration;

use bytes::{Buf, Bytes, BytesMut};
use http::{HeaderMap, StatusCode, header};
use http_body::Body;
use http_body_util::BodyExt as _;

/// Whether the body is announced as a form (`application/x-www-form-urlencoded`), whatever its
/// parameters (RFC 9110 §8.3.1).
pub(super) fn is_form(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE);
    let kind = kind.and_then(|value| value.to_str().ok());
    kind.is_some_and(|kind| {
        let essence = kind.split(';').next().unwrap_or_default();
        essence
            .trim()
            .eq_ignore_ascii_case("application/x-www-form-urlencoded")
    })
}

/// Reads a whole body of at most `limit` bytes, within [`PATIENCE`].
///
/// Bounded in both, since anybody may send it. A body that announces its length is refused before
/// any of it is read; the rest of a longer one is never read.
pub(crate) async fn read_form<B: Body>(body: B, limit: usize) -> Result<Bytes, FormError> {
    read_within(PATIENCE, body, limit).await
}

async fn read_within<B: Body>(
    patience: Duration,
    body: B,
    limit: usize,
) -> Result<Bytes, FormError> {
    let read = tokio::time::timeout(patience, collect(body, limit)).await;
    read.unwrap_or(Err(FormError::TimedOut))
}

async fn collect<B: Body>(body: B, limit: usize) -> Result<Bytes, FormError> {
    let announced = body.size_hint().lower();
    if announced > limit as u64 {
        return Err(FormError::TooLarge { limit });
    }
    let mut body = pin!(body);
    let mut form = BytesMut::new();
    while let Some(frame) = body.as_mut().frame().await {
        let frame = frame.map_err(|_| FormError::Broken)?;
        // Trailers are of no interest here.
        let Ok(mut data) = frame.into_data() else {
            continue;
        };
        if data.remaining() > limit - form.len() {
            return Err(FormError::TooLarge { limit });
        }
        form.extend_from_slice(&data.copy_to_bytes(data.remaining()));
    }
    Ok(form.freeze())
}

/// Why there is no form.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum FormError {
    /// More bytes than the endpoint takes.
    TooLarge { limit: usize },
    /// Not all of it came within ten seconds.
    TimedOut,
    /// The connection ended, or the body is malformed.
    Broken,
}

impl FormError {
    #[allow(
        dead_code,
        reason = "for endpoints that answer other servers, not people"
    )]
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TimedOut => StatusCode::REQUEST_TIMEOUT,
            Self::Broken => StatusCode::BAD_REQUEST,
        }
    }
}

impl fmt::Display for FormError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLarge { limit } => write!(f, "the form is larger than {limit} bytes"),
            Self::TimedOut => f.write_str("the form did not arrive within ten seconds"),
            Self::Broken => f.write_str("the form did not arrive whole"),
        }
    }
}

impl std::error::Error for FormError {}

/// How long a form may take: one that trickles in must not hold its request for ever.
const PATIENCE: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::pin::Pin;
    use std::task::{Context, Poll};

    use http::HeaderValue;
    use http_body::Frame;

    use super::*;

    /// Sends the parts without announcing a length; `None` breaks off.
    struct Parts(Vec<Option<&'static [u8]>>);

    impl Body for Parts {
        type Data = &'static [u8];
        type Error = &'static str;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
            if self.0.is_empty() {
                return Poll::Ready(None);
            }
            let part = self.0.remove(0);
            Poll::Ready(Some(part.map(Frame::data).ok_or("reset")))
        }
    }

    /// Never sends anything.
    struct Silent;

    impl Body for Silent {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            Poll::Pending
        }
    }

    #[tokio::test]
    async fn forms_are_read_up_to_the_limit() {
        let whole = read_form("a=1".to_owned(), 3).await;
        assert_eq!(whole.as_deref(), Ok(&b"a=1"[..]));
        let parts = Parts(vec![Some(b"a="), Some(b"1")]);
        assert_eq!(read_form(parts, 3).await.as_deref(), Ok(&b"a=1"[..]));
        let too_large = Err(FormError::TooLarge { limit: 2 });
        assert_eq!(read_form("a=1".to_owned(), 2).await, too_large);
        let parts = Parts(vec![Some(b"a="), Some(b"1"), Some(b"never read")]);
        assert_eq!(read_form(parts, 2).await, too_large);
        let broken = Parts(vec![Some(b"a="), None]);
        assert_eq!(read_form(broken, 3).await, Err(FormError::Broken));
    }

    #[tokio::test]
    async fn a_form_that_does_not_come_is_given_up() {
        let form = read_within(Duration::from_millis(5), Silent, 3).await;
        assert_eq!(form, Err(FormError::TimedOut));
    }

    #[test]
    fn only_forms_are_forms() {
        let with = |value: &'static [u8]| {
            let value = HeaderValue::from_bytes(value).unwrap();
            is_form(&HeaderMap::from_iter([(header::CONTENT_TYPE, value)]))
        };
        assert!(with(b"application/x-www-form-urlencoded"));
        assert!(with(b"Application/X-WWW-Form-Urlencoded; charset=UTF-8"));
        assert!(!with(b"application/json"));
        assert!(!with(b"application/x-www-form-urlencoded-not"));
        assert!(!with(b"\xff"));
        assert!(!is_form(&HeaderMap::new()));
    }
}
