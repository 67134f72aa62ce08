//! An OpenID provider that signs as the test says, behind a client that never leaves the process.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
};
use axum::Router;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use tower_b2c::testing::ManualClock;
use tower_b2c::{
    BearerLayer, BearerLayerBuilder, BoxFuture, ClientCertificate, Clock, Config, HttpClient,
    HttpError,
};

use super::{Answer, app, send};

/// What the provider signs with.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Rs256,
    Ps256,
    Es256,
}

/// `https://id.example.com`.
#[derive(Clone)]
pub(super) struct OwnProvider(Arc<Inner>);

struct Inner {
    kind: Kind,
    ec: EcdsaKeyPair,
    rsa: RsaKeyPair,
    /// Which key is current, and how many were before it.
    generation: AtomicUsize,
    is_away: AtomicBool,
    /// Members that its key has beyond those of RFC 7517.
    members: Value,
    requests: AtomicUsize,
    clock: ManualClock,
}

/// An API that trusts it.
pub(super) struct OwnApi(Router);

impl OwnProvider {
    pub(super) fn new(kind: Kind) -> Self {
        Self::listing(kind, json!({}))
    }

    /// One whose key has more members.
    pub(super) fn listing(kind: Kind, members: Value) -> Self {
        Self(Arc::new(Inner {
            kind,
            ec: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            rsa: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            generation: AtomicUsize::new(0),
            is_away: AtomicBool::new(false),
            members,
            requests: AtomicUsize::new(0),
            clock: ManualClock::default(),
        }))
    }

    /// An API with these lines in `[provider]` and `[api]`.
    pub(super) fn api(&self, provider: &str, lines: &str) -> OwnApi {
        OwnApi(app().layer(self.layer(provider, lines)))
    }

    pub(super) fn layer(&self, provider: &str, lines: &str) -> BearerLayer {
        self.layer_with(provider, lines, |builder| builder)
    }

    /// The same, with parts of the test's own.
    pub(super) fn api_with(
        &self,
        provider: &str,
        lines: &str,
        parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder,
    ) -> OwnApi {
        OwnApi(app().layer(self.layer_with(provider, lines, parts)))
    }

    pub(super) fn layer_with(
        &self,
        provider: &str,
        lines: &str,
        parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder,
    ) -> BearerLayer {
        let text = format!(
            "[provider]\nkind = \"oidc\"\nissuer = \"{ISSUER}\"\n{provider}\n\
             [api]\naudiences = [\"https://api.example.com\"]\n{lines}"
        );
        let config = Config::from_text(text).environment::<&str, &str>([]);
        let builder = BearerLayer::builder(config.load_api().unwrap());
        let builder = builder
            .http_client(self.clone())
            .clock(self.clock().clone());
        parts(builder.discover_at_start(false)).build().unwrap()
    }

    pub(super) fn clock(&self) -> &ManualClock {
        &self.0.clock
    }

    /// Whether it answers with 503 from now on.
    pub(super) fn is_away(&self, is_away: bool) {
        self.0.is_away.store(is_away, Ordering::SeqCst);
    }

    /// Names its key anew, and lists the new name only.
    pub(super) fn rotates(&self) {
        self.0.generation.fetch_add(1, Ordering::SeqCst);
    }

    /// How often it was asked for metadata or keys.
    pub(super) fn requests(&self) -> usize {
        self.0.requests.load(Ordering::SeqCst)
    }

    /// A token as RFC 9068 §2 has it, for Ada through a job, with changes to its claims.
    pub(super) fn token(&self, typ: &str, change: impl FnOnce(&mut Value)) -> String {
        let mut claims = self.claims();
        change(&mut claims);
        self.sign(
            &json!({ "typ": typ, "alg": self.alg(), "kid": self.kid() }),
            &claims,
        )
    }

    /// What such a token says.
    pub(super) fn claims(&self) -> Value {
        let now = self.clock().now();
        let now = now.duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
        json!({
            "iss": ISSUER, "aud": "https://api.example.com", "sub": "ada", "client_id": "job",
            "iat": now, "exp": now + 3600, "jti": "one", "scope": "demo.read",
        })
    }

    /// A token with this header, signed as the provider signs, whatever the header says.
    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }

    /// The same, of texts that may be no JSON.
    pub(super) fn sign_text(&self, header: &str, claims: &str) -> String {
        let encode = |part: &str| URL_SAFE_NO_PAD.encode(part);
        let signed = format!("{}.{}", encode(header), encode(claims));
        let (message, random) = (signed.as_bytes(), SystemRandom::new());
        let mut signature = vec![0; self.0.rsa.public_modulus_len()];
        match self.0.kind {
            Kind::Es256 => {
                signature = self.0.ec.sign(&random, message).unwrap().as_ref().to_vec();
            }
            Kind::Ps256 => {
                let padding = &RSA_PSS_SHA256;
                let rsa = &self.0.rsa;
                rsa.sign(padding, &random, message, &mut signature).unwrap();
            }
            Kind::Rs256 => {
                let padding = &RSA_PKCS1_SHA256;
                let rsa = &self.0.rsa;
                rsa.sign(padding, &random, message, &mut signature).unwrap();
            }
        }
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    pub(super) fn alg(&self) -> &'static str {
        match self.0.kind {
            Kind::Rs256 => "RS256",
            Kind::Ps256 => "PS256",
            Kind::Es256 => "ES256",
        }
    }

    pub(super) fn kid(&self) -> String {
        format!("key-{}", self.0.generation.load(Ordering::SeqCst))
    }

    fn document(&self, path: &str) -> Option<Value> {
        match path {
            "/.well-known/openid-configuration" => Some(json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/authorize"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
            })),
            "/keys" => {
                let mut key = self.key();
                let members = self.0.members.as_object()?.clone();
                key.as_object_mut()?.extend(members);
                Some(json!({ "keys": [key] }))
            }
            _ => None,
        }
    }

    fn key(&self) -> Value {
        let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        if self.0.kind == Kind::Es256 {
            let public = self.0.ec.public_key();
            let (x, y) = public.as_ref()[1..].split_at(32);
            return json!({
                "kty": "EC", "crv": "P-256", "kid": self.kid(), "x": encode(x), "y": encode(y),
            });
        }
        // PKCS#1: a sequence of the modulus, with a zero before it, and the exponent 65537.
        let public = self.0.rsa.public_key();
        let modulus = &public.as_ref()[9..265];
        json!({
            "kty": "RSA", "kid": self.kid(),
            "n": encode(modulus), "e": "AQAB",
        })
    }
}

impl HttpClient for OwnProvider {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        self.0.requests.fetch_add(1, Ordering::SeqCst);
        let document = self.document(request.uri().path());
        let mut response = Response::new(document.unwrap_or_default().to_string().into_bytes());
        if self.0.is_away.load(Ordering::SeqCst) {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        Box::pin(async move {
            // As any answer from the network, it takes a while.
            tokio::task::yield_now().await;
            Ok(response)
        })
    }
}

impl OwnApi {
    pub(super) async fn gets(&self, token: &str) -> Answer {
        let authorization = format!("Bearer {token}");
        self.sends(&[("authorization", &authorization)]).await
    }

    pub(super) async fn sends(&self, headers: &[(&str, &str)]) -> Answer {
        self.sends_at("/", headers).await
    }

    pub(super) async fn sends_at(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        send(&self.0, path, &headers).await
    }

    /// As from a client that showed this certificate.
    pub(super) fn shown(&self, certificate: ClientCertificate) -> Self {
        Self(self.0.clone().layer(axum::Extension(certificate)))
    }
}

const ISSUER: &str = "https://id.example.com";
