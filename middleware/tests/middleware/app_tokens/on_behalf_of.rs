//! An API calls another one for the user who called it.

use std::time::Duration;

use axum::extract::State;
use axum::routing::get;
use axum::{Extension, Router};
use b2c_emulator::{Client, Emulator, Forgery, Tenant, User};
use http::{Request, StatusCode, header};
use serde_json::json;
use tower::ServiceExt as _;
use tower_b2c::testing::ManualClock;
use tower_b2c::{AppTokens, Bearer, BearerLayer, ClaimsChallenge, Config, TokenError};

use super::{API, GUID, SECRET};
use crate::support::Meddler;

const ADA: &str = "ada@emulator.example";
const GRACE: &str = "grace@emulator.example";
const GRAPH: &str = "https://graph.microsoft.com/User.Read";

/// An API that calls Graph for whoever calls it.
struct Api {
    emulator: Emulator,
    clock: ManualClock,
    app: Router,
}

impl Api {
    async fn new(kind: &str, meddler: Meddler) -> Self {
        let tenant = match kind {
            "entra" => Tenant::entra("fabrikam"),
            _ => Tenant::external_id("fabrikam"),
        };
        let tenant = tenant
            .id(GUID)
            .client(Client::new(API, SECRET))
            .client(Client::new("spa", "secret"))
            .user(User::new(GRACE, "Passw0rd!"));
        let emulator = Emulator::builder()
            .add_tenant(tenant)
            .start()
            .await
            .unwrap();
        let base = emulator.base_url();
        let place = match kind {
            "entra" => format!("instance = \"{base}\"\ntenant = \"{GUID}\""),
            _ => format!("authority = \"{base}/{GUID}\""),
        };
        let text = format!(
            "[provider]\nemulator = true\nkind = \"{kind}\"\n{place}\nclient_id = \"{API}\"\n\
             client_secret = {{ env = \"SECRET\" }}\n[api]\naudiences = [\"{API}\"]"
        );
        let file = || Config::from_text(text.clone()).environment([("SECRET", SECRET)]);
        let clock = ManualClock::default();
        let layer = BearerLayer::builder(file().load_api().unwrap())
            .clock(clock.clone())
            .discover_at_start(false)
            .build()
            .unwrap();
        let tokens = AppTokens::builder(file().load_client().unwrap())
            .clock(clock.clone())
            .http_client(meddler)
            .build()
            .unwrap();
        let app = Router::new()
            .route("/", get(call_graph))
            .layer(layer)
            .with_state(tokens);
        Self {
            emulator,
            clock,
            app,
        }
    }

    fn token_of(&self, user: &str) -> String {
        let tenant = self.emulator.in_tenant(GUID).unwrap();
        tenant.forge(&Forgery::access_token(user)).unwrap()
    }

    async fn gets(&self, token: &str) -> (http::response::Parts, String) {
        let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
        let request = request.body(axum::body::Body::empty()).unwrap();
        let answer = self.app.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = axum::body::to_bytes(body, 100_000).await.unwrap();
        (parts, String::from_utf8_lossy(&body).into_owned())
    }

    fn exchanges(&self) -> usize {
        let requests = self.emulator.requests();
        let kind = "urn:ietf:params:oauth:grant-type:jwt-bearer";
        let exchanges = requests
            .iter()
            .filter(|request| request.grant_type() == Some(kind));
        exchanges.count()
    }
}

async fn call_graph(
    State(tokens): State<AppTokens>,
    Extension(bearer): Extension<Bearer>,
) -> Result<String, TokenError> {
    let token = tokens.on_behalf_of(&bearer, &[GRAPH]).await?;
    Ok(token.secret().to_owned())
}

#[tokio::test]
async fn the_callers_token_is_exchanged_once_for_each_caller() {
    for kind in ["entra", "external-id"] {
        let api = Api::new(kind, Meddler::new(|_, _| {})).await;
        let (ada, grace) = (api.token_of(ADA), api.token_of(GRACE));
        let (parts, for_ada) = api.gets(&ada).await;
        assert_eq!(parts.status, StatusCode::OK, "{kind}: {for_ada}");
        assert_eq!(api.gets(&ada).await.1, for_ada);
        assert_eq!(api.exchanges(), 1, "{kind}");
        let (_, for_grace) = api.gets(&grace).await;
        assert_ne!(for_grace, for_ada);
        assert_eq!(api.exchanges(), 2, "{kind}");

        // A newer token of the same caller is another caller.
        api.clock.advance(Duration::from_secs(5));
        api.emulator.advance_clock(Duration::from_secs(5));
        api.gets(&api.token_of(ADA)).await;
        assert_eq!(api.exchanges(), 3, "{kind}");
    }
}

#[tokio::test]
async fn what_the_provider_asks_the_user_for_is_passed_up_to_the_caller() {
    const CLAIMS: &str = r#"{"access_token":{"acrs":{"essential":true,"value":"c1"}}}"#;
    let refusing = Meddler::new(|form, answer| {
        if form.contains("on_behalf_of") {
            *answer = json!({
                "error": "interaction_required", "claims": CLAIMS,
                "error_description": "AADSTS50079: a second factor", "suberror": "basic_action",
            });
        }
    });
    let api = Api::new("entra", refusing).await;
    let (parts, body) = api.gets(&api.token_of(ADA)).await;
    assert_eq!(parts.status, StatusCode::UNAUTHORIZED, "{body}");
    let challenge = ClaimsChallenge::from_headers(&parts.headers);
    assert_eq!(
        challenge.as_ref().map(ClaimsChallenge::as_json),
        Some(CLAIMS)
    );
    assert!(body.contains("insufficient_claims"), "{body}");

    let spent = Meddler::new(|form, answer| {
        if form.contains("on_behalf_of") {
            *answer = json!({ "error": "invalid_grant", "error_description": "AADSTS500133: old" });
        }
    });
    let api = Api::new("entra", spent).await;
    let (parts, body) = api.gets(&api.token_of(ADA)).await;
    assert_eq!(parts.status, StatusCode::UNAUTHORIZED, "{body}");
    assert!(body.contains("invalid_token"), "{body}");
}

#[tokio::test]
async fn b2c_has_no_such_flow_and_says_so() {
    let emulator = Emulator::builder().start().await.unwrap();
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    let text = format!(
        "[provider]\nemulator = true\ninstance = \"{base}\"\ntenant = \"{tenant}\"\n\
         client_id = \"{API}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
         user_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}\n[api]\naudiences = [\"{API}\"]"
    );
    let file = || Config::from_text(text.clone()).environment([("SECRET", SECRET)]);
    let layer = BearerLayer::new(file().load_api().unwrap()).unwrap();
    let tokens = AppTokens::new(file().load_client().unwrap()).unwrap();
    let app = Router::new()
        .route("/", get(call_graph))
        .layer(layer)
        .with_state(tokens.clone());
    let token = emulator.forge(&Forgery::access_token(ADA)).unwrap();
    let request = Request::get("/").header(header::AUTHORIZATION, format!("Bearer {token}"));
    let request = request.body(axum::body::Body::empty()).unwrap();
    let answer = app.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let error = answer.extensions().get::<TokenError>();
    let Some(TokenError::Unsupported { reason }) = error else {
        panic!("{error:?}");
    };
    assert!(reason.contains("no on-behalf-of flow"), "{reason}");
}
