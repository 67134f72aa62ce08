//! Tokens that are good for whoever can prove possession: of a key (RFC 9449), of a certificate
//! (RFC 8705).

use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde_json::{Value, json};
use tower_b2c::testing::ManualClock;
use tower_b2c::{
    BearerLayer, BearerLayerBuilder, ClientCertificate, Clock as _, Config, MemoryStore, Secret,
};

use super::Answer;
use super::own_provider::{Kind, OwnApi, OwnProvider};
use crate::support::{Prover, sha256};

const URL: &str = "https://api.example.com/";

struct Bench {
    provider: OwnProvider,
    api: OwnApi,
    client: Prover,
}

impl Bench {
    fn new() -> Self {
        Self::with(|builder| builder)
    }

    fn with(parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder) -> Self {
        let provider = OwnProvider::new(Kind::Es256);
        let api = Self::instance(&provider, parts);
        Self {
            provider,
            api,
            client: Prover::new(),
        }
    }

    fn instance(
        provider: &OwnProvider,
        parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder,
    ) -> OwnApi {
        let base_url = format!("base_url = \"{URL}\"");
        provider.api_with("signing_algorithms = [\"ES256\"]", &base_url, parts)
    }

    /// Another instance of the API.
    fn beside(&self, parts: impl FnOnce(BearerLayerBuilder) -> BearerLayerBuilder) -> OwnApi {
        Self::instance(&self.provider, parts)
    }

    fn token(&self) -> String {
        let cnf = json!({ "jkt": self.client.thumbprint() });
        self.provider.token("at+jwt", |claims| claims["cnf"] = cnf)
    }

    fn now(&self) -> u64 {
        let now = self.provider.clock().now();
        now.duration_since(UNIX_EPOCH).unwrap().as_secs()
    }

    /// The header and the claims of a proof for this token, never the same twice.
    fn proof(&self, token: &str) -> (Value, Value) {
        let now = self.provider.clock().now();
        self.client.proof(URL, token, now)
    }

    async fn sends(&self, scheme: &str, token: &str, proof: &str) -> Answer {
        Self::sends_to(&self.api, scheme, token, proof).await
    }

    async fn sends_to(api: &OwnApi, scheme: &str, token: &str, proof: &str) -> Answer {
        let authorization = format!("{scheme} {token}");
        let headers = [("authorization", authorization.as_str()), ("dpop", proof)];
        api.sends(&headers).await
    }

    /// A good proof for this token, with this nonce.
    fn proof_with(&self, token: &str, nonce: &str) -> String {
        let (header, mut claims) = self.proof(token);
        claims["nonce"] = json!(nonce);
        self.client.signs(&header, &claims)
    }

    /// What comes of a good proof with this change.
    async fn changed(&self, change: impl FnOnce(&mut Value, &mut Value)) -> Answer {
        let token = self.token();
        let (mut header, mut claims) = self.proof(&token);
        change(&mut header, &mut claims);
        let proof = self.client.signs(&header, &claims);
        self.sends("DPoP", &token, &proof).await
    }
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let bench = Bench::new();
    let token = bench.token();
    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    let first = bench.sends("DPoP", &token, &proof).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.body);
    let replayed = bench.sends("dpop", &token, &proof).await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
    assert_eq!(replayed.reason(), "invalid_dpop_proof");
    let challenge = replayed.challenge();
    assert!(challenge.starts_with("DPoP ") && challenge.contains("algs=\"ES256 "));
    // Signed anew, with the same jti.
    let again = bench.client.signs(&header, &claims);
    assert_eq!(bench.sends("DPoP", &token, &again).await.status, 401);
    // The next request has a proof of its own.
    assert_eq!(bench.changed(|_, _| ()).await.status, StatusCode::OK);
}

/// What is done to a proof's header and claims.
type Change = Box<dyn FnOnce(&mut Value, &mut Value)>;

#[tokio::test]
async fn a_proof_is_for_one_request_and_one_token_and_one_key() {
    let bench = Bench::new();
    let other = Prover::new().jwk();
    let now = bench.now();
    let changes: Vec<(&str, Change)> = vec![
        ("typ", Box::new(|header, _| header["typ"] = json!("JWT"))),
        ("alg", Box::new(|header, _| header["alg"] = json!("none"))),
        (
            "HS256",
            Box::new(|header, _| header["alg"] = json!("HS256")),
        ),
        ("no key", Box::new(|header, _| header["jwk"] = Value::Null)),
        (
            "another key",
            Box::new(move |header, _| header["jwk"] = other),
        ),
        (
            "private",
            Box::new(|header, _| header["jwk"]["d"] = json!("AQAB")),
        ),
        (
            "crit",
            Box::new(|header, _| header["crit"] = json!(["jti"])),
        ),
        (
            "method",
            Box::new(|_, claims| claims["htm"] = json!("POST")),
        ),
        ("lower", Box::new(|_, claims| claims["htm"] = json!("get"))),
        (
            "path",
            Box::new(|_, claims| claims["htu"] = json!("https://api.example.com/x")),
        ),
        (
            "host",
            Box::new(|_, claims| claims["htu"] = json!("https://evil.example/")),
        ),
        (
            "scheme",
            Box::new(|_, claims| claims["htu"] = json!("http://api.example.com/")),
        ),
        (
            "user",
            Box::new(|_, claims| claims["htu"] = json!("https://a@api.example.com/")),
        ),
        ("no id", Box::new(|_, claims| claims["jti"] = json!(""))),
        ("id", Box::new(|_, claims| claims["jti"] = json!(7))),
        ("no time", Box::new(|_, claims| claims["iat"] = Value::Null)),
        (
            "old",
            Box::new(move |_, claims| claims["iat"] = json!(now - 121)),
        ),
        (
            "ahead",
            Box::new(move |_, claims| claims["iat"] = json!(now + 121)),
        ),
        ("no ath", Box::new(|_, claims| claims["ath"] = Value::Null)),
        (
            "ath",
            Box::new(|_, claims| claims["ath"] = json!(sha256("another"))),
        ),
    ];
    for (what, change) in changes {
        let answer = bench.changed(change).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}");
        assert_eq!(answer.reason(), "invalid_dpop_proof", "{what}");
    }
    // A query and a fragment do not count.
    let with_query = |_: &mut Value, claims: &mut Value| {
        claims["htu"] = json!("https://API.example.com:443/?a#b");
    };
    assert_eq!(bench.changed(with_query).await.status, StatusCode::OK);

    let token = bench.token();
    let thief = Prover::new();
    let (mut header, claims) = bench.proof(&token);
    header["jwk"] = thief.jwk();
    let proof = thief.signs(&header, &claims);
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 401);
    for garbage in ["", "x", "a.b.c"] {
        let answer = bench.sends("DPoP", &token, garbage).await;
        assert_eq!(answer.reason(), "invalid_dpop_proof", "{garbage}");
    }
}

#[tokio::test]
async fn two_proofs_or_none_are_none() {
    let bench = Bench::new();
    let token = bench.token();
    let authorization = format!("DPoP {token}");
    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    let twice = [
        ("authorization", authorization.as_str()),
        ("dpop", &proof),
        ("dpop", &proof),
    ];
    for headers in [&twice[..], &twice[..1]] {
        let answer = bench.api.sends(headers).await;
        assert_eq!(answer.reason(), "invalid_dpop_proof");
    }
    assert_eq!(bench.api.sends(&twice[..2]).await.status, StatusCode::OK);
}

#[tokio::test]
async fn no_scheme_stands_for_the_other() {
    let bench = Bench::new();
    let bound = bench.token();
    let (header, claims) = bench.proof(&bound);
    let proof = bench.client.signs(&header, &claims);
    let as_bearer = bench.sends("Bearer", &bound, &proof).await;
    assert_eq!(as_bearer.reason(), "invalid_token");
    // Once the token is known, too.
    assert_eq!(bench.changed(|_, _| ()).await.status, StatusCode::OK);
    assert_eq!(bench.sends("Bearer", &bound, &proof).await.status, 401);

    let plain = bench.provider.token("at+jwt", |_| {});
    let (header, claims) = bench.proof(&plain);
    let proof = bench.client.signs(&header, &claims);
    let as_dpop = bench.sends("DPoP", &plain, &proof).await;
    assert_eq!(as_dpop.reason(), "invalid_token");
    assert_eq!(bench.sends("Bearer", &plain, &proof).await.status, 200);
}

#[tokio::test]
async fn a_proof_is_good_once_on_all_instances_that_share_a_store() {
    let store = Arc::new(MemoryStore::default());
    let bench = Bench::with(|builder| builder.shared_proofs(Arc::clone(&store)));
    let second = bench.beside(|builder| builder.shared_proofs(Arc::clone(&store)));
    let alone = bench.beside(|builder| builder);
    let token = bench.token();
    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 200);
    let replayed = Bench::sends_to(&second, "DPoP", &token, &proof).await;
    assert_eq!(replayed.status, StatusCode::UNAUTHORIZED);
    assert_eq!(replayed.reason(), "invalid_dpop_proof");
    // One that shares nothing cannot know.
    let unknown = Bench::sends_to(&alone, "DPoP", &token, &proof).await;
    assert_eq!(unknown.status, StatusCode::OK);

    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    let both = tokio::join!(
        bench.sends("DPoP", &token, &proof),
        Bench::sends_to(&second, "DPoP", &token, &proof),
    );
    let mut statuses = [both.0.status.as_u16(), both.1.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401], "of a race one wins");
    // Tokens that are bound to nothing ask no store.
    let plain = bench.provider.token("at+jwt", |_| {});
    assert_eq!(bench.api.gets(&plain).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_proof_has_a_nonce_of_the_apis_where_one_is_wanted() {
    let secret = Secret::new("a secret of all instances, 32 characters");
    let other = Secret::new("another secret of, say, 32 characters");
    let bench = Bench::with(|builder| builder.dpop_nonces(secret.clone()));
    let second = bench.beside(|builder| builder.dpop_nonces(secret));
    let stranger = bench.beside(|builder| builder.dpop_nonces(other));
    let token = bench.token();
    let (header, claims) = bench.proof(&token);
    let without = bench.client.signs(&header, &claims);
    let asked = bench.sends("DPoP", &token, &without).await;
    assert_eq!(asked.status, StatusCode::UNAUTHORIZED);
    assert_eq!(asked.reason(), "use_dpop_nonce");
    let challenge = asked.challenge();
    assert!(challenge.starts_with("DPoP ") && challenge.contains("error=\"use_dpop_nonce\""));
    let nonce = asked.headers["dpop-nonce"].to_str().unwrap().to_owned();

    let proof = bench.proof_with(&token, &nonce);
    let answer = bench.sends("DPoP", &token, &proof).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    assert!(!answer.headers.contains_key("dpop-nonce"), "it is fresh");
    let proof = bench.proof_with(&token, &nonce);
    let answer = Bench::sends_to(&second, "DPoP", &token, &proof).await;
    assert_eq!(answer.status, StatusCode::OK, "of the same secret");
    let proof = bench.proof_with(&token, &nonce);
    let answer = Bench::sends_to(&stranger, "DPoP", &token, &proof).await;
    assert_eq!(answer.reason(), "use_dpop_nonce");

    // Half of its life later the next one comes with the answer.
    bench.provider.clock().advance(Duration::from_secs(150));
    let proof = bench.proof_with(&token, &nonce);
    let answer = bench.sends("DPoP", &token, &proof).await;
    assert_eq!(answer.status, StatusCode::OK);
    let next = answer.headers["dpop-nonce"].to_str().unwrap().to_owned();
    assert_ne!(next, nonce);
    bench.provider.clock().advance(Duration::from_secs(150));
    let late = bench.proof_with(&token, &nonce);
    assert_eq!(
        bench.sends("DPoP", &token, &late).await.reason(),
        "use_dpop_nonce"
    );
    let proof = bench.proof_with(&token, &next);
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 200);

    let other = if next.as_bytes()[20] == b'A' {
        "B"
    } else {
        "A"
    };
    let changed = format!("{}{other}{}", &next[..20], &next[21..]);
    for forged in ["", "x", "AAAAAGk", &changed] {
        let proof = bench.proof_with(&token, forged);
        let answer = bench.sends("DPoP", &token, &proof).await;
        assert_eq!(answer.reason(), "use_dpop_nonce", "{forged}");
    }
    // A token that is bound to nothing needs no proof.
    let plain = bench.provider.token("at+jwt", |_| {});
    assert_eq!(bench.api.gets(&plain).await.status, StatusCode::OK);
}

#[test]
fn a_secret_of_nonces_that_is_too_short_is_refused_when_the_layer_is_built() {
    let build = |secret: &str| {
        let text = "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\n\
                    [api]\naudiences = [\"api\"]";
        let config = Config::from_text(text).environment::<&str, &str>([]);
        let builder = BearerLayer::builder(config.load_api().unwrap());
        builder.dpop_nonces(Secret::new(secret)).build()
    };
    // Characters count, not bytes: 31 of them are 62 bytes here.
    for (short, length) in [("", 0), ("s3cret", 6), (&*"é".repeat(31), 31)] {
        let error = build(short).unwrap_err();
        let cause = std::error::Error::source(&error).unwrap().to_string();
        let told = format!("{error}: {cause}");
        assert!(told.contains("dpop_nonces is too short"), "{told}");
        assert!(
            cause.contains(&format!("{length} characters; 32")),
            "{told}"
        );
        assert!(!format!("{told} {error:?}").contains("s3cret"), "{told}");
    }
    build(&"s".repeat(32)).unwrap();
}

#[tokio::test]
async fn a_nonce_of_an_instance_whose_clock_is_ahead_is_good() {
    let secret = Secret::new("a secret of all instances, 32 characters");
    let bench = Bench::with(|builder| builder.dpop_nonces(secret.clone()));
    let (token, now) = (bench.token(), bench.provider.clock().now());
    for (ahead, status) in [(1, 200), (60, 200), (61, 401)] {
        let clock = ManualClock::new(now + Duration::from_secs(ahead));
        let other = bench.beside(|builder| builder.dpop_nonces(secret.clone()).clock(clock));
        let asked = Bench::sends_to(&other, "DPoP", &token, &bench.proof_with(&token, "")).await;
        assert_eq!(asked.reason(), "use_dpop_nonce");
        let nonce = asked.headers["dpop-nonce"].to_str().unwrap();
        let proof = bench.proof_with(&token, nonce);
        let answer = bench.sends("DPoP", &token, &proof).await;
        assert_eq!(answer.status, status, "{ahead} s ahead: {}", answer.body);
    }
}

#[tokio::test]
async fn the_next_nonce_comes_with_a_refusal_of_the_handlers_too() {
    let secret = Secret::new("a secret of all instances, 32 characters");
    let bench = Bench::with(|builder| builder.dpop_nonces(secret.clone()));
    let token = bench.token();
    let asked = bench
        .sends("DPoP", &token, &bench.proof_with(&token, ""))
        .await;
    let nonce = asked.headers["dpop-nonce"].to_str().unwrap();
    bench.provider.clock().advance(Duration::from_secs(150));
    let token = bench.token();
    let (header, mut claims) = bench.proof(&token);
    claims["nonce"] = json!(nonce);
    claims["htu"] = json!(format!("{URL}write"));
    let proof = bench.client.signs(&header, &claims);
    let authorization = format!("DPoP {token}");
    let headers = [("authorization", authorization.as_str()), ("dpop", &proof)];
    let refused = bench.api.sends_at("/write", &headers).await;
    assert_eq!(refused.reason(), "insufficient_scope", "{}", refused.body);
    let next = refused.headers["dpop-nonce"].to_str().unwrap();
    assert_ne!(next, nonce);
    let proof = bench.proof_with(&token, next);
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 200);
}

#[tokio::test]
async fn a_proof_outlives_no_clock() {
    let bench = Bench::new();
    let token = bench.token();
    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    bench.provider.clock().advance(Duration::from_secs(120));
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 200);
    bench.provider.clock().advance(Duration::from_secs(1));
    assert_eq!(bench.sends("DPoP", &token, &proof).await.status, 401);
}

#[tokio::test]
async fn a_token_bound_to_a_certificate_needs_that_certificate() {
    let bench = Bench::new();
    let certificate = b"what TLS says the client's certificate is";
    let own = ClientCertificate::of_der(certificate);
    let bound = json!({ "x5t#S256": own.thumbprint() });
    assert_eq!(
        own.thumbprint(),
        URL_SAFE_NO_PAD.encode(digest(&SHA256, certificate))
    );
    let token = bench
        .provider
        .token("at+jwt", |claims| claims["cnf"] = bound);
    let none = bench.api.gets(&token).await;
    assert_eq!(none.reason(), "invalid_token");
    let other = bench.api.shown(ClientCertificate::of_der(b"another"));
    assert_eq!(other.gets(&token).await.reason(), "invalid_token");
    let padded = format!("{}=", own.thumbprint());
    for same in [own, ClientCertificate::of_thumbprint(&padded)] {
        assert_eq!(bench.api.shown(same).gets(&token).await.status, 200);
    }
    // Neither of them is a key.
    let (header, claims) = bench.proof(&token);
    let proof = bench.client.signs(&header, &claims);
    assert_eq!(
        bench.sends("DPoP", &token, &proof).await.reason(),
        "invalid_token"
    );
}
