//! Proofs of possession that the instances of an API share in Redis (RFC 9449 §11.1).

use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use b2c_emulator::{Emulator, Forgery};
use http::{HeaderMap, Request, StatusCode, header};
use libtest_mimic::{Failed, Trial};
use serde_json::json;
use tokio::task::JoinSet;
use tower::ServiceExt as _;
use tower_b2c::{BearerLayer, Config, RedisStore, Secret};

use crate::server::{Redis, TOLD_WITHIN, eventually, needs};
use crate::support::Prover;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("redis_keeps_proofs_from_being_used_twice", shared),
        trial("redis_is_killed_and_proofs_are_refused", killed),
        trial("redis_stops_answering_about_a_proof", paused),
    ];
    trials
        .map(|trial| needs("redis-server", "apt-get install redis-server", trial))
        .into()
}

/// Two instances of an API, and a client with a token that is bound to its key.
struct Bench {
    emulator: Emulator,
    client: Prover,
    token: String,
    apis: [Router; 2],
}

impl Bench {
    async fn new(server: &Redis) -> Result<Self, Failed> {
        let emulator = Emulator::builder().start().await?;
        let client = Prover::new();
        let bound = Forgery::access_token(ADA);
        let bound = bound.claim("cnf", json!({ "jkt": client.thumbprint() }));
        let bench = Self {
            token: emulator.forge(&bound)?,
            apis: [api(&emulator, server)?, api(&emulator, server)?],
            emulator,
            client,
        };
        // Both know the provider's keys from here on.
        for api in &bench.apis {
            assert_eq!(ask(api, &bench.token, &bench.proof()).await.0, 200);
        }
        Ok(bench)
    }

    fn proof(&self) -> String {
        let now = SystemTime::now();
        let (header, claims) = self.client.proof(URL, &self.token, now);
        self.client.signs(&header, &claims)
    }

    /// What the first or the second instance answers to this proof, within the store's timeout.
    async fn sends(&self, api: usize, proof: &str) -> (StatusCode, HeaderMap) {
        let started = Instant::now();
        let answer = ask(&self.apis[api], &self.token, proof).await;
        let took = started.elapsed();
        assert!(took < TOLD_WITHIN, "{took:?}");
        answer
    }

    /// Both APIs, of a token that is bound; one that is not they take.
    async fn refuses_for_now(&self, proof: &str) -> Result<(), Failed> {
        for api in [0, 1] {
            let (status, headers) = self.sends(api, proof).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
            assert!(headers.contains_key(header::RETRY_AFTER));
        }
        self.a_plain_token_passes().await
    }

    /// Both APIs, once the store is back: who refused a proof once does not take it later.
    async fn takes_new_ones_alone(&self, refused: &str) -> Result<(), Failed> {
        for api in [0, 1] {
            eventually("a new proof is taken", async || {
                self.sends(api, &self.proof()).await.0 == StatusCode::OK
            })
            .await?;
            assert_eq!(self.sends(api, refused).await.0, StatusCode::UNAUTHORIZED);
        }
        Ok(())
    }

    /// A token that is bound to nothing needs no store.
    async fn a_plain_token_passes(&self) -> Result<(), Failed> {
        let token = self.emulator.forge(&Forgery::access_token(ADA))?;
        let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let answer = self.apis[0].clone().oneshot(request.body(Body::empty())?);
        assert_eq!(answer.await?.status(), StatusCode::OK);
        Ok(())
    }
}

/// An instance, with a connection to Redis of its own.
fn api(emulator: &Emulator, server: &Redis) -> Result<Router, Failed> {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let text = format!(
        r#"
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        [api]
        base_url = "{URL}"
        audiences = ["11112222-bbbb-3333-cccc-4444dddd5555"]
        "#
    );
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let store = RedisStore::new(&Secret::new(server.url()))?;
    // Long enough for a machine that is busy, and less than a caller is told within.
    let store = store.timeout(Duration::from_secs(3));
    let layer = BearerLayer::builder(config.load_api()?).shared_proofs(store);
    let layer = layer.discover_at_start(false).build()?;
    Ok(Router::new().route("/", get(async || "Hello")).layer(layer))
}

async fn ask(api: &Router, token: &str, proof: &str) -> (StatusCode, HeaderMap) {
    let request = Request::get("/")
        .header(header::AUTHORIZATION, format!("DPoP {token}"))
        .header("dpop", proof)
        .body(Body::empty())
        .unwrap();
    let (answer, _) = api.clone().oneshot(request).await.unwrap().into_parts();
    (answer.status, answer.headers)
}

async fn shared() -> Result<(), Failed> {
    let server = Redis::start()?;
    let bench = Bench::new(&server).await?;
    let proof = bench.proof();
    assert_eq!(bench.sends(0, &proof).await.0, StatusCode::OK);
    let (status, headers) = bench.sends(1, &proof).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    let challenge = headers[header::WWW_AUTHENTICATE].to_str()?;
    assert!(challenge.contains("invalid_dpop_proof"), "{challenge}");

    let proof = bench.proof();
    let mut racers = JoinSet::new();
    for number in 0..40 {
        let (api, token) = (bench.apis[number % 2].clone(), bench.token.clone());
        let proof = proof.clone();
        racers.spawn(async move { ask(&api, &token, &proof).await.0 });
    }
    let statuses = racers.join_all().await;
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    let outcome = [StatusCode::OK, StatusCode::UNAUTHORIZED].map(count);
    assert_eq!(outcome, [1, 39], "{statuses:?}");
    Ok(())
}

async fn killed() -> Result<(), Failed> {
    let mut server = Redis::start()?;
    let bench = Bench::new(&server).await?;
    server.kill()?;
    let proof = bench.proof();
    bench.refuses_for_now(&proof).await?;

    server.restart()?;
    bench.takes_new_ones_alone(&proof).await
}

async fn paused() -> Result<(), Failed> {
    let server = Redis::start()?;
    let bench = Bench::new(&server).await?;
    let proof = bench.proof();
    server.pause()?;
    // It has the question and does not answer.
    bench.refuses_for_now(&proof).await?;
    server.go_on()?;
    bench.takes_new_ones_alone(&proof).await
}

const URL: &str = "https://api.example.com/";
const ADA: &str = "ada@emulator.example";
