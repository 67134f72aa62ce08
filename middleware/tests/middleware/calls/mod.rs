//! Calls to other APIs, with tokens for the signed-in user.

mod app;
mod callers;
mod challenged;
mod clients;
mod downstream;
mod layer;
mod refusals;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use b2c_emulator::Emulator;
use bytes::Bytes;
use http::{HeaderMap, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Full};
use tower::util::BoxCloneService;
use tower::{BoxError, ServiceExt, service_fn};
use tower_b2c::{Config, Downstream, Session};

use crate::support::{KEY, World, own_tenant};
use crate::tokens::Held;

/// An API on a port of its own, that answers as the test says and remembers what it was asked.
#[derive(Clone)]
struct Api {
    base_url: String,
    seen: Arc<Mutex<Vec<Seen>>>,
    answers: Arc<Mutex<VecDeque<Response<String>>>>,
    unwanted: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone, Debug)]
struct Seen {
    request: String,
    headers: HeaderMap,
    body: String,
}

/// A client as a test has it: reqwest behind tower.
type Client = BoxCloneService<Request<Full<Bytes>>, Response<Bytes>, BoxError>;

impl Api {
    async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api = Self {
            base_url: format!("http://{}/v1", listener.local_addr().unwrap()),
            seen: Arc::default(),
            answers: Arc::default(),
            unwanted: Arc::default(),
        };
        let app = Router::new().fallback(answer).with_state(api.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        api
    }

    /// The next request gets this answer; those without one get `200` and `{}`.
    fn answers(&self, status: StatusCode, headers: &[(&'static str, &str)], body: &str) {
        let mut builder = Response::builder().status(status);
        for (name, value) in headers {
            builder = builder.header(*name, *value);
        }
        let answer = builder.body(body.to_owned()).unwrap();
        self.answers.lock().unwrap().push_back(answer);
    }

    fn refuses(&self) {
        let challenge = ("www-authenticate", "Bearer error=\"invalid_token\"");
        self.answers(StatusCode::UNAUTHORIZED, &[challenge], "");
    }

    /// Requests with this `Authorization` are refused from now on.
    fn takes_no_more(&self, authorization: &str) {
        self.unwanted.lock().unwrap().push(authorization.to_owned());
    }

    fn asks_for_claims(&self) {
        let challenge = ("www-authenticate", CLAIMS_CHALLENGE);
        self.answers(StatusCode::UNAUTHORIZED, &[challenge], "");
    }

    fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Seen {
    fn authorization(&self) -> &str {
        let value = self.headers.get(header::AUTHORIZATION);
        value.map_or("", |value| value.to_str().unwrap())
    }
}

async fn answer(State(api): State<Api>, request: Request<axum::body::Body>) -> Response<String> {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    let seen = Seen {
        request: format!("{} {}", parts.method, parts.uri),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    let unwanted = api.unwanted.lock().unwrap();
    if unwanted.iter().any(|one| one == seen.authorization()) {
        api.refuses();
    }
    drop(unwanted);
    api.seen.lock().unwrap().push(seen);
    let next = api.answers.lock().unwrap().pop_front();
    next.unwrap_or_else(|| Response::new("{}".to_owned()))
}

/// The configuration of the emulator's own tenant, with the API as `items`.
fn settings(emulator: &Emulator, api: &Api) -> String {
    let (own, tenant) = (own_tenant(emulator), emulator.tenant());
    let base_url = &api.base_url;
    format!(
        "{own}\n[[downstream]]\nname = \"items\"\nbase_url = \"{base_url}\"\n\
         resource = \"https://{tenant}/demo-api\"\nscopes = [\"demo.read\"]"
    )
}

/// A signed-in user of an app that may call the API.
struct Call {
    world: World,
    api: Api,
    session: Session,
    downstream: Downstream,
}

impl Call {
    async fn new() -> Self {
        Self::traced(&[]).await
    }

    /// The request that the session comes with has these headers.
    async fn traced(headers: &[(&'static str, &str)]) -> Self {
        let (held, api) = (Held::default(), Api::start().await);
        let its = api.clone();
        let world = World::with()
            .settings(move |emulator| settings(emulator, &its))
            .routes(held.routes());
        let world = world.build().await;
        let text = settings(&world.emulator, &api);
        let secret = world.emulator.client().client_secret();
        let file = Config::from_text(text).environment([("SECRET", secret), ("KEY", KEY)]);
        let downstream = file.load().unwrap().downstream("items").unwrap().clone();
        let mut visitor = world.visitor();
        visitor.signs_in("/private").await;
        let ticket = &visitor.cookies()["b2c-session-5000"];
        let cookie = format!("b2c-session-5000={ticket}");
        let mut request = Request::get("/hold").header(header::COOKIE, cookie);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(axum::body::Body::empty()).unwrap();
        world.app.clone().oneshot(request).await.unwrap();
        Self {
            session: held.take(),
            world,
            api,
            downstream,
        }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.api.base_url)
    }

    fn post(&self, path: &str) -> Request<Full<Bytes>> {
        let mut request = Request::post(self.url(path));
        let extensions = request.extensions_mut().unwrap();
        extensions.insert(self.session.clone());
        request.body(Full::from("sent")).unwrap()
    }

    /// The provider's tokens of one second are the same, and this one is a second old.
    async fn old_token(&self) -> String {
        let old = self.token().await;
        self.world.wait(Duration::from_secs(1));
        old
    }

    async fn token(&self) -> String {
        let token = self.session.access_token(&["demo.read"]).await.unwrap();
        format!("Bearer {}", token.secret())
    }
}

fn client() -> Client {
    let builder = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none());
    let http = builder.build().unwrap();
    let send = move |request: Request<Full<Bytes>>| {
        let http = http.clone();
        async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await?.to_bytes();
            let request = Request::from_parts(parts, reqwest::Body::from(body));
            let answer = http.execute(request.try_into()?).await?;
            let mut response = Response::new(Bytes::new());
            *response.status_mut() = answer.status();
            *response.headers_mut() = answer.headers().clone();
            Ok::<_, BoxError>(response)
        }
    };
    service_fn(send).boxed_clone()
}

/// `{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}`
const CLAIMS_CHALLENGE: &str = "Bearer realm=\"\", error=\"insufficient_claims\", claims=\"eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwidmFsdWUiOiIxNjA0MTA2NjUxIn19fQ==\"";
