//! What a response asks of whoever sent the request.

mod details;
mod grpc;
mod read;
mod redirect;
mod refused;

use std::fmt;

pub use grpc::GrpcChallenge;
#[cfg(feature = "tonic")]
pub use grpc::status;
pub use read::challenge;
pub(super) use read::described;
pub use redirect::RedirectChallenge;
pub use refused::RefusedChallenge;

/// A response, as a test looks at it; made by [`challenge`](fn@challenge).
///
/// No message of its assertions has a secret in it, nor what identifies a person: of a redirect they show
/// the address without its query, of a body nothing but what the layer writes for programs.
#[derive(Clone)]
pub struct Challenged(Kind);

#[derive(Clone)]
enum Kind {
    Redirect(RedirectChallenge),
    Refused(RefusedChallenge),
    Grpc(GrpcChallenge),
    /// No challenge, described.
    None(String),
}

impl Challenged {
    /// The redirect to the provider.
    ///
    /// # Panics
    ///
    /// When the response is none.
    #[track_caller]
    pub fn redirect(&self) -> &RedirectChallenge {
        match &self.0 {
            Kind::Redirect(redirect) => redirect,
            _ => unexpected("a redirect to the provider", &self.to_string()),
        }
    }

    /// The refusal with problem details, or the challenge of a guard or a handler before a layer has
    /// turned it into one.
    ///
    /// # Panics
    ///
    /// When the response is none.
    #[track_caller]
    pub fn refused(&self) -> &RefusedChallenge {
        match &self.0 {
            Kind::Refused(refused) => refused,
            _ => unexpected("a refusal with problem details", &self.to_string()),
        }
    }

    /// The gRPC status.
    ///
    /// # Panics
    ///
    /// When the response has none, or `OK`.
    #[track_caller]
    pub fn grpc(&self) -> &GrpcChallenge {
        match &self.0 {
            Kind::Grpc(status) => status,
            _ => unexpected("a gRPC status", &self.to_string()),
        }
    }

    /// That the response asks nothing: whoever sent the request got through.
    ///
    /// # Panics
    ///
    /// When it does.
    #[track_caller]
    pub fn assert_none(&self) {
        if !matches!(self.0, Kind::None(_)) {
            unexpected("no challenge", &self.to_string());
        }
    }
}

impl fmt::Display for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Redirect(redirect) => redirect.fmt(f),
            Kind::Refused(refused) => refused.fmt(f),
            Kind::Grpc(status) => status.fmt(f),
            Kind::None(found) => f.write_str(found),
        }
    }
}

impl fmt::Debug for Challenged {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Challenged({self})")
    }
}

/// Ends a test.
#[track_caller]
#[expect(clippy::panic, reason = "that is what an assertion is")]
fn unexpected(expected: &str, found: &str) -> ! {
    panic!("expected {expected}\n   found {found}")
}

/// Ends a test where a value is another one.
#[track_caller]
fn assert_same(what: &str, expected: &str, found: Option<&str>) {
    if found != Some(expected) {
        let found = found.map_or_else(|| "none".to_owned(), |found| format!("{found:?}"));
        unexpected(&format!("{what} {expected:?}"), &found);
    }
}

/// Ends a test where a user flow is another one; case does not matter, as in B2C.
#[track_caller]
fn assert_flow(expected: &str, found: Option<&str>) {
    if !found.is_some_and(|found| found.eq_ignore_ascii_case(expected)) {
        assert_same("the user flow", expected, found);
    }
}

/// Ends a test where a list is another one, whatever the order.
#[track_caller]
fn assert_all(what: &str, expected: &[&str], found: &[String]) {
    let sorted = |mut list: Vec<&str>| {
        list.sort_unstable();
        list.join(" ")
    };
    let expected = sorted(expected.to_vec());
    let found = sorted(found.iter().map(String::as_str).collect());
    if expected != found {
        unexpected(&format!("{what} {expected:?}"), &format!("{found:?}"));
    }
}
