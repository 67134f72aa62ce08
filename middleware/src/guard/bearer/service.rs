//! The tower service.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::{Request, Response, header};
use tower_service::Service;

use super::authorization::{Scheme, access_token};
use super::challenge::{BearerChallenge, Reason};
use super::current::Current as Layer;
use super::future::{After, BearerFuture};
use super::gate::Gate;
use super::possession::{NotProved, Proved};
use super::token::Bearer;
use super::verifier::Unverified;
use crate::events::{AuditEvent, Occurrence};
use crate::jwt::InvalidToken;
use crate::layer::{B2cBody, Grpc};
use crate::metrics;
use crate::trace::{Current, TraceContext};

/// Lets requests with a good access token pass.
#[derive(Clone)]
pub struct BearerService<S> {
    inner: S,
    layer: Arc<Layer>,
}

impl<S> BearerService<S> {
    pub(super) fn new(inner: S, layer: Arc<Layer>) -> Self {
        Self { inner, layer }
    }
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for BearerService<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>> + Clone + Send + 'static,
    S::Future: Send,
    S::Error: Send + 'static,
    RequestBody: Send + 'static,
    ResponseBody: Send + 'static,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = BearerFuture<S::Future, ResponseBody, S::Error>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request<RequestBody>) -> Self::Future {
        // The settings of this moment, to the request's end.
        let gate = self.layer.gate();
        let metadata = gate.metadata.as_ref();
        if let Some(answer) = metadata.and_then(|metadata| metadata.answer(&request)) {
            return BearerFuture::answer(answer);
        }
        let mut after = After {
            gate,
            grpc: grpc(&request),
            bearer: None,
            next_nonce: None,
        };
        let gate = &*after.gate;
        // Nobody but this layer says who calls.
        request.extensions_mut().remove::<Bearer>();
        let verdict = match access_token(request.headers()) {
            Ok(None) if gate.optional => {
                return BearerFuture::pass(self.inner.call(request), after);
            }
            Ok(None) => Some(Err(BearerChallenge::token_required())),
            Ok(Some((scheme, token))) => gate.verifier.verify_now(token).map(|verdict| {
                let bearer = verdict.map_err(|reason| challenge(&reason))?;
                gate.prove(scheme, token, bearer, &request)
            }),
            Err(malformed) => {
                tracing::info!(reason = malformed.0, "an access token is not accepted");
                Some(Err(BearerChallenge(Reason::Malformed)))
            }
        };
        match verdict {
            Some(Ok((bearer, proved))) if proved.unique.is_none() => {
                after.let_pass(bearer, proved, &mut request);
                BearerFuture::pass(self.inner.call(request), after)
            }
            Some(Ok(known)) => self.wait(request, after, Some(known)),
            Some(Err(challenge)) => {
                tell(&challenge, request.uri().path());
                BearerFuture::answer(after.answer(&challenge))
            }
            None => self.wait(request, after, None),
        }
    }
}

impl<S> BearerService<S> {
    /// Asks the provider for its keys, if the token is not `known` to be good, and the store about a
    /// proof; then goes on.
    fn wait<RequestBody, ResponseBody>(
        &mut self,
        mut request: Request<RequestBody>,
        mut after: After,
        known: Option<(Bearer, Proved)>,
    ) -> BearerFuture<S::Future, ResponseBody, S::Error>
    where
        S: Service<Request<RequestBody>, Response = Response<ResponseBody>>
            + Clone
            + Send
            + 'static,
        S::Future: Send,
        S::Error: Send + 'static,
        RequestBody: Send + 'static,
        ResponseBody: Send + 'static,
    {
        // Readiness belongs to the instance that was polled, so that one goes into the future.
        let fresh = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, fresh);
        let token = access_token(request.headers()).ok().flatten();
        let (scheme, token) = token.unwrap_or((Scheme::Bearer, ""));
        let token = token.to_owned();
        BearerFuture::work(Box::pin(async move {
            let gate = Arc::clone(&after.gate);
            let current = TraceContext::from_headers(request.headers()).map(Current::of);
            let current = current.unwrap_or_default();
            let proved = match known {
                Some(known) => Ok(known),
                None => {
                    let verdict = current.hold(gate.verifier.verify(&token)).await;
                    let verdict = verdict.map_err(|reason| challenge(&reason));
                    verdict.and_then(|bearer| gate.prove(scheme, &token, bearer, &request))
                }
            };
            let proved = match proved {
                Ok((bearer, proved)) => gate.share(proved).await.map(|proved| (bearer, proved)),
                refused => refused,
            };
            match proved {
                Ok((bearer, proved)) => {
                    after.let_pass(bearer, proved, &mut request);
                    BearerFuture::pass(inner.call(request), after).await
                }
                Err(challenge) => {
                    tell(&challenge, request.uri().path());
                    Ok(after.answer(&challenge).map(B2cBody::own))
                }
            }
        }))
    }
}

impl Gate {
    /// The token, if whoever shows it has what it is bound to.
    fn prove<B>(
        &self,
        scheme: Scheme,
        token: &str,
        bearer: Bearer,
        request: &Request<B>,
    ) -> Result<(Bearer, Proved), BearerChallenge> {
        let now = self.verifier.now();
        let proved = self
            .possession
            .check(scheme, (token, &bearer), request, now);
        match proved {
            Ok(proved) => Ok((bearer, proved)),
            Err(reason) => Err(not_proved(reason)),
        }
    }

    /// Lets the other instances know of a proof, if none of them knows it yet.
    async fn share(&self, mut proved: Proved) -> Result<Proved, BearerChallenge> {
        if let Some((mark, until)) = proved.unique.take() {
            let shared = self.possession.share(mark, until).await;
            shared.map_err(not_proved)?;
        }
        Ok(proved)
    }
}

impl<S: fmt::Debug> fmt::Debug for BearerService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BearerService")
            .field("inner", &self.inner)
            .finish_non_exhaustive()
    }
}

impl After {
    /// The request goes on with the token, for as long as that lasts.
    fn let_pass<B>(&mut self, bearer: Bearer, proved: Proved, request: &mut Request<B>) {
        metrics::bearer_accepted();
        self.next_nonce = proved.next_nonce;
        self.bearer = Some(bearer.clone());
        request.extensions_mut().insert(bearer);
    }

    pub(super) fn answer(&self, challenge: &BearerChallenge) -> Response<Bytes> {
        metrics::bearer_challenged(challenge.reason());
        let metadata = self.gate.metadata.as_ref();
        challenge.answer(self.grpc, metadata.map(|metadata| metadata.url.as_str()))
    }
}

/// What the caller is told; the log is told why.
fn challenge(reason: &Unverified) -> BearerChallenge {
    match reason {
        Unverified::Invalid(reason) => {
            if *reason == InvalidToken::IdToken {
                tracing::warn!(%reason, "an access token is not accepted");
            } else {
                tracing::info!(%reason, "an access token is not accepted");
            }
            BearerChallenge(match reason {
                InvalidToken::Expired { .. } => Reason::Expired,
                _ => Reason::Invalid,
            })
        }
        Unverified::Unavailable(error) => {
            tracing::warn!(%error, "an access token cannot be verified");
            let retry_after = error.retry_after();
            BearerChallenge(Reason::Unavailable { retry_after })
        }
    }
}

/// As [`challenge`], of a token that is genuine.
fn not_proved(reason: NotProved) -> BearerChallenge {
    BearerChallenge(match reason {
        NotProved::Scheme(reason) | NotProved::Certificate(reason) => {
            tracing::warn!(reason, "an access token is not accepted");
            Reason::Invalid
        }
        NotProved::Proof(reason) => {
            tracing::info!(reason, "an access token is not accepted");
            Reason::NotProved
        }
        NotProved::Nonce { next } => Reason::UseNonce { nonce: next },
        NotProved::Store(error) => {
            tracing::error!(%error, "the store cannot tell whether a proof of possession is new");
            Reason::Unavailable { retry_after: None }
        }
        NotProved::Busy => {
            tracing::warn!("too many proofs of possession to remember; one was refused");
            Reason::Unavailable { retry_after: None }
        }
    })
}

/// Tells the audit of a token that was refused; that one is missing, or cannot be judged, is no event.
fn tell(challenge: &BearerChallenge, path: &str) {
    if matches!(
        challenge.0,
        Reason::Malformed | Reason::Invalid | Reason::Expired | Reason::NotProved
    ) {
        let event = AuditEvent {
            path: Some(path),
            reason: Some(challenge.reason()),
            ..AuditEvent::default()
        };
        event.tell(Occurrence::AccessTokenRefused);
    }
}

fn grpc<B>(request: &Request<B>) -> Option<Grpc> {
    let kind = request.headers().get(header::CONTENT_TYPE)?;
    kind.to_str().ok().and_then(Grpc::of)
}
