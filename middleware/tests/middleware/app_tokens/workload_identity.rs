//! A token of the platform's in place of a secret.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use http::{Request, Response};
use serde_json::json;
use tower_b2c::testing::ManualClock;
use tower_b2c::{AppTokens, BoxFuture, Config, HttpClient, HttpError};
use url::form_urlencoded;

use crate::client_auth::Folder;

/// A provider that takes any assertion, and remembers them.
#[derive(Clone, Default)]
struct Trusting(Arc<Mutex<Vec<(String, String)>>>);

impl HttpClient for Trusting {
    fn send(
        &self,
        request: Request<Vec<u8>>,
    ) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        let issuer = "https://id.example.com";
        let body = match request.uri().path() {
            "/.well-known/openid-configuration" => json!({
                "issuer": issuer,
                "authorization_endpoint": format!("{issuer}/authorize"),
                "token_endpoint": format!("{issuer}/token"),
                "jwks_uri": format!("{issuer}/keys"),
            }),
            "/keys" => json!({ "keys": [{
                "kty": "EC", "crv": "P-256", "kid": "1", "use": "sig",
                "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
                "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
            }] }),
            _ => {
                let pairs = form_urlencoded::parse(request.body());
                self.0.lock().unwrap().extend(pairs.into_owned());
                json!({ "access_token": "token", "token_type": "Bearer", "expires_in": 60 })
            }
        };
        let answer = Response::new(serde_json::to_vec(&body).unwrap());
        Box::pin(std::future::ready(Ok(answer)))
    }
}

impl Trusting {
    fn sent(&self, name: &str) -> Vec<String> {
        let sent = self.0.lock().unwrap();
        let named = sent.iter().filter(|(key, _)| key == name);
        named.map(|(_, value)| value.clone()).collect()
    }
}

#[tokio::test]
async fn the_platforms_newest_token_proves_the_app() {
    let folder = Folder::new("workload-identity");
    let file = folder.file("token", "first.platform.token\n");
    let text = format!(
        "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\nclient_id = \"worker\"\nsigning_algorithms = [\"ES256\"]\n\
         client_authentication = \"workload_identity\"\nclient_assertion = {file}\n\
         [[downstream]]\nname = \"demo\"\nbase_url = \"https://demo.example\"\nscopes = [\"read\", \"write\"]"
    );
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let (provider, clock) = (Trusting::default(), ManualClock::default());
    let tokens = AppTokens::builder(config.load_client().unwrap())
        .http_client(provider.clone())
        .clock(clock.clone())
        .build()
        .unwrap();
    tokens.token_for("demo").await.unwrap();
    folder.file("token", "second.platform.token, which is longer\n");
    clock.advance(Duration::from_secs(61));
    tokens.token_for("demo").await.unwrap();
    assert_eq!(
        provider.sent("client_assertion"),
        [
            "first.platform.token",
            "second.platform.token, which is longer"
        ]
    );
    let kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
    assert_eq!(provider.sent("client_assertion_type"), [kind; 2]);
    assert_eq!(provider.sent("scope"), ["read write"; 2]);
    assert!(provider.sent("client_secret").is_empty());
}
