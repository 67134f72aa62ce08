//! Whether whoever shows a token has what it is bound to (RFC 9449 §7.1, RFC 8705 §3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, Request};
use url::Url;

use super::authorization::Scheme;
use super::certificate::ClientCertificate;
use super::replay::{Full, SeenProofs};
use super::token::Bearer;
use crate::crypto::sha256;
use crate::jwt::{Binding, DpopProof};
use crate::time::Timestamp;

/// Checks what tokens are bound to.
pub(super) struct Possession {
    /// Where the API is, for the URL that a proof names.
    base_url: Option<Url>,
    seen: SeenProofs,
}

/// Why a token is not theirs to show.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum NotProved {
    /// The token is not one to be shown in this way.
    Scheme(&'static str),
    Certificate(&'static str),
    Proof(&'static str),
    /// There is no room to remember one more proof.
    Busy,
}

impl Possession {
    pub(super) fn new(base_url: Option<Url>) -> Self {
        Self {
            base_url,
            seen: SeenProofs::default(),
        }
    }

    /// Checks a request with a token that was verified.
    pub(super) fn check<B>(
        &self,
        scheme: Scheme,
        (token, bearer): (&str, &Bearer),
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<(), NotProved> {
        match (scheme, bearer.binding()) {
            (Scheme::Bearer, None) => Ok(()),
            (Scheme::Bearer, Some(Binding::Key(_))) => Err(NotProved::Scheme(
                "the token is bound to a key and was shown without a proof",
            )),
            // The other way round it would look as if possession had been proved.
            (Scheme::Dpop, None | Some(Binding::Certificate(_))) => Err(NotProved::Scheme(
                "the token is bound to no key and was shown as if it were",
            )),
            (Scheme::Bearer, Some(Binding::Certificate(bound))) => {
                let shown = request.extensions().get::<ClientCertificate>();
                let shown = shown.ok_or(NotProved::Certificate(
                    "the token is bound to a certificate and the client showed none",
                ))?;
                (shown.thumbprint() == bound)
                    .then_some(())
                    .ok_or(NotProved::Certificate(
                        "the token is bound to another certificate",
                    ))
            }
            (Scheme::Dpop, Some(Binding::Key(bound))) => {
                let proof = self.proof(token, request, now)?;
                if proof.thumbprint != *bound {
                    return Err(NotProved::Proof("the token is bound to another key"));
                }
                match self.seen.is_first(&proof, now) {
                    Ok(true) => Ok(()),
                    Ok(false) => Err(NotProved::Proof("the proof was used before")),
                    Err(Full) => Err(NotProved::Busy),
                }
            }
        }
    }

    /// The proof of a request, if it is for this request and this token.
    fn proof<B>(
        &self,
        token: &str,
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<DpopProof, NotProved> {
        let mut values = request.headers().get_all(DPOP).iter();
        let value = values.next().and_then(|value| value.to_str().ok());
        let value = value.ok_or(NotProved::Proof("there is no proof"))?;
        if values.next().is_some() {
            return Err(NotProved::Proof("there are two proofs"));
        }
        let proof = DpopProof::verify(value, now).map_err(|reason| {
            tracing::info!(%reason, "a proof is not accepted");
            NotProved::Proof("the proof is not valid")
        })?;
        if proof.method != request.method().as_str() {
            return Err(NotProved::Proof("the proof is for another method"));
        }
        let base_url = self.base_url.as_ref().ok_or(NotProved::Proof(
            "what URL the API has is not known; set api.base_url",
        ))?;
        if !is_same(base_url, request.uri().path(), &proof.url) {
            return Err(NotProved::Proof("the proof is for another URL"));
        }
        let hash = URL_SAFE_NO_PAD.encode(sha256(token.as_bytes()));
        if proof.token_hash.as_deref() != Some(&*hash) {
            return Err(NotProved::Proof("the proof is for another token"));
        }
        Ok(proof)
    }
}

/// Whether the URL of a proof, without query and fragment, is that of the request. The API may be
/// mounted under a path that its routes do not see.
fn is_same(base_url: &Url, path: &str, named: &str) -> bool {
    let Ok(named) = Url::parse(named) else {
        return false;
    };
    let mounted = base_url.path().trim_end_matches('/');
    let beneath = path
        .strip_prefix(mounted)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let mut own = base_url.clone();
    own.set_path(&if beneath {
        path.to_owned()
    } else {
        format!("{mounted}{path}")
    });
    named.origin() == own.origin() && named.path() == own.path() && named.username().is_empty()
}

const DPOP: HeaderName = HeaderName::from_static("dpop");
