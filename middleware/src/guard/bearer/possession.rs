//! Whether whoever shows a token has what it is bound to (RFC 9449 §7.1, RFC 8705 §3).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderName, Request};
use url::Url;

use super::authorization::Scheme;
use super::certificate::ClientCertificate;
use super::nonces::{Nonces, Verdict};
use super::replay::{Full, SeenProofs};
use super::token::Bearer;
use crate::crypto::sha256;
use crate::jwt::{Binding, DpopProof};
use crate::session::{Mark, SessionStore, StoreError};
use crate::time::Timestamp;

/// Checks what tokens are bound to.
pub(super) struct Possession {
    /// Where the API is, for the URL that a proof names.
    base_url: Option<Url>,
    /// By one configuration after the other, or a proof would be good again after each.
    seen: Arc<SeenProofs>,
    /// Where instances see each other's proofs.
    shared: Option<Arc<dyn SessionStore>>,
    nonces: Option<Arc<Nonces>>,
}

/// What is left to do after a check.
#[derive(Debug, Default)]
pub(super) struct Proved {
    /// The nonce that the client should use from now on.
    pub(super) next_nonce: Option<String>,
    /// What no other instance may have seen, and until when that counts.
    pub(super) unique: Option<(Mark, Timestamp)>,
}

/// Why a token is not theirs to show.
#[derive(Debug)]
pub(super) enum NotProved {
    /// The token is not one to be shown in this way.
    Scheme(&'static str),
    Certificate(&'static str),
    Proof(&'static str),
    /// The proof is good but for its nonce.
    Nonce {
        next: String,
    },
    /// There is no room to remember one more proof.
    Busy,
    /// It cannot be told whether another instance has seen it.
    Store(StoreError),
}

impl Possession {
    pub(super) fn new(
        base_url: Option<Url>,
        shared: Option<Arc<dyn SessionStore>>,
        nonces: Option<Arc<Nonces>>,
    ) -> Self {
        Self {
            base_url,
            seen: Arc::default(),
            shared,
            nonces,
        }
    }

    /// For an API at this address, with these nonces. What was seen is seen.
    pub(super) fn renewed(&self, base_url: Option<Url>, nonces: Option<Arc<Nonces>>) -> Self {
        Self {
            base_url,
            seen: Arc::clone(&self.seen),
            shared: self.shared.clone(),
            nonces,
        }
    }

    pub(super) fn nonces(&self) -> Option<&Arc<Nonces>> {
        self.nonces.as_ref()
    }

    /// Where instances see each other's proofs.
    pub(super) fn shared(&self) -> Option<&Arc<dyn SessionStore>> {
        self.shared.as_ref()
    }

    /// Checks a request with a token that was verified.
    pub(super) fn check<B>(
        &self,
        scheme: Scheme,
        (token, bearer): (&str, &Bearer),
        request: &Request<B>,
        now: Timestamp,
    ) -> Result<Proved, NotProved> {
        match (scheme, bearer.binding()) {
            (Scheme::Bearer, None) => Ok(Proved::default()),
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
                    .then(Proved::default)
                    .ok_or(NotProved::Certificate(
                        "the token is bound to another certificate",
                    ))
            }
            (Scheme::Dpop, Some(Binding::Key(bound))) => {
                let proof = self.proof(token, request, now)?;
                if proof.thumbprint != *bound {
                    return Err(NotProved::Proof("the token is bound to another key"));
                }
                let next_nonce = self.next_nonce(&proof, now)?;
                match self.seen.is_first(&proof, now) {
                    Ok(true) => {}
                    Ok(false) => return Err(NotProved::Proof("the proof was used before")),
                    Err(Full) => return Err(NotProved::Busy),
                }
                let mark = || Mark::proof(&proof.thumbprint, &proof.id);
                let until = proof.issued_at + DpopProof::WINDOW;
                // Whoever judges with another clock may take it for some seconds longer.
                let until = until + DpopProof::WINDOW;
                let unique = self.shared.as_ref().map(|_| (mark(), until));
                Ok(Proved { next_nonce, unique })
            }
        }
    }

    /// Checks that no other instance has seen a proof, and lets them know.
    pub(super) async fn share(&self, mark: Mark, until: Timestamp) -> Result<(), NotProved> {
        let Some(store) = &self.shared else {
            return Ok(());
        };
        match mark.set(&**store, until).await {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotProved::Proof("the proof was used before, elsewhere")),
            Err(error) => Err(NotProved::Store(error)),
        }
    }

    /// The nonce to tell the client, if any; none of ours in the proof is a refusal.
    fn next_nonce(&self, proof: &DpopProof, now: Timestamp) -> Result<Option<String>, NotProved> {
        let Some(nonces) = &self.nonces else {
            return Ok(None);
        };
        match nonces.judge(proof.nonce.as_deref().unwrap_or_default(), now) {
            Verdict::Good => Ok(None),
            Verdict::Ageing => Ok(Some(nonces.issue(now))),
            Verdict::Unknown => Err(NotProved::Nonce {
                next: nonces.issue(now),
            }),
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
