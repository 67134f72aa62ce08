//! The traces of services that sign nobody in.

use b2c_emulator::{Client, Emulator, Forgery};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{Empty, Full};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::client::{AccessTokenLayer, TraceContext};
use tower_b2c::{AppTokens, BearerLayer, Config};

use super::PARENT;
use crate::support::{Log, Spans, Witness};

#[tokio::test]
async fn a_token_of_the_apps_own_belongs_to_the_trace_of_the_call_that_needs_it() {
    let witness = Witness::default();
    let client = witness.clone();
    let daemon = Client::new(DAEMON, SECRET).app_roles(["demo.all"]);
    let emulator = Emulator::builder().client(daemon).start().await.unwrap();
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let settings = format!(
        r#"
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        client_id = "{DAEMON}"
        client_secret = {{ env = "SECRET" }}
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        [[downstream]]
        name = "demo"
        base_url = "{base}/api"
        resource = "https://{tenant}/demo-api"
        scopes = ["demo.read"]
        "#
    );
    let config = Config::from_text(settings).environment([("SECRET", SECRET)]);
    let config = config.load_client().unwrap();
    let downstreams = config.downstreams().to_vec();
    let tokens = AppTokens::builder(config).http_client(client).build();
    let layer = AccessTokenLayer::for_app(tokens.unwrap(), downstreams);
    let api = layer.layer(service_fn(async |request: Request<Full<Bytes>>| {
        let traced = request.headers().get("traceparent").cloned();
        let mut answer = Response::new(Full::<Bytes>::default());
        answer
            .headers_mut()
            .extend(traced.map(|it| (http::header::ETAG, it)));
        Ok::<_, std::io::Error>(answer)
    }));
    let mut headers = http::HeaderMap::new();
    headers.insert("traceparent", PARENT.parse().unwrap());
    let context = TraceContext::from_headers(&headers).unwrap();
    let request = Request::get(format!("{base}/api/me")).extension(context);
    let answer = api.oneshot(request.body(Full::default()).unwrap()).await;
    assert_eq!(answer.unwrap().headers()[http::header::ETAG], PARENT);
    let seen = witness.seen_with("traceparent");
    let asked: Vec<_> = seen.iter().map(|(path, _)| path.as_str()).collect();
    assert_eq!(asked, ["openid-configuration", "keys", "token"], "{seen:?}");
    assert!(seen.iter().all(|(_, traced)| traced == PARENT), "{seen:?}");
}

#[tokio::test]
async fn an_api_has_spans_for_the_keys_that_it_fetches_and_for_nothing_else() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let settings = format!(
        r#"
        [api]
        audiences = ["11112222-bbbb-3333-cccc-4444dddd5555"]
        [provider]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        "#
    );
    let config = Config::from_text(settings).environment::<&str, &str>([]);
    let witness = Witness::default();
    let layer = BearerLayer::builder(config.load_api().unwrap())
        .http_client(witness.clone())
        .discover_at_start(false)
        .build()
        .unwrap();
    let api = layer.layer(service_fn(async |_: Request<Empty<Bytes>>| {
        Ok::<_, std::io::Error>(Response::new(Full::<Bytes>::default()))
    }));
    let token = emulator.forge(&Forgery::access_token("ada@emulator.example"));
    let token = format!("Bearer {}", token.unwrap());
    let (spans, _guard) = Spans::listen(Log::default());
    let asks = async || {
        let request = Request::get("/")
            .header("authorization", &token)
            .header("traceparent", PARENT)
            .body(Empty::new());
        api.clone()
            .oneshot(request.unwrap())
            .await
            .unwrap()
            .status()
    };
    assert_eq!(asks().await, StatusCode::OK);
    let there = spans.take();
    let names: Vec<_> = there.iter().map(|span| span.says("otel.name")).collect();
    assert_eq!(names, ["GET discovery", "GET jwks"]);
    let seen = witness.seen_with("traceparent");
    assert_eq!(seen.len(), 2, "{seen:?}");
    for _ in 0..3 {
        assert_eq!(asks().await, StatusCode::OK);
    }
    let there = spans.take();
    assert!(there.is_empty(), "{there:#?}");
}

const DAEMON: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const SECRET: &str = "the secret of the daemon";
