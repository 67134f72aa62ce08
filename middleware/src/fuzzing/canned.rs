//! A provider that answers with whatever it is given.

use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, LazyLock};
use std::task::{Context, Poll, Waker};
use std::time::SystemTime;

use http::{Request, Response, StatusCode};

use super::NOW;
use crate::config::Config;
use crate::future::BoxFuture;
use crate::http_client::{HttpClient, HttpError};
use crate::provider::{Provider, Providers};
use crate::time::Clock;

/// Answers to requests for the metadata, the keys, and with this status for tokens.
pub(super) struct Canned {
    pub(super) document: Vec<u8>,
    pub(super) keys: Vec<u8>,
    pub(super) tokens: (StatusCode, Vec<u8>),
}

impl Default for Canned {
    fn default() -> Self {
        Self {
            document: DOCUMENT.into(),
            keys: KEYS.into(),
            tokens: (StatusCode::OK, Vec::new()),
        }
    }
}

impl Canned {
    /// The provider with this place in [`CONFIG`].
    pub(super) fn provider(self, index: usize) -> Arc<Provider> {
        let http: Arc<dyn HttpClient> = Arc::new(self);
        let clock: Arc<dyn Clock> = Arc::new(Still);
        Arc::clone(&Providers::new(&CONFIG, &http, &clock, None).all()[index])
    }
}

impl HttpClient for Canned {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        let path = request.uri().path();
        let (status, body) = if path.ends_with("/openid-configuration") {
            (StatusCode::OK, self.document.clone())
        } else if request.method() == http::Method::POST || path.ends_with("/userinfo") {
            self.tokens.clone()
        } else {
            (StatusCode::OK, self.keys.clone())
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        Box::pin(std::future::ready(Ok(response)))
    }
}

/// What a future gives that has nothing to wait for.
pub(super) fn now_or_never<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

struct Still;

impl Clock for Still {
    fn now(&self) -> SystemTime {
        NOW.to_system_time()
    }
}

#[expect(clippy::expect_used, reason = "the text is a constant")]
pub(super) static CONFIG: LazyLock<Config> = LazyLock::new(|| {
    let file = Config::from_text(SETTINGS).environment([("SECRET", SECRET)]);
    file.load().expect("a configuration")
});

/// One provider of each kind, in the order of their names.
const SETTINGS: &str = r#"
[app]
base_url = "https://app.example"
[session]
cookie_key = { env = "SECRET" }
[providers.b2c]
tenant = "contoso"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
client_secret = { env = "SECRET" }
user_flows = { sign_up_sign_in = "B2C_1_susi" }
[providers.entra]
kind = "entra"
tenant = "common"
allowed_tenants = ["*"]
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
client_secret = { env = "SECRET" }
[providers.external-id]
kind = "external-id"
authority = "https://contoso.ciamlogin.com/contoso.onmicrosoft.com"
client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
client_secret = { env = "SECRET" }
[providers.oidc]
kind = "oidc"
issuer = "https://id.example/"
client_id = "client"
client_secret = { env = "SECRET" }
"#;

/// The place of the provider that the genuine token is from.
pub(super) const OIDC: usize = 3;

pub(super) const KEYS: &str = include_str!("genuine.jwks.json");

const DOCUMENT: &str = r#"{
    "issuer": "https://id.example/",
    "authorization_endpoint": "https://id.example/authorize",
    "token_endpoint": "https://id.example/token",
    "jwks_uri": "https://id.example/keys"
}"#;

/// Of the client, and of the cookies.
pub(super) const SECRET: &str = "0123456789abcdef0123456789abcdef";
