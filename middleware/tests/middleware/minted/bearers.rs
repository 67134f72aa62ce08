//! Access tokens that a layer accepts, and those that it does not.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{HeaderValue, Request, Response, StatusCode, header};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::testing::{
    AccessTokenBuilder, Challenged, MintError, Provider, access_token, challenge,
};
use tower_b2c::{Bearer, BearerLayer, Config, RequireRolesLayer, RequireScopesLayer};

struct Api {
    provider: Provider,
    router: Router,
}

impl Api {
    fn new(settings: &str) -> Self {
        let provider = Provider::new();
        let api = Config::from_text(settings).load_api().unwrap();
        let layer = BearerLayer::builder(api)
            .offline(&provider)
            .build()
            .unwrap();
        let router = Router::new()
            .route(
                "/write",
                get(|bearer: Bearer| async move { bearer.subject().to_owned() }),
            )
            .route_layer(RequireScopesLayer::all_of(["demo.write"]))
            .merge(
                Router::new()
                    .route("/admin", get(|| async { "welcome" }))
                    .route_layer(RequireRolesLayer::of_app(["Demo.Admin"])),
            )
            .layer(layer);
        Self { provider, router }
    }

    async fn gets(&self, path: &str, token: Result<HeaderValue, MintError>) -> Response<Body> {
        let request = Request::get(path).header(header::AUTHORIZATION, token.unwrap());
        let request = request.body(Body::empty()).unwrap();
        self.router.clone().oneshot(request).await.unwrap()
    }

    async fn passes(&self, token: AccessTokenBuilder) -> bool {
        let answer = self.gets("/write", token.authorization()).await;
        answer.status() == StatusCode::OK
    }

    async fn refuses(&self, token: AccessTokenBuilder) -> Challenged {
        challenge(self.gets("/write", token.authorization()).await).await
    }
}

#[tokio::test]
async fn a_token_is_good_unless_it_is_meant_not_to_be() {
    let api = Api::new(SETTINGS);
    let good = || api.provider.access_token();
    assert!(api.passes(good()).await);
    assert!(
        api.passes(good().subject("ada").scopes(&["demo.write"]))
            .await
    );
    assert!(api.passes(good().user_flow("B2C_1_other")).await);
    for (what, flawed, reason) in [
        ("ended", good().expired(), "token_expired"),
        ("early", good().not_yet_valid(), "invalid_token"),
        ("audience", good().for_another_audience(), "invalid_token"),
        ("issuer", good().of_another_issuer(), "invalid_token"),
        ("signature", good().with_bad_signature(), "invalid_token"),
        ("key", good().of_unknown_key(), "invalid_token"),
        ("unsigned", good().unsigned(), "invalid_token"),
        (
            "emulator",
            good().claim("b2c_emulator", true),
            "invalid_token",
        ),
        ("flow", good().claim("tfp", "B2C_1_edit"), "invalid_token"),
    ] {
        let refused = api.refuses(flawed).await;
        assert_eq!(refused.refused().reason(), reason, "{what}");
        refused.refused().assert_status(401);
    }
    let refused = api.refuses(good().without_scope("demo.write")).await;
    let refused = refused
        .refused()
        .assert_status(403)
        .assert_reason("insufficient_scope");
    refused.assert_scopes(&["demo.write"]);
}

#[tokio::test]
async fn tokens_end_by_the_providers_clock() {
    let api = Api::new(SETTINGS);
    let brief = api
        .provider
        .access_token()
        .expires_in(Duration::from_secs(60));
    let token = brief.authorization().unwrap();
    assert_eq!(api.gets("/write", Ok(token.clone())).await.status(), 200);
    api.provider.clock().advance(Duration::from_secs(179));
    assert_eq!(
        api.gets("/write", Ok(token.clone())).await.status(),
        200,
        "within the leeway"
    );
    api.provider.clock().advance(Duration::from_secs(1));
    let refused = challenge(api.gets("/write", Ok(token)).await).await;
    refused.refused().assert_reason("token_expired");
}

#[tokio::test]
async fn applications_have_roles_and_people_have_scopes() {
    let api = Api::new(ENTRA);
    let job = || api.provider.access_token().app_only();
    let admin = job().roles(&["Demo.Admin"]).authorization();
    assert_eq!(api.gets("/admin", admin).await.status(), StatusCode::OK);
    let other = challenge(
        api.gets("/admin", job().roles(&["Other"]).authorization())
            .await,
    );
    other.await.refused().assert_status(403);
    let person = api
        .provider
        .access_token()
        .roles(&["Demo.Admin"])
        .authorization();
    let person = challenge(api.gets("/admin", person).await).await;
    person.refused().assert_reason("insufficient_scope");
}

#[tokio::test]
async fn exchanged_keys_are_found_and_old_ones_end() {
    let api = Api::new(SETTINGS);
    let old = api.provider.access_token().subject("old");
    let (before, again) = (old.clone().authorization(), old.clone().subject("older"));
    assert_eq!(api.gets("/write", before).await.status(), 200);
    let unseen = again.authorization();
    api.provider.exchanges_keys();
    assert!(api.passes(old).await, "signed anew, the keys are asked for");
    let refused = challenge(api.gets("/write", unseen).await).await;
    refused.refused().assert_reason("invalid_token");
}

#[tokio::test]
async fn without_its_provider_an_api_says_so() {
    let api = Api::new(SETTINGS);
    api.provider.goes_away();
    let away = api.refuses(api.provider.access_token()).await;
    away.refused()
        .assert_status(503)
        .assert_reason("provider_unavailable");
    api.provider.comes_back();
    api.provider.clock().advance(Duration::from_secs(5));
    assert!(api.passes(api.provider.access_token()).await);
}

#[tokio::test]
async fn guards_take_a_bearer_without_a_layer() {
    let handler = service_fn(|_: Request<Body>| async {
        Ok::<_, std::convert::Infallible>(Response::new(Body::empty()))
    });
    let guarded = RequireScopesLayer::all_of(["demo.write"]).layer(handler);
    let asks = |token: AccessTokenBuilder| {
        let mut request = Request::new(Body::empty());
        request.extensions_mut().insert(token.bearer().unwrap());
        guarded.clone().oneshot(request)
    };
    let answer = asks(access_token().scopes(&["demo.read", "demo.write"])).await;
    assert_eq!(answer.unwrap().status(), StatusCode::OK);
    let refused = asks(access_token().scopes(&["demo.read"])).await.unwrap();
    let refused = challenge(refused).await;
    let refused = refused
        .refused()
        .assert_reason("insufficient_scope")
        .assert_status(403);
    refused.assert_scopes(&["demo.write"]);
    let bearer = access_token().roles(&["A"]).app_only().bearer().unwrap();
    assert!(bearer.is_app_only() && bearer.app_roles().eq(["A"]));
}

#[tokio::test]
async fn tokens_of_one_process_alone_count() {
    let (one, other) = (Api::new(SETTINGS), Api::new(ENTRA));
    let foreign = other.provider.access_token().authorization();
    let refused = challenge(one.gets("/write", foreign).await).await;
    refused.refused().assert_reason("invalid_token");
}

pub const SETTINGS: &str = r#"
[provider]
tenant = "contoso"
user_flows = { sign_up_sign_in = "B2C_1_susi", other = "B2C_1_other" }
[api]
audiences = ["11112222-bbbb-3333-cccc-4444dddd5555"]
scopes = ["demo.read", "demo.write"]
user_flows = ["B2C_1_susi", "B2C_1_other"]
"#;

const ENTRA: &str = r#"
[provider]
kind = "entra"
tenant = "bbbbcccc-1111-dddd-2222-eeee3333ffff"
[api]
audiences = ["api://demo"]
scopes = ["demo.read"]
"#;
