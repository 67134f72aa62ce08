//! Which trace a request belongs to (W3C Trace Context).

use http::{HeaderMap, HeaderName, HeaderValue};

/// The `traceparent` and `tracestate` of a request that is being answered, to be sent along with the
/// calls that it causes.
///
/// A [`Session`](crate::Session) carries it by itself; a call in the app's own name gets it from the
/// extensions of the outgoing request.
#[derive(Clone, Debug)]
pub struct TraceContext {
    parent: HeaderValue,
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// Takes it from a request's headers. `None` without a well-formed `traceparent`; one that is
    /// there twice is none (§3.2).
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let mut parents = headers.get_all(TRACEPARENT).iter();
        let parent = parents.next().filter(|_| parents.next().is_none());
        Self::of(parent, headers.get(TRACESTATE))
    }

    /// Of these headers; the former must be there once.
    pub(crate) fn of(parent: Option<&HeaderValue>, state: Option<&HeaderValue>) -> Option<Self> {
        let parent = parent.filter(|parent| is_traceparent(parent.as_bytes()))?;
        Some(Self {
            parent: parent.clone(),
            state: state.filter(|state| state.len() <= LONGEST).cloned(),
        })
    }

    /// The id of the whole trace: 32 hexadecimal digits.
    pub(crate) fn trace_id(&self) -> &str {
        let text = self.parent.to_str().unwrap_or_default();
        text.get(3..35).unwrap_or_default()
    }

    /// Adds it to the headers of a call, unless they have one of their own.
    pub(crate) fn apply(&self, headers: &mut HeaderMap) {
        if headers.contains_key(TRACEPARENT) {
            return;
        }
        headers.insert(TRACEPARENT, self.parent.clone());
        if let Some(state) = &self.state {
            headers.insert(TRACESTATE, state.clone());
        }
    }
}

/// `00-{32 hex}-{16 hex}-{2 hex}`; later versions may go on after a dash (§3.2.4).
fn is_traceparent(value: &[u8]) -> bool {
    let hex = |range: std::ops::Range<usize>| {
        let digits = value.get(range).unwrap_or_default();
        digits
            .iter()
            .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte))
    };
    let zero = |range: std::ops::Range<usize>| value[range].iter().all(|byte| *byte == b'0');
    let version = value.get(..2);
    (value.len() == 55
        || (value.len() > 55 && value[55] == b'-' && version != Some(b"00") && value.len() < 512))
        && [2, 35, 52].into_iter().all(|dash| value[dash] == b'-')
        && [0..2, 3..35, 36..52, 53..55].into_iter().all(hex)
        && version != Some(b"ff")
        && !zero(3..35)
        && !zero(36..52)
}

const TRACEPARENT: HeaderName = HeaderName::from_static("traceparent");
const TRACESTATE: HeaderName = HeaderName::from_static("tracestate");
/// §3.3.1.5.
const LONGEST: usize = 512;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_well_formed_traceparent_is_one() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        assert!(is_traceparent(good.as_bytes()));
        assert!(is_traceparent(good.replacen("00", "cc", 1).as_bytes()));
        assert!(is_traceparent(
            format!("{}-more", good.replacen("00", "cc", 1)).as_bytes()
        ));
        for bad in [
            "",
            "00",
            &good[1..],
            &format!("{good}-more"),
            &format!("{good}0"),
            &good.to_uppercase(),
            &good.replacen("00", "ff", 1),
            &good.replace("0af7651916cd43dd8448eb211c80319c", &"0".repeat(32)),
            &good.replace("b7ad6b7169203331", &"0".repeat(16)),
            &good.replace('-', "_"),
        ] {
            assert!(!is_traceparent(bad.as_bytes()), "{bad}");
        }
    }
}
