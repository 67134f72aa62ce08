//! Whole sign-ins with a provider in memory.

use axum::body::Body;
use http::{HeaderValue, Request, Response, StatusCode, header};
use serde_json::json;
use tower::ServiceExt as _;
use tower_b2c::Config;
use tower_b2c::testing::{Callback, MintError, Provider, challenge};

use super::{App, STEPUP, SUSI};

impl App {
    async fn is_asked_at(&self, path: &str) -> Response<Body> {
        self.opens(path, &HeaderValue::from_static("theme=dark"))
            .await
    }

    async fn gets_back(&self, callback: Callback) -> Response<Body> {
        let request = callback.request().unwrap().map(Body::from);
        self.router.clone().oneshot(request).await.unwrap()
    }
}

/// The session cookies that an answer sets.
fn kept(response: &Response<Body>) -> HeaderValue {
    let lines = response.headers().get_all(header::SET_COOKIE).iter();
    let lines = lines.map(|line| line.to_str().unwrap());
    let set = lines.filter(|line| !line.contains("Max-Age=0"));
    let pairs: Vec<_> = set.map(|line| line.split(';').next().unwrap()).collect();
    HeaderValue::from_str(&pairs.join("; ")).unwrap()
}

#[tokio::test]
async fn a_sign_in_goes_there_and_back() {
    for (settings, flow) in [(super::SETTINGS, SUSI), (super::kinds::ENTRA, "no flow")] {
        let app = App::of(Config::from_text(settings));
        let sent = app.is_asked_at("/private").await;
        let back = app
            .provider
            .answers(&sent)
            .unwrap()
            .subject("ada")
            .claim("name", "Ada");
        let answer = app.gets_back(back).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(answer.headers()[header::LOCATION], "/private");
        let cookie = kept(&answer);
        assert_eq!(
            app.reads("/private", &cookie).await,
            format!("Ada by {flow}")
        );
        assert!(
            app.reads("/token", &cookie)
                .await
                .starts_with("test-access-token-")
        );
        assert_eq!(
            app.provider.token_requests(),
            ["authorization_code"],
            "one for both"
        );
    }
}

#[tokio::test]
async fn an_answer_counts_once_and_only_where_it_was_asked_for() {
    let app = App::new();
    let sent = app.is_asked_at("/private").await;
    let back = || app.provider.answers(&sent).unwrap().request().unwrap();
    let once = back();
    let asks = |request: Request<String>| app.router.clone().oneshot(request.map(Body::from));
    assert_eq!(
        asks(once.clone()).await.unwrap().status(),
        StatusCode::SEE_OTHER
    );
    // The code is spent: the sign-in starts again.
    let again = asks(once).await.unwrap();
    challenge(again).await.redirect().assert_user_flow(SUSI);

    let mut bare = back();
    bare.headers_mut().remove(header::COOKIE);
    let lost = asks(bare).await.unwrap();
    assert!(!kept(&lost).to_str().unwrap().contains("b2c-session"));
    let other = App::new();
    let error = Provider::new().answers(&sent).unwrap_err();
    assert!(matches!(error, MintError::NotSentHere { .. }), "{error}");
    assert!(!error.to_string().contains("state="), "{error}");
    // The same addresses, another process' keys and codes.
    let foreign = other.provider.answers(&sent).unwrap().request().unwrap();
    let refused = asks(foreign).await.unwrap();
    assert!(!kept(&refused).to_str().unwrap().contains("b2c-session"));
}

#[tokio::test]
async fn who_cancels_is_not_signed_in() {
    let app = App::new();
    let sent = app.is_asked_at("/private").await;
    let back = app.provider.answers(&sent).unwrap();
    let back = back.refuses(
        "access_denied",
        "AADB2C90091: The user has cancelled entering.",
    );
    let answer = app.gets_back(back).await;
    challenge(answer).await.assert_none();
    assert!(app.provider.token_requests().is_empty());
}

#[tokio::test]
async fn id_tokens_say_what_they_can() {
    let app = App::new();
    let sent = app.is_asked_at("/private").await;
    let back = || app.provider.answers(&sent).unwrap();
    let reserved = back().claim("nonce", "x").request().unwrap_err();
    assert!(matches!(reserved, MintError::ReservedClaim { .. }));
    let nobody = back().subject("").request().unwrap_err();
    assert!(matches!(nobody, MintError::EmptySubject));
}

#[tokio::test]
async fn a_step_up_passes_the_other_user_flow() {
    let app = App::new();
    let cookie = tower_b2c::testing::sign_in(&app.layer)
        .subject("ada")
        .claim("name", "Ada");
    let cookie = cookie.cookie().await.unwrap();
    let sent = app.opens("/vault", &cookie).await;
    let mut back = app
        .provider
        .answers(&sent)
        .unwrap()
        .subject("ada")
        .request()
        .unwrap();
    let brought = back.headers()[header::COOKIE].to_str().unwrap();
    let both = format!("{}; {brought}", cookie.to_str().unwrap());
    back.headers_mut()
        .insert(header::COOKIE, HeaderValue::from_str(&both).unwrap());
    let answer = app
        .router
        .clone()
        .oneshot(back.map(Body::from))
        .await
        .unwrap();
    let cookie = kept(&answer);
    assert_eq!(app.reads("/vault", &cookie).await, "gold");
    assert_eq!(
        app.reads("/", &cookie).await,
        format!("Ada by {SUSI}"),
        "not {STEPUP}"
    );
}

#[tokio::test]
async fn while_the_provider_is_away_nobody_can_sign_in() {
    let app = App::new();
    app.provider.goes_away();
    let answer = app.is_asked_at("/private").await;
    assert_eq!(answer.status(), StatusCode::SERVICE_UNAVAILABLE);
    app.provider.comes_back();
    app.clock().advance(std::time::Duration::from_secs(5));
    let asked = challenge(app.is_asked_at("/private").await).await;
    asked.redirect().assert_user_flow(SUSI);
}

#[tokio::test]
async fn an_api_is_stood_in_for() {
    let app = App::new();
    let demo = |request: &Request<Vec<u8>>| {
        let token = request.headers()[header::AUTHORIZATION].to_str().unwrap();
        let body = json!({ "path": request.uri().path(), "token": token });
        Response::new(body.to_string().into_bytes())
    };
    app.provider.stands_in_for("https://api.contoso.com", demo);
    let ada = tower_b2c::testing::sign_in(&app.layer).token(&["demo.read"], "chosen");
    let ada = ada.session().await.unwrap();
    let answer: serde_json::Value = ada
        .downstream("demo")
        .unwrap()
        .get_json("/me")
        .await
        .unwrap();
    assert_eq!(answer, json!({ "path": "/me", "token": "Bearer chosen" }));
}
