//! The session as a front end in the browser may know it.

use std::time::SystemTime;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

use super::caller::Caller;
use super::respond::json_response;
use super::shell::Shell;
use crate::flow::{Refusal, is_protocol_claim};
use crate::guard::may_read;
use crate::session::{Claims, Peeked};

impl Shell {
    /// Tells whether somebody is signed in, who, and for how long. Asking does not count as use: a
    /// page that polls must not keep a session alive that nobody uses.
    pub(super) async fn session_info(
        &self,
        caller: &Caller,
        headers: &HeaderMap,
    ) -> Response<Bytes> {
        if !may_read(headers) {
            return self.refuse(caller, &Refusal::CsrfHeaderMissing);
        }
        let app = &self.config.app;
        let sign_in = app.url(&app.sign_in_path);
        let found = match self.ticket(headers) {
            Some(ticket) => self.sessions.peek(&ticket).await,
            None => Ok(None),
        };
        let body = match found {
            Ok(None) => json!({ "signed_in": false, "sign_in": sign_in }),
            Ok(Some(Peeked { record, expires_at })) => json!({
                "signed_in": true,
                "claims": self.told_claims(&record.claims),
                "user_flow": record.user_flow,
                "expires_in": self.seconds_until(expires_at),
                "absolute_expires_in": self.seconds_until(record.expires_at.to_system_time()),
                "sign_in": sign_in,
                "sign_out": app.url(&app.sign_out_path),
            }),
            Err(error) => return self.store_unavailable(caller, &error),
        };
        let mut response = json_response(StatusCode::OK, "application/json", &body);
        let same_origin = HeaderValue::from_static("same-origin");
        response.headers_mut().insert(RESOURCE_POLICY, same_origin);
        response
    }

    fn told_claims(&self, claims: &Claims) -> Map<String, Value> {
        let listed = self.config.app.edge.session_claims.as_ref();
        let told = claims.iter().filter(|(name, _)| match listed {
            Some(list) => list.iter().any(|listed| listed == name),
            None => *name == "sub" || !is_protocol_claim(name),
        });
        told.map(|(name, value)| (name.to_owned(), value.clone()))
            .collect()
    }

    fn seconds_until(&self, end: SystemTime) -> u64 {
        let left = end.duration_since(self.now().to_system_time());
        left.map_or(0, |left| left.as_secs())
    }
}

/// Fetch, "Cross-Origin-Resource-Policy": no other site embeds this.
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
