//! Scopes, as the app writes them and as the provider wants them.

use std::collections::HashMap;

use crate::config::Downstream;

/// The scopes of the configured APIs.
#[derive(Debug)]
pub(super) struct Scopes {
    /// As the configuration writes them, to as the provider wants them.
    full: HashMap<String, String>,
}

impl Scopes {
    pub(super) fn new(downstreams: &[Downstream]) -> Self {
        let mut full = HashMap::new();
        for api in downstreams {
            for scope in api.scopes() {
                // One short scope means one API; the configuration is checked for that.
                full.entry(scope.clone())
                    .or_insert_with(|| api.full_scope(scope));
            }
        }
        Self { full }
    }

    /// A scope as the provider writes it, whichever way it was given.
    pub(super) fn full<'s>(&'s self, scope: &'s str) -> &'s str {
        self.full.get(scope).map_or(scope, String::as_str)
    }

    /// Whether a scope, in full, belongs to a configured API.
    pub(super) fn is_known(&self, full: &str) -> bool {
        self.full.values().any(|known| known == full)
    }
}
