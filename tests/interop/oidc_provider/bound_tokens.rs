//! Access tokens that the provider binds to their client's key (RFC 9449).

use std::net::Ipv4Addr;
use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::{SystemRandom, fill};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Router;
use axum::routing::get;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use e2e::OidcProvider;
use libtest_mimic::Failed;
use reqwest::header::WWW_AUTHENTICATE;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tower_b2c::{Bearer, BearerLayer, Config};

/// A client with a key of its own.
struct Client(EcdsaKeyPair);

impl Client {
    fn new() -> Result<Self, Failed> {
        let key = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING)?;
        Ok(Self(key))
    }

    /// A proof for one request, with a token or for getting one.
    fn proof(&self, method: &str, url: &str, token: Option<&str>) -> Result<String, Failed> {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let jwk = json!({ "kty": "EC", "crv": "P-256", "x": encode(x), "y": encode(y) });
        let header = json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": jwk });
        let mut id = [0; 16];
        fill(&mut id)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
        let mut claims = json!({ "jti": encode(&id), "htm": method, "htu": url, "iat": now });
        if let Some(token) = token {
            claims["ath"] = encode(digest(&SHA256, token.as_bytes()).as_ref()).into();
        }
        let part = |part: &Value| encode(part.to_string().as_bytes());
        let signed = format!("{}.{}", part(&header), part(&claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes())?;
        Ok(format!("{signed}.{}", encode(signature.as_ref())))
    }
}

pub(super) async fn dpop() -> Result<(), Failed> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let api = format!("http://localhost:{}/orders", listener.local_addr()?.port());
    let (port, resource) = (loopback::free_port(), "https://orders.example");
    let client = json!({
        "client_id": "job", "client_secret": "a secret of the test's own",
        "grant_types": ["client_credentials"], "redirect_uris": [], "response_types": [],
        "token_endpoint_auth_method": "client_secret_post",
    });
    let starting = tokio::task::spawn_blocking(move || {
        OidcProvider::start(port, &json!([client]), &json!({ "api": resource }))
    });
    let server = starting.await??;
    let issuer = server.issuer();
    let text = format!(
        "[provider]\nkind = \"oidc\"\nissuer = \"{issuer}\"\nsigning_algorithms = [\"ES256\"]\n\
         [api]\naudiences = [\"{resource}\"]\nbase_url = \"{}\"",
        api.trim_end_matches("/orders")
    );
    let config = Config::from_text(text).environment::<&str, &str>([]);
    let layer = BearerLayer::new(config.load_api()?)?;
    let whoami = |bearer: Bearer| async move { bearer.subject().to_owned() };
    let routes = Router::new().route("/orders", get(whoami)).layer(layer);
    let serving = tokio::spawn(async move { axum::serve(listener, routes).await });

    let (http, client) = (reqwest::Client::new(), Client::new()?);
    let endpoint = format!("{issuer}/token");
    let form = "grant_type=client_credentials&client_id=job&scope=orders\
                &client_secret=a%20secret%20of%20the%20test%27s%20own";
    let request = http
        .post(&endpoint)
        .header("content-type", "application/x-www-form-urlencoded")
        .header("dpop", client.proof("POST", &endpoint, None)?);
    let answer = request.body(form).send().await?.text().await?;
    let told = || format!("{answer}\n{}", server.told().join("\n"));
    let answer: Value = serde_json::from_str(&answer).map_err(|_| told())?;
    let token = answer["access_token"].as_str().ok_or_else(told)?;
    assert_eq!(answer["token_type"], "DPoP");

    let call = async |scheme: &str, proof: &str| {
        let request = http
            .get(&api)
            .header("authorization", format!("{scheme} {token}"))
            .header("dpop", proof);
        request.send().await
    };
    let proof = client.proof("GET", &api, Some(token))?;
    let passed = call("DPoP", &proof).await?;
    assert_eq!(passed.status(), 200, "{passed:?}");
    assert_eq!(passed.text().await?, "job");
    let replayed = call("DPoP", &proof).await?;
    assert_eq!(replayed.status(), 401);
    let challenge = replayed.headers()[WWW_AUTHENTICATE].to_str()?;
    assert!(challenge.contains("invalid_dpop_proof"), "{challenge}");
    // Whoever stole the token has another key.
    let stolen = Client::new()?.proof("GET", &api, Some(token))?;
    assert_eq!(call("DPoP", &stolen).await?.status(), 401);
    let as_bearer = call("Bearer", &client.proof("GET", &api, Some(token))?).await?;
    assert_eq!(as_bearer.status(), 401);
    serving.abort();
    Ok(())
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
