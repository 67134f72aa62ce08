//! Calls in the app's own name.

use std::time::Duration;

use axum::response::IntoResponse as _;
use b2c_emulator::{Client, Emulator, Tenant};
use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _};
use tower_b2c::client::{AccessTokenLayer, CallError, DownstreamError};
use tower_b2c::testing::ManualClock;
use tower_b2c::{AppTokens, B2cLayer, Config, Downstream, TokenError};

use super::{Api, client};
use crate::support::{KEY, Meddler, own_tenant};

const TENANT: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const RESOURCE: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const DAEMON: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const SECRET: &str = "the secret of the daemon";

/// A service that signs nobody in, the provider, and the API that it calls.
struct Daemon {
    emulator: Emulator,
    clock: ManualClock,
    api: Api,
    tokens: AppTokens,
    apis: Vec<Downstream>,
}

impl Daemon {
    async fn new() -> Self {
        Self::beside(Meddler::new(|_, _| {})).await
    }

    async fn beside(meddler: Meddler) -> Self {
        let client = Client::new(DAEMON, SECRET).app_roles(["demo.all"]);
        let tenant = Tenant::entra("fabrikam").id(TENANT).client(client);
        let emulator = Emulator::builder().add_tenant(tenant).start();
        let (emulator, api) = (emulator.await.unwrap(), Api::start().await);
        let (base, base_url) = (emulator.base_url(), &api.base_url);
        let text = format!(
            "[provider]\nemulator = true\nkind = \"entra\"\ninstance = \"{base}\"\n\
             tenant = \"{TENANT}\"\nclient_id = \"{DAEMON}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
             [[downstream]]\nname = \"items\"\nbase_url = \"{base_url}\"\n\
             resource = \"api://{RESOURCE}\"\nscopes = [\"demo.read\"]"
        );
        let file = Config::from_text(text).environment([("SECRET", SECRET)]);
        let config = file.load_client().unwrap();
        let (clock, apis) = (ManualClock::default(), config.downstreams().to_vec());
        let tokens = AppTokens::builder(config)
            .clock(clock.clone())
            .http_client(meddler)
            .build();
        Self {
            tokens: tokens.unwrap(),
            emulator,
            clock,
            api,
            apis,
        }
    }

    fn layer(&self) -> AccessTokenLayer {
        AccessTokenLayer::for_app(self.tokens.clone(), self.apis.clone())
    }

    async fn calls(&self) -> Result<StatusCode, CallError> {
        let layer = self
            .layer()
            .replaying(|body: &Full<Bytes>| Some(body.clone()));
        let answer = layer.layer(client()).oneshot(self.request("/items")).await;
        answer.map(|answer| answer.status())
    }

    fn request(&self, path: &str) -> Request<Full<Bytes>> {
        let request = Request::post(format!("{}{path}", self.api.base_url));
        request.body(Full::from("sent")).unwrap()
    }

    async fn token(&self) -> String {
        let token = self.tokens.token_for("items").await.unwrap();
        format!("Bearer {}", token.secret())
    }

    /// The provider's tokens of one second are the same.
    async fn has_an_old_token(&self) -> String {
        let old = self.token().await;
        self.clock.advance(Duration::from_secs(1));
        self.emulator.advance_clock(Duration::from_secs(1));
        old
    }

    fn asked(&self) -> usize {
        let requests = self.emulator.requests();
        let own = |grant: Option<&str>| grant == Some("client_credentials");
        let asked = requests.iter().filter(|request| own(request.grant_type()));
        asked.count()
    }
}

#[tokio::test]
async fn the_apps_token_goes_to_its_api_and_nowhere_else() {
    let daemon = Daemon::new().await;
    assert_eq!(daemon.calls().await.unwrap(), StatusCode::OK);
    let seen = daemon.api.seen();
    assert_eq!(seen[0].authorization(), daemon.token().await);
    assert_eq!(daemon.asked(), 1);

    let request = Request::get("http://evil.example/v1").body(Full::default());
    let service = daemon.layer().layer(client());
    let error = service.oneshot(request.unwrap()).await.unwrap_err();
    assert!(matches!(error, CallError::NotListed { .. }), "{error:?}");
    let shown = format!("{:?}", daemon.layer());
    assert!(shown.contains("items"), "{shown}");
}

#[tokio::test]
async fn a_refused_token_is_replaced_once_for_all_who_were_refused() {
    let daemon = Daemon::new().await;
    let old = daemon.has_an_old_token().await;
    daemon.api.takes_no_more(&old);
    let calls = (0..20).map(|_| daemon.calls());
    for status in join_all(calls).await {
        assert_eq!(status.unwrap(), StatusCode::OK);
    }
    assert_ne!(daemon.token().await, old);
    assert_eq!(daemon.asked(), 2);

    // Whoever still shows the old one is given the one that there is.
    let stale = daemon.tokens.token_for("items").await.unwrap();
    daemon.clock.advance(Duration::from_secs(1));
    daemon.emulator.advance_clock(Duration::from_secs(1));
    let replace = || daemon.tokens.replace_token_for("items", &stale, None);
    let (one, other) = (replace().await.unwrap(), replace().await.unwrap());
    assert_ne!(one.secret(), stale.secret());
    assert_eq!(one.secret(), other.secret());
    assert_eq!(daemon.asked(), 3);
}

#[tokio::test]
async fn a_provider_that_gives_the_same_token_again_is_asked_once_by_a_crowd() {
    let same = Meddler::new(|form, answer| {
        if form.contains("client_credentials") {
            *answer = json!({
                "access_token": "always the same", "token_type": "Bearer", "expires_in": 3600,
            });
        }
    });
    let daemon = Daemon::beside(same).await;
    let old = daemon.token().await;
    daemon.api.takes_no_more(&old);
    let stale = daemon.tokens.token_for("items").await.unwrap();
    let replacements = (0..20).map(|_| daemon.tokens.replace_token_for("items", &stale, None));
    for token in join_all(replacements).await {
        assert_eq!(token.unwrap().secret(), "always the same");
    }
    assert_eq!(daemon.asked(), 2);
    // And its refusal is the answer.
    assert_eq!(daemon.calls().await.unwrap(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn claims_go_to_the_provider_and_then_to_nobody() {
    let meddler = Meddler::new(|_, _| {});
    let daemon = Daemon::beside(meddler.clone()).await;
    daemon.has_an_old_token().await;
    daemon.api.asks_for_claims();
    assert_eq!(daemon.calls().await.unwrap(), StatusCode::OK);
    let forms = meddler.forms();
    let last = forms.last().unwrap();
    assert!(
        last.contains("claims=") && last.contains("1604106651"),
        "{last}"
    );

    // A new token that will not do either, and a request that cannot be repeated.
    daemon.has_an_old_token().await;
    daemon.api.asks_for_claims();
    daemon.api.asks_for_claims();
    let again = daemon.calls().await.unwrap_err();
    daemon.api.asks_for_claims();
    let service = daemon.layer().layer(client());
    let once = service.oneshot(daemon.request("/items")).await.unwrap_err();
    for error in [again, once] {
        assert!(error.challenge().is_none() && error.bearer_challenge().is_none());
        let CallError::Token(TokenError::ClaimsNotMet { downstream, claims }) = &error else {
            panic!("{error:?}");
        };
        assert_eq!(downstream, "items");
        assert!(claims.contains("1604106651"), "{claims}");
        assert_eq!(error.into_response().status(), StatusCode::BAD_GATEWAY);
    }
}

#[tokio::test]
async fn what_is_configured_is_called_by_name() {
    let daemon = Daemon::new().await;
    let old = daemon.has_an_old_token().await;
    daemon.api.takes_no_more(&old);
    let items = daemon.tokens.downstream("items").unwrap();
    let answer: Value = items
        .post_json("/items", &json!({ "name": "one" }))
        .await
        .unwrap();
    assert_eq!(answer, json!({}));
    let seen = daemon.api.seen();
    assert_eq!((seen.len(), seen[0].authorization()), (2, &*old));
    assert_eq!(seen[1].authorization(), daemon.token().await);
    assert_eq!(seen[1].body, seen[0].body);

    let unknown = daemon.tokens.downstream("orders").unwrap_err();
    let is_unknown = matches!(&unknown, DownstreamError::Unknown { name } if name == "orders");
    assert!(is_unknown, "{unknown:?}");
}

/// Begins them all, then waits for them all.
async fn join_all<F>(futures: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future,
{
    let mut futures: Vec<_> = futures
        .map(|future| (Some(Box::pin(future)), None))
        .collect();
    std::future::poll_fn(|context| {
        for (future, output) in &mut futures {
            if let Some(running) = future
                && let std::task::Poll::Ready(done) = running.as_mut().poll(context)
            {
                (*future, *output) = (None, Some(done));
            }
        }
        if futures.iter().all(|(future, _)| future.is_none()) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    futures
        .into_iter()
        .filter_map(|(_, output)| output)
        .collect()
}

#[tokio::test]
async fn a_client_that_is_held_calls_the_api_where_a_reload_says_that_it_is() {
    let client = Client::new(DAEMON, SECRET).app_roles(["demo.all"]);
    let emulator = Emulator::builder().client(client).start().await.unwrap();
    let (old, new) = (Api::start().await, Api::start().await);
    let text = own_tenant(&emulator).replace(emulator.client().client_id(), DAEMON);
    let at = |base_url: &str| {
        let its = format!("{}/api", emulator.base_url());
        let file = Config::from_text(text.replace(&its, base_url));
        let file = file.environment([("SECRET", SECRET), ("KEY", KEY)]);
        file.load().unwrap()
    };
    let layer = B2cLayer::new(at(&old.base_url)).unwrap();
    let held = layer.app_tokens().downstream("demo").unwrap();
    held.get_json::<Value>("/items").await.unwrap();
    assert_eq!(old.seen().len(), 1);

    layer.reload_with(at(&new.base_url)).unwrap();
    held.get_json::<Value>("/items").await.unwrap();
    held.delete("/items/1").await.unwrap();
    assert_eq!((old.seen().len(), new.seen().len()), (1, 2));
    let request = Request::get(format!("{}/items", old.base_url)).body(Vec::new());
    let error = held.send(request.unwrap()).await.unwrap_err();
    assert!(matches!(error, DownstreamError::Path { .. }), "{error:?}");
    assert_eq!(old.seen().len(), 1, "the old address gets no token");
}
