//! An assertion that a function of the app's own brings, in place of a secret.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use b2c_emulator::{Client, Emulator, FederatedCredential, Tenant};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use tower_b2c::testing::ManualClock;
use tower_b2c::{
    AppTokens, AppTokensBuilder, B2cLayer, ClientAssertion, ClientConfig, Clock as _, Config,
    Secret, TokenError,
};

use super::{API, DAEMON, GUID};
use crate::support::KEY;

const ISSUER: &str = "https://platform.example";
const SUBJECT: &str = "system:serviceaccount:shop:orders";

/// A platform that issues tokens of ten minutes, and can be broken.
struct Platform {
    key: KeyPair,
    strange: KeyPair,
    /// How many of the next tokens are signed by the strange key.
    spoiled: AtomicUsize,
    clock: ManualClock,
    asked: AtomicUsize,
    is_away: AtomicBool,
}

impl Platform {
    fn new(clock: ManualClock) -> Arc<Self> {
        Arc::new(Self {
            key: key(),
            strange: key(),
            spoiled: AtomicUsize::default(),
            clock,
            asked: AtomicUsize::default(),
            is_away: AtomicBool::default(),
        })
    }

    fn trust(&self) -> FederatedCredential {
        // Of 2048 bits and with the exponent 65537 it always looks like this (RFC 8017, A.1.1).
        let public = self.key.public_key().as_ref();
        assert_eq!(public.len(), 270);
        let number = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
        let (modulus, exponent) = (number(&public[9..265]), number(&public[267..]));
        let key = json!({ "kty": "RSA", "kid": "1", "n": modulus, "e": exponent });
        let set = json!({ "keys": [key] }).to_string();
        FederatedCredential::new(ISSUER, SUBJECT, set.try_into().unwrap())
    }

    fn issue(&self) -> Result<ClientAssertion, String> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        if self.is_away.load(Ordering::Relaxed) {
            return Err("the platform's agent is away".to_owned());
        }
        let now = self.clock.now().duration_since(UNIX_EPOCH).unwrap();
        let ends = now + Duration::from_secs(600);
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let header = part(json!({ "alg": "RS256", "kid": "1", "typ": "JWT" }));
        let claims = part(json!({
            "jti": self.asked(), "iss": ISSUER, "sub": SUBJECT, "aud": "api://AzureADTokenExchange",
            "nbf": now.as_secs(), "iat": now.as_secs(), "exp": ends.as_secs(),
        }));
        let message = format!("{header}.{claims}");
        let spoiled = |left: usize| left.checked_sub(1);
        let order = Ordering::Relaxed;
        let is_spoiled = self.spoiled.fetch_update(order, order, spoiled).is_ok();
        let keys = if is_spoiled { &self.strange } else { &self.key };
        let mut signature = vec![0; keys.public_modulus_len()];
        let random = SystemRandom::new();
        keys.sign(
            &RSA_PKCS1_SHA256,
            &random,
            message.as_bytes(),
            &mut signature,
        )
        .unwrap();
        let token = format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature));
        Ok(ClientAssertion::new(Secret::new(token), UNIX_EPOCH + ends))
    }

    fn asked(&self) -> usize {
        self.asked.load(Ordering::Relaxed)
    }

    fn break_off(&self, is_away: bool) {
        self.is_away.store(is_away, Ordering::Relaxed);
    }
}

fn key() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).unwrap()
}

/// A worker of Entra ID's, its platform, and the clock that all of them go by.
struct Worker {
    emulator: Emulator,
    platform: Arc<Platform>,
    clock: ManualClock,
    tokens: AppTokens,
}

impl Worker {
    async fn start() -> Self {
        let clock = ManualClock::default();
        let platform = Platform::new(clock.clone());
        let daemon = Client::new(DAEMON, "")
            .app_roles(["demo.all"])
            .federated_credential(platform.trust());
        let tenant = Tenant::entra("fabrikam").id(GUID).client(daemon);
        let emulator = Emulator::builder().add_tenant(tenant).start().await;
        let emulator = emulator.unwrap();
        let config = client(&settings(emulator.base_url(), CALLBACK));
        let tokens = asking(AppTokens::builder(config), &platform)
            .clock(clock.clone())
            .build()
            .unwrap();
        Self {
            emulator,
            platform,
            clock,
            tokens,
        }
    }

    fn wait(&self, time: Duration) {
        self.clock.advance(time);
        self.emulator.advance_clock(time);
    }

    /// How many requests for tokens the provider had.
    fn requests(&self) -> usize {
        let requests = self.emulator.requests();
        let of_app = |grant: Option<&str>| grant == Some("client_credentials");
        let asked = requests
            .iter()
            .filter(|request| of_app(request.grant_type()));
        asked.count()
    }
}

fn asking(builder: AppTokensBuilder, platform: &Arc<Platform>) -> AppTokensBuilder {
    let platform = Arc::clone(platform);
    builder.client_assertion(move |request| {
        assert_eq!(
            (request.provider(), request.client_id()),
            ("default", DAEMON)
        );
        let platform = Arc::clone(&platform);
        async move {
            tokio::task::yield_now().await;
            platform.issue()
        }
    })
}

fn settings(base: &str, credential: &str) -> String {
    format!(
        r#"
        [app]
        base_url = "https://app.example"
        [session]
        cookie_key = {{ env = "KEY" }}
        [provider]
        kind = "entra"
        emulator = true
        instance = "{base}"
        tenant = "{GUID}"
        client_id = "{DAEMON}"
        {credential}
        [[downstream]]
        name = "demo"
        base_url = "{base}/api"
        resource = "api://{API}"
        scopes = ["demo.read"]
        [[downstream]]
        name = "graph"
        base_url = "https://graph.microsoft.com"
        scopes = ["https://graph.microsoft.com/.default"]
        "#
    )
}

fn client(settings: &str) -> ClientConfig {
    file(settings).load_client().unwrap()
}

fn file(settings: &str) -> tower_b2c::ConfigFile {
    Config::from_text(settings).environment([("KEY", KEY), ("SECRET", "of the daemon")])
}

const CALLBACK: &str =
    "client_authentication = \"workload_identity\"\nclient_assertion = \"callback\"";
const LOOPBACK: &str = "http://localhost:1";

#[tokio::test]
async fn an_assertion_serves_until_it_ends_and_then_is_asked_for_again() {
    let worker = Worker::start().await;
    assert_eq!(worker.platform.asked(), 0, "nobody needs one yet");
    let first = worker.tokens.token_for("demo").await.unwrap();
    let second = worker.tokens.replace_token_for("demo", &first, None).await;
    let second = second.unwrap();
    assert_eq!((worker.platform.asked(), worker.requests()), (1, 2));
    // With half a minute left it might end on its way.
    worker.wait(Duration::from_secs(571));
    let third = worker.tokens.replace_token_for("demo", &second, None).await;
    third.unwrap();
    assert_eq!((worker.platform.asked(), worker.requests()), (2, 3));
}

#[tokio::test]
async fn a_crowd_asks_once() {
    let worker = Worker::start().await;
    let (one, other) = tokio::join!(
        worker.tokens.token_for("demo"),
        worker
            .tokens
            .access_token(&["https://graph.microsoft.com/.default"]),
    );
    one.unwrap();
    // What comes of the other one is the provider's to say.
    drop(other);
    assert_eq!((worker.platform.asked(), worker.requests()), (1, 2));
}

#[tokio::test]
async fn a_function_that_fails_is_as_a_provider_that_is_away() {
    let worker = Worker::start().await;
    worker.platform.break_off(true);
    let error = worker.tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { .. }), "{error:?}");
    assert_eq!(worker.requests(), 0, "there was nothing to send");
    worker.platform.break_off(false);
    worker.wait(Duration::from_secs(5));
    worker.tokens.token_for("demo").await.unwrap();
    assert_eq!(worker.platform.asked(), 2);
}

#[tokio::test]
async fn a_function_that_panics_costs_one_request() {
    let worker = Worker::start().await;
    let (platform, calls) = (Arc::clone(&worker.platform), Arc::new(AtomicUsize::new(0)));
    let config = client(&settings(worker.emulator.base_url(), CALLBACK));
    let tokens = AppTokens::builder(config)
        .clock(worker.clock.clone())
        .client_assertion(move |_| {
            let (platform, calls) = (Arc::clone(&platform), Arc::clone(&calls));
            async move {
                tokio::task::yield_now().await;
                let number = calls.fetch_add(1, Ordering::Relaxed);
                assert_ne!(number, 0, "the first call panics");
                platform.issue()
            }
        })
        .build()
        .unwrap();
    let error = tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { .. }), "{error:?}");
    assert_eq!(worker.requests(), 0, "there was nothing to send");
    worker.wait(Duration::from_secs(5));
    tokens.token_for("demo").await.unwrap();
    assert_eq!(worker.requests(), 1);
}

#[tokio::test]
async fn an_assertion_that_is_over_is_not_sent() {
    let worker = Worker::start().await;
    let clock = worker.clock.clone();
    let config = client(&settings(worker.emulator.base_url(), CALLBACK));
    let tokens = AppTokens::builder(config)
        .clock(clock.clone())
        .client_assertion(move |_| {
            let over = ClientAssertion::new(Secret::new("a.b.c"), clock.now());
            std::future::ready(Ok::<_, String>(over))
        })
        .build()
        .unwrap();
    let error = tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { .. }), "{error:?}");
    assert_eq!(worker.requests(), 0);
}

#[tokio::test]
async fn an_assertion_that_is_refused_is_asked_for_anew_once() {
    let worker = Worker::start().await;
    // Signed by a key that the platform has just given up.
    worker.platform.spoiled.store(1, Ordering::Relaxed);
    worker.tokens.token_for("demo").await.unwrap();
    assert_eq!((worker.platform.asked(), worker.requests()), (2, 2));

    let worker = Worker::start().await;
    worker.platform.spoiled.store(usize::MAX, Ordering::Relaxed);
    let refused = worker.tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(refused, TokenError::Refused { .. }), "{refused:?}");
    assert_eq!((worker.platform.asked(), worker.requests()), (2, 2));
}

#[test]
fn a_function_is_given_if_and_only_if_the_configuration_says_so() {
    let platform = Platform::new(ManualClock::default());
    let told = |error: tower_b2c::Error| {
        let cause = std::error::Error::source(&error).unwrap();
        format!("{error}: {cause}")
    };
    let callback = settings(LOOPBACK, CALLBACK);
    let secret = settings(LOOPBACK, "client_secret = { env = \"SECRET\" }");
    let missing = "the provider \"default\" has client_assertion = \"callback\" and no function";
    let too_much = "no provider has client_assertion = \"callback\"";

    let error = AppTokens::new(client(&callback)).unwrap_err();
    assert!(told(error).contains(missing));
    let error = asking(AppTokens::builder(client(&secret)), &platform).build();
    assert!(told(error.unwrap_err()).contains(too_much));

    let error = B2cLayer::new(file(&callback).load().unwrap()).unwrap_err();
    assert!(told(error).contains(missing));
    let layer = B2cLayer::builder(file(&secret).load().unwrap());
    let given = layer.client_assertion(|_| std::future::ready(Err::<ClientAssertion, _>("none")));
    assert!(told(given.build().unwrap_err()).contains(too_much));
    let layer = B2cLayer::builder(file(&callback).load().unwrap());
    let given = layer.client_assertion(|_| std::future::ready(Err::<ClientAssertion, _>("none")));
    given.build().unwrap();
}
