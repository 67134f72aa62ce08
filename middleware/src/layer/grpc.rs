//! Statuses as gRPC clients read them.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};
use http_body::Frame;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

/// Which gRPC a client speaks.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Grpc {
    /// gRPC over HTTP/2: trailers.
    Http2,
    /// gRPC-Web: trailers at the end of the body.
    Web,
    /// gRPC-Web in base64.
    WebText,
}

impl Grpc {
    /// The dialect of a content type, if it is one of gRPC's.
    pub(crate) fn of(content_type: &str) -> Option<Self> {
        let kind = content_type.split([';', '+']).next()?.trim_end();
        let dialects = [
            ("application/grpc", Self::Http2),
            ("application/grpc-web", Self::Web),
            ("application/grpc-web-text", Self::WebText),
        ];
        let known = dialects
            .into_iter()
            .find(|(name, _)| kind.eq_ignore_ascii_case(name));
        known.map(|(_, dialect)| dialect)
    }

    /// A response of a status alone ("Trailers-Only"; clients of gRPC-Web read it alike).
    pub(crate) fn response(self, status: &GrpcStatus<'_>) -> Response<Bytes> {
        let mut response = Response::new(Bytes::new());
        let kind = match self {
            Self::Http2 => "application/grpc",
            Self::Web => "application/grpc-web+proto",
            Self::WebText => "application/grpc-web-text+proto",
        };
        let headers = response.headers_mut();
        *headers = status.trailers();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }

    /// The last frame of a stream that ends with this status.
    pub(crate) fn last_frame(self, status: &GrpcStatus<'_>) -> Frame<Bytes> {
        let trailers = status.trailers();
        if self == Self::Http2 {
            return Frame::trailers(trailers);
        }
        let mut block = Vec::new();
        for (name, value) in &trailers {
            block.extend_from_slice(name.as_str().as_bytes());
            block.extend_from_slice(b":");
            block.extend_from_slice(value.as_bytes());
            block.extend_from_slice(b"\r\n");
        }
        // The most significant bit of the flags marks trailers (PROTOCOL-WEB).
        let mut frame = vec![0x80];
        let length = u32::try_from(block.len()).unwrap_or_default();
        frame.extend_from_slice(&length.to_be_bytes());
        frame.extend_from_slice(&block);
        Frame::data(match self {
            Self::WebText => STANDARD.encode(frame).into(),
            _ => frame.into(),
        })
    }
}

/// A status with what a program can act on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GrpcStatus<'a> {
    pub(crate) code: GrpcCode,
    pub(crate) message: &'a str,
    /// `google.rpc.ErrorInfo.reason`.
    pub(crate) reason: &'a str,
    /// `google.rpc.ErrorInfo.metadata`.
    pub(crate) metadata: &'a [(&'a str, &'a str)],
}

/// The codes of `google.rpc.Code` that the layer answers with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum GrpcCode {
    InvalidArgument = 3,
    PermissionDenied = 7,
    Internal = 13,
    Unavailable = 14,
    Unauthenticated = 16,
}

impl GrpcCode {
    /// What an HTTP status means in gRPC.
    pub(crate) fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::SERVICE_UNAVAILABLE => Self::Unavailable,
            StatusCode::FORBIDDEN => Self::PermissionDenied,
            StatusCode::BAD_REQUEST => Self::InvalidArgument,
            status if status.is_server_error() => Self::Internal,
            _ => Self::Unauthenticated,
        }
    }
}

impl GrpcStatus<'_> {
    /// `grpc-status`, `grpc-message` (percent-encoded) and `grpc-status-details-bin`, a
    /// `google.rpc.Status` with one `google.rpc.ErrorInfo`.
    fn trailers(&self) -> HeaderMap {
        let message = utf8_percent_encode(self.message, NON_ALPHANUMERIC).to_string();
        let details = STANDARD_NO_PAD.encode(self.details());
        let pairs = [
            ("grpc-status", (self.code as u8).to_string()),
            ("grpc-message", message),
            ("grpc-status-details-bin", details),
        ];
        let pairs = pairs.into_iter().filter_map(|(name, value)| {
            let value = HeaderValue::from_str(&value).ok()?;
            Some((HeaderName::from_static(name), value))
        });
        pairs.collect()
    }

    /// `google.rpc.Status` in Protocol Buffers.
    pub(crate) fn details(&self) -> Vec<u8> {
        let mut info = Vec::new();
        put(&mut info, 1, self.reason.as_bytes());
        put(&mut info, 2, DOMAIN.as_bytes());
        for (key, value) in self.metadata {
            let mut entry = Vec::new();
            put(&mut entry, 1, key.as_bytes());
            put(&mut entry, 2, value.as_bytes());
            put(&mut info, 3, &entry);
        }
        let mut any = Vec::new();
        put(&mut any, 1, ERROR_INFO.as_bytes());
        put(&mut any, 2, &info);
        // Field 1, a number; all codes are below 128, one byte.
        let mut status = vec![1 << 3, self.code as u8];
        put(&mut status, 2, self.message.as_bytes());
        put(&mut status, 3, &any);
        status
    }
}

/// Appends a length-delimited field (Protocol Buffers, "Encoding").
fn put(message: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    message.push(field << 3 | 2);
    let mut length = bytes.len();
    while length >= 0x80 {
        message.push(length.to_le_bytes()[0] | 0x80);
        length >>= 7;
    }
    message.push(length.to_le_bytes()[0]);
    message.extend_from_slice(bytes);
}

const DOMAIN: &str = "tower-b2c";
const ERROR_INFO: &str = "type.googleapis.com/google.rpc.ErrorInfo";
