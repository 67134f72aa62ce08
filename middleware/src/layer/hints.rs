//! What the headers of a request tell of who asks, found in one pass.

use http::{HeaderMap, HeaderValue};

use crate::trace::TraceContext;

/// The headers that every request is judged by; of each the first.
///
/// Requests carry a dozen headers, and as many are looked for here: one walk over them is less work
/// than hashing each name.
#[derive(Debug, Default)]
pub(super) struct Hints<'h> {
    accept: Option<&'h HeaderValue>,
    content_type: Option<&'h HeaderValue>,
    fetch_dest: Option<&'h HeaderValue>,
    fetch_mode: Option<&'h HeaderValue>,
    purposes: [Option<&'h HeaderValue>; 3],
    pub(super) is_scripted: bool,
    pub(super) upgrades: bool,
    pub(super) referer: Option<&'h HeaderValue>,
    trace_parent: Option<&'h HeaderValue>,
    trace_state: Option<&'h HeaderValue>,
    /// More than one `traceparent` is none.
    has_two_parents: bool,
}

impl<'h> Hints<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> Self {
        let mut hints = Self::default();
        for (name, value) in headers {
            let place = match name.as_str() {
                "accept" => &mut hints.accept,
                "content-type" => &mut hints.content_type,
                "referer" => &mut hints.referer,
                "traceparent" => {
                    hints.has_two_parents |= hints.trace_parent.is_some();
                    &mut hints.trace_parent
                }
                "tracestate" => &mut hints.trace_state,
                "sec-fetch-dest" => &mut hints.fetch_dest,
                "sec-fetch-mode" => &mut hints.fetch_mode,
                "sec-purpose" => &mut hints.purposes[0],
                "purpose" => &mut hints.purposes[1],
                "x-moz" => &mut hints.purposes[2],
                "x-requested-with" => {
                    hints.is_scripted = true;
                    continue;
                }
                "upgrade" => {
                    hints.upgrades = true;
                    continue;
                }
                _ => continue,
            };
            place.get_or_insert(value);
        }
        hints
    }

    /// Whether the browser only guesses that somebody may want this: `Sec-Purpose: prefetch`, with
    /// or without parameters (Fetch, "Sec-Purpose"); `Purpose` and `X-Moz` are what older browsers
    /// call it.
    pub(super) fn prefetches(&self) -> bool {
        let mut purposes = self.purposes.iter().filter_map(|purpose| text(*purpose));
        purposes.any(|purpose| purpose.starts_with("prefetch"))
    }

    /// The trace that the request belongs to.
    pub(super) fn trace(&self) -> Option<TraceContext> {
        let parent = self.trace_parent.filter(|_| !self.has_two_parents);
        TraceContext::of(parent, self.trace_state)
    }

    pub(super) fn accept(&self) -> Option<&'h str> {
        text(self.accept)
    }

    pub(super) fn content_type(&self) -> Option<&'h str> {
        text(self.content_type)
    }

    pub(super) fn fetch_dest(&self) -> Option<&'h str> {
        text(self.fetch_dest)
    }

    pub(super) fn fetch_mode(&self) -> Option<&'h str> {
        text(self.fetch_mode)
    }
}

fn text(value: Option<&HeaderValue>) -> Option<&str> {
    value.and_then(|value| value.to_str().ok())
}
