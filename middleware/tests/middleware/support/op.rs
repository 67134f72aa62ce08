//! A small OpenID provider whose every answer a test can bend. It signs everybody in at once.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use url::form_urlencoded;

/// Parameters of a request or of a response.
pub type Params = BTreeMap<String, String>;

/// The provider, at an address of its own until the test ends.
pub struct Op {
    pub issuer: String,
    inner: Arc<Inner>,
    server: tokio::task::JoinHandle<()>,
}

/// How the provider behaves; a test changes it while the provider runs.
pub struct Behaviour {
    /// The `sub` of whoever signs in next.
    pub user: String,
    /// What the metadata says besides the usual.
    pub metadata: Value,
    /// Whether a client's request is accepted: its form and its `Authorization`.
    pub knows: Box<dyn Fn(&Seen) -> bool + Send>,
    /// Bends the authorization response.
    pub response: Box<dyn Fn(&mut Params) + Send>,
    /// Bends the claims of ID tokens; told whether the token comes from the `front` channel.
    pub claims: Box<ChangeOfClaims>,
    pub userinfo: Value,
    /// What the endpoint for pushed requests answers in place of a `request_uri`.
    pub push_refusal: Option<(StatusCode, Value)>,
}

type ChangeOfClaims = dyn Fn(bool, &mut Value) + Send;

/// A request that the provider got.
#[derive(Clone, Debug)]
pub struct Seen {
    pub path: String,
    pub form: Params,
    pub authorization: Option<String>,
}

struct Inner {
    issuer: String,
    key: EcdsaKeyPair,
    behaviour: Mutex<Behaviour>,
    seen: Mutex<Vec<Seen>>,
    /// Authorization requests, by their code or their `request_uri`.
    pending: Mutex<BTreeMap<String, Params>>,
}

impl Op {
    pub async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let behaviour = Behaviour {
            user: "ada".to_owned(),
            metadata: json!({}),
            knows: Box::new(|_| true),
            response: Box::new(|_| ()),
            claims: Box::new(|_, _| ()),
            userinfo: json!({}),
            push_refusal: None,
        };
        let inner = Arc::new(Inner {
            issuer: issuer.clone(),
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap(),
            behaviour: Mutex::new(behaviour),
            seen: Mutex::default(),
            pending: Mutex::default(),
        });
        let routes = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/authorize", get(authorize))
            .route("/push", post(push))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(Arc::clone(&inner));
        let server = tokio::spawn(async move { axum::serve(listener, routes).await.unwrap() });
        Self {
            issuer,
            inner,
            server,
        }
    }

    pub fn behaves(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.inner.behaviour());
    }

    /// The requests to a path, oldest first.
    pub fn seen(&self, path: &str) -> Vec<Seen> {
        let seen = self.inner.seen.lock().unwrap();
        seen.iter()
            .filter(|seen| seen.path == path)
            .cloned()
            .collect()
    }
}

impl Drop for Op {
    fn drop(&mut self) {
        self.server.abort();
    }
}

impl Inner {
    fn behaviour(&self) -> MutexGuard<'_, Behaviour> {
        self.behaviour.lock().unwrap()
    }

    fn note(&self, path: &str, headers: &HeaderMap, body: &str) -> Seen {
        let authorization = headers.get(header::AUTHORIZATION);
        let seen = Seen {
            path: path.to_owned(),
            form: params(body),
            authorization: authorization.map(|value| value.to_str().unwrap().to_owned()),
        };
        self.seen.lock().unwrap().push(seen.clone());
        seen
    }

    fn remember(&self, request: Params) -> String {
        let name = random();
        self.pending.lock().unwrap().insert(name.clone(), request);
        name
    }

    /// An ID token for this authorization request.
    fn id_token(&self, request: &Params, front: bool, code: Option<&str>) -> String {
        let now = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
        let mut claims = json!({
            "iss": self.issuer, "aud": request["client_id"], "sub": self.behaviour().user,
            "iat": now, "exp": now + 3600, "nonce": request["nonce"],
        });
        if let Some(code) = code {
            claims["c_hash"] = hash(code).into();
        }
        (self.behaviour().claims)(front, &mut claims);
        let header = json!({ "alg": "ES256", "typ": "JWT", "kid": "one" });
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.key.sign(&SystemRandom::new(), signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.unwrap()))
    }
}

async fn metadata(State(op): State<Arc<Inner>>) -> Json<Value> {
    let issuer = &op.issuer;
    let mut document = json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"),
        "userinfo_endpoint": format!("{issuer}/userinfo"),
    });
    let more = op.behaviour().metadata.clone();
    let more = more.as_object().unwrap().clone();
    document.as_object_mut().unwrap().extend(more);
    Json(document)
}

async fn keys(State(op): State<Arc<Inner>>) -> Json<Value> {
    let point = op.key.public_key().as_ref();
    let part = |bytes| URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [{
        "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "alg": "ES256",
        "x": part(&point[1..33]), "y": part(&point[33..65]),
    }] }))
}

async fn authorize(State(op): State<Arc<Inner>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    op.note("/authorize", &HeaderMap::new(), &query);
    let mut request = params(&query);
    if let Some(name) = request.get("request_uri") {
        let pushed = op.pending.lock().unwrap().remove(name);
        request = pushed.expect("a request_uri of ours, used once");
    }
    let code = op.remember(request.clone());
    let mut answer = Params::from([
        ("code".to_owned(), code.clone()),
        ("state".to_owned(), request["state"].clone()),
    ]);
    if request["response_type"] == "code id_token" {
        let token = op.id_token(&request, true, Some(&code));
        answer.insert("id_token".to_owned(), token);
    }
    (op.behaviour().response)(&mut answer);
    let target = &request["redirect_uri"];
    if request.get("response_mode").map(String::as_str) == Some("form_post") {
        let input =
            |(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">");
        let inputs: String = answer.iter().map(input).collect();
        let page = format!("<form method=\"post\" action=\"{target}\">{inputs}</form>");
        return Html(page).into_response();
    }
    let query: String = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&answer)
        .finish();
    Redirect::to(&format!("{target}?{query}")).into_response()
}

async fn push(State(op): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    let seen = op.note("/push", &headers, &body);
    if let Some((status, refusal)) = op.behaviour().push_refusal.clone() {
        return (status, Json(refusal)).into_response();
    }
    if !(op.behaviour().knows)(&seen) {
        return refusal("invalid_client");
    }
    let name = op.remember(seen.form);
    let answer = json!({ "request_uri": name, "expires_in": 60 });
    (StatusCode::CREATED, Json(answer)).into_response()
}

async fn token(State(op): State<Arc<Inner>>, headers: HeaderMap, body: String) -> Response {
    let seen = op.note("/token", &headers, &body);
    if !(op.behaviour().knows)(&seen) {
        return refusal("invalid_client");
    }
    let request = op.pending.lock().unwrap().remove(&seen.form["code"]);
    let Some(request) = request else {
        return refusal("invalid_grant");
    };
    let challenge = digest(&SHA256, seen.form["code_verifier"].as_bytes());
    assert_eq!(request["code_challenge"], URL_SAFE_NO_PAD.encode(challenge));
    Json(json!({
        "token_type": "Bearer", "access_token": "opaque", "expires_in": 3600,
        "id_token": op.id_token(&request, false, None),
    }))
    .into_response()
}

async fn userinfo(State(op): State<Arc<Inner>>, headers: HeaderMap, uri: Uri) -> Json<Value> {
    op.note(uri.path(), &headers, "");
    Json(op.behaviour().userinfo.clone())
}

fn refusal(error: &str) -> Response {
    let answer = json!({ "error": error, "error_description": "as the test wants it" });
    (StatusCode::BAD_REQUEST, Json(answer)).into_response()
}

pub fn params(query: &str) -> Params {
    form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .collect()
}

/// OpenID Connect Core §3.3.2.11.
pub fn hash(value: &str) -> String {
    URL_SAFE_NO_PAD.encode(&digest(&SHA256, value.as_bytes()).as_ref()[..16])
}

fn random() -> String {
    let mut bytes = [0; 16];
    aws_lc_rs::rand::fill(&mut bytes).unwrap();
    URL_SAFE_NO_PAD.encode(bytes)
}
