//! A sign-out that is under way at the provider: one sealed cookie until the browser is back.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, HeaderValue};
use serde::{Deserialize, Serialize};

use super::cookies::Cookies;
use super::key_ring::{KeyRing, KeyUse};
use crate::crypto::random;
use crate::format;
use crate::time::Timestamp;

/// Seals and compares the `state` of sign-out requests (OpenID Connect RP-Initiated Logout §2).
pub(crate) struct SignOuts {
    keys: Arc<KeyRing>,
    cookies: Cookies,
}

/// How the browser came back from the provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum CameBack {
    /// With the `state` that it was sent away with.
    AsSent,
    /// Without any: providers may leave it out, or the user went on by themselves.
    WithoutState,
    /// With another: this is not the answer to what this browser asked for.
    WithOtherState,
}

#[derive(Deserialize, Serialize)]
struct Contents {
    state: String,
    started: Timestamp,
}

impl SignOuts {
    pub(crate) fn new(keys: Arc<KeyRing>, cookies: Cookies) -> Self {
        Self { keys, cookies }
    }

    /// A fresh `state`, and the `Set-Cookie` value that remembers it.
    pub(crate) fn begin(&self, now: Timestamp) -> (String, HeaderValue) {
        let contents = Contents {
            state: URL_SAFE_NO_PAD.encode(random::<32>()),
            started: now,
        };
        let text = format::write(&contents, FORMAT);
        let name = self.cookies.sign_out();
        let sealed = self.keys.seal(KeyUse::SignOut, name.as_bytes(), &text);
        let cookie = self
            .cookies
            .set(name, &URL_SAFE_NO_PAD.encode(sealed), LIFETIME);
        (contents.state, cookie)
    }

    /// Compares what came back with what was sent; `None` if nothing was, or too long ago.
    pub(crate) fn came_back(
        &self,
        headers: &HeaderMap,
        state: Option<&str>,
        now: Timestamp,
    ) -> Option<CameBack> {
        let value = self.cookies.look(headers).sign_out?;
        let sealed = URL_SAFE_NO_PAD.decode(value).ok()?;
        let name = self.cookies.sign_out().as_bytes();
        let text = self.keys.open(KeyUse::SignOut, name, &sealed)?;
        let sent: Contents = format::read(&text, FORMAT).ok()?;
        if !now.is_within(LIFETIME, sent.started) {
            return None;
        }
        Some(match state {
            None => CameBack::WithoutState,
            Some(state) => {
                let (state, sent) = (state.as_bytes(), sent.state.as_bytes());
                match verify_slices_are_equal(state, sent) {
                    Ok(()) => CameBack::AsSent,
                    Err(_) => CameBack::WithOtherState,
                }
            }
        })
    }

    /// The `Set-Cookie` value that ends it.
    pub(crate) fn end(&self) -> HeaderValue {
        self.cookies.clear(self.cookies.sign_out())
    }
}

/// How long a sign-out at the provider may take: it may ask, and sign out elsewhere in turn.
const LIFETIME: Duration = Duration::from_secs(5 * 60);

const FORMAT: u8 = 1;
