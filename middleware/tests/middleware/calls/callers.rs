//! Calls for the user of whoever called.

use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Router};
use b2c_emulator::{Emulator, Forgery, Tenant};
use bytes::Bytes;
use http::{Request, StatusCode, header};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use serde_json::Value;
use tower::{Layer as _, ServiceExt as _};
use tower_b2c::client::{AccessTokenLayer, CallError, DownstreamError};
use tower_b2c::testing::ManualClock;
use tower_b2c::{AppTokens, Bearer, BearerLayer, ClaimsChallenge, Config, Downstream, TokenError};

use super::Api;

const ADA: &str = "ada@emulator.example";
const TENANT: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
/// The API in the middle, to which the emulator's access tokens are addressed.
const MIDDLE: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const SECRET: &str = "the secret of the API in the middle";

/// An API that calls the next one for whoever calls it.
struct Middle {
    emulator: Emulator,
    clock: ManualClock,
    next: Api,
    app: Router,
}

#[derive(Clone)]
struct Shared {
    tokens: AppTokens,
    apis: Vec<Downstream>,
}

impl Middle {
    async fn new() -> Self {
        Self::of("entra").await
    }

    async fn of(kind: &str) -> Self {
        let client = b2c_emulator::Client::new(MIDDLE, SECRET);
        let builder = match kind {
            "b2c" => Emulator::builder(),
            _ => {
                Emulator::builder().add_tenant(Tenant::entra("fabrikam").id(TENANT).client(client))
            }
        };
        let (emulator, next) = (builder.start().await.unwrap(), Api::start().await);
        let (base, tenant) = (emulator.base_url(), emulator.tenant());
        let place = match kind {
            "b2c" => format!(
                "tenant = \"{tenant}\"\nuser_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}"
            ),
            _ => format!("tenant = \"{TENANT}\""),
        };
        let base_url = &next.base_url;
        let text = format!(
            "[provider]\nemulator = true\nkind = \"{kind}\"\ninstance = \"{base}\"\n{place}\n\
             client_id = \"{MIDDLE}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
             [api]\naudiences = [\"{MIDDLE}\"]\n\
             [[downstream]]\nname = \"next\"\nbase_url = \"{base_url}\"\n\
             scopes = [\"https://graph.microsoft.com/User.Read\"]"
        );
        let file = || Config::from_text(text.clone()).environment([("SECRET", SECRET)]);
        let clock = ManualClock::default();
        let layer = BearerLayer::builder(file().load_api().unwrap())
            .clock(clock.clone())
            .discover_at_start(false)
            .build();
        let config = file().load_client().unwrap();
        let apis = config.downstreams().to_vec();
        let tokens = AppTokens::builder(config).clock(clock.clone()).build();
        let shared = Shared {
            tokens: tokens.unwrap(),
            apis,
        };
        let app = Router::new()
            .route("/layer", get(by_layer))
            .route("/bearer", get(by_bearer))
            .route("/helper", get(by_helper))
            .layer(layer.unwrap())
            .with_state(shared);
        Self {
            emulator,
            clock,
            next,
            app,
        }
    }

    fn token(&self) -> String {
        let forgery = Forgery::access_token(ADA);
        match self.emulator.in_tenant(TENANT) {
            Ok(tenant) => tenant.forge(&forgery).unwrap(),
            Err(_) => self.emulator.forge(&forgery).unwrap(),
        }
    }

    async fn gets(&self, path: &str, token: &str) -> http::response::Parts {
        let request = Request::get(path).header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(axum::body::Body::empty()).unwrap();
        let answer = self.app.clone().oneshot(request).await.unwrap();
        answer.into_parts().0
    }

    fn exchanges(&self) -> usize {
        let requests = self.emulator.requests();
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let exchanges = requests
            .iter()
            .filter(|request| request.grant_type() == Some(kind));
        exchanges.count()
    }

    fn wait(&self) {
        self.clock.advance(Duration::from_secs(1));
        self.emulator.advance_clock(Duration::from_secs(1));
    }
}

async fn by_layer(
    State(shared): State<Shared>,
    Extension(bearer): Extension<Bearer>,
) -> Result<(), CallError> {
    let mut request = to(&shared);
    request.extensions_mut().insert(bearer);
    let layer = AccessTokenLayer::for_caller(shared.tokens, shared.apis);
    send(layer, request).await
}

async fn by_bearer(
    State(shared): State<Shared>,
    Extension(bearer): Extension<Bearer>,
) -> Result<(), CallError> {
    let request = to(&shared);
    let layer = AccessTokenLayer::for_bearer(shared.tokens, bearer, shared.apis);
    send(layer, request).await
}

async fn by_helper(
    State(shared): State<Shared>,
    Extension(bearer): Extension<Bearer>,
) -> Result<(), DownstreamError> {
    let next = shared.tokens.downstream_for(&bearer, "next")?;
    next.get_json::<Value>("/me").await.map(drop)
}

fn to(shared: &Shared) -> Request<Full<Bytes>> {
    let uri = format!("{}/me", shared.apis[0].base_url());
    Request::get(uri).body(Full::default()).unwrap()
}

async fn send(layer: AccessTokenLayer, request: Request<Full<Bytes>>) -> Result<(), CallError> {
    let layer = layer.replaying(|body: &Full<Bytes>| Some(body.clone()));
    let client = Client::builder(TokioExecutor::new()).build_http();
    let answer = layer.layer(client).oneshot(request).await?;
    assert_eq!(answer.status(), StatusCode::OK);
    Ok(())
}

const WAYS: [&str; 3] = ["/layer", "/bearer", "/helper"];

#[tokio::test]
async fn the_next_api_gets_a_token_made_of_the_callers() {
    let middle = Middle::new().await;
    let token = middle.token();
    for way in WAYS {
        assert_eq!(
            middle.gets(way, &token).await.status,
            StatusCode::OK,
            "{way}"
        );
    }
    let seen = middle.next.seen();
    let own = seen[0].authorization();
    assert!(
        own.starts_with("Bearer ey") && !own.contains(&token),
        "{own}"
    );
    assert!(seen.iter().all(|seen| seen.authorization() == own));
    assert_eq!(middle.exchanges(), 1);
}

#[tokio::test]
async fn a_refused_token_is_exchanged_for_another() {
    for way in WAYS {
        let middle = Middle::new().await;
        let token = middle.token();
        middle.gets(way, &token).await;
        let old = middle.next.seen()[0].authorization().to_owned();
        middle.wait();
        middle.next.takes_no_more(&old);
        assert_eq!(
            middle.gets(way, &token).await.status,
            StatusCode::OK,
            "{way}"
        );
        let seen = middle.next.seen();
        assert_eq!(seen.len(), 3, "{way}");
        assert_ne!(seen[2].authorization(), old);
        assert_eq!(middle.exchanges(), 2, "{way}");
    }
}

#[tokio::test]
async fn claims_are_for_the_caller_to_answer() {
    for way in WAYS {
        let middle = Middle::new().await;
        middle.next.asks_for_claims();
        let parts = middle.gets(way, &middle.token()).await;
        assert_eq!(parts.status, StatusCode::UNAUTHORIZED, "{way}");
        let challenge = ClaimsChallenge::from_headers(&parts.headers).unwrap();
        assert!(challenge.as_json().contains("1604106651"), "{way}");
        // Another token made of the same one would not help, so none is asked for.
        assert_eq!(
            (middle.exchanges(), middle.next.seen().len()),
            (1, 1),
            "{way}"
        );
    }
}

#[tokio::test]
async fn b2c_is_refused_and_nothing_is_sent() {
    let middle = Middle::of("b2c").await;
    for way in WAYS {
        let parts = middle.gets(way, &middle.token()).await;
        assert_eq!(parts.status, StatusCode::BAD_GATEWAY, "{way}");
        let error = parts.extensions.get::<TokenError>();
        assert!(
            matches!(error, Some(TokenError::Unsupported { .. })),
            "{error:?}"
        );
    }
    assert!(middle.next.seen().is_empty());
    assert_eq!(middle.exchanges(), 0);
}

#[tokio::test]
async fn nobody_is_no_caller() {
    let middle = Middle::new().await;
    let base = middle.emulator.base_url();
    let text = format!(
        "[provider]\nemulator = true\nkind = \"entra\"\ninstance = \"{base}\"\n\
         tenant = \"{TENANT}\"\nclient_id = \"{MIDDLE}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
         [[downstream]]\nname = \"next\"\nbase_url = \"{}\"\nscopes = [\"User.Read\"]",
        middle.next.base_url
    );
    let file = Config::from_text(text).environment([("SECRET", SECRET)]);
    let config = file.load_client().unwrap();
    let apis = config.downstreams().to_vec();
    let tokens = AppTokens::new(config).unwrap();
    let shared = Shared { tokens, apis };
    let request = to(&shared);
    let layer = AccessTokenLayer::for_caller(shared.tokens, shared.apis);
    let error = send(layer, request).await.unwrap_err();
    assert!(matches!(error, CallError::NoBearer), "{error:?}");
    assert!(error.bearer_challenge().is_some() && error.challenge().is_none());
    assert!(middle.next.seen().is_empty());
}
