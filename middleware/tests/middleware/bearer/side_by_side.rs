//! The cookie session and access tokens on one app.

use axum::Router;
use axum::routing::get;
use b2c_emulator::Forgery;
use http::{StatusCode, header};
use tower_b2c::{
    ApiConfig, Bearer, BearerLayer, Config, RequireScopesLayer, RequireSignInLayer, Session,
};

use super::{ADA, AUDIENCE, Answer, send};
use crate::support::{KEY, World, own_tenant};

struct Both {
    world: World,
    app: Router,
}

async fn who(session: Option<Session>, bearer: Option<Bearer>) -> String {
    let by_cookie = session.map(|session| session.claims().email().map(str::to_owned));
    let by_token = bearer.map(|bearer| bearer.scopes().map(str::to_owned).collect::<Vec<_>>());
    format!("{by_cookie:?} {by_token:?}")
}

/// `[api]` in the file of the web app, which is read for both.
fn api_config(world: &World) -> ApiConfig {
    let text = format!(
        "{}\n[api]\naudiences = [\"{AUDIENCE}\"]\nscopes = [\"demo.read\"]",
        own_tenant(&world.emulator)
    );
    let secret = world.emulator.client().client_secret();
    let file = Config::from_text(text).environment([("SECRET", secret), ("KEY", KEY)]);
    file.load().unwrap().api().unwrap().clone()
}

/// The same, read for the API alone.
fn api_config_alone(world: &World) -> ApiConfig {
    let text = format!(
        "{}\n[api]\naudiences = [\"{AUDIENCE}\"]",
        own_tenant(&world.emulator)
    );
    let file = Config::from_text(text).environment::<&str, &str>([]);
    file.load_api().unwrap()
}

async fn both() -> Both {
    let world = World::new().await;
    let bearer = BearerLayer::builder(api_config(&world))
        .clock(world.clock.clone())
        .optional();
    let read = RequireScopesLayer::all_of(["demo.read"]);
    let app = Router::new()
        .route("/who", get(who).post(who))
        .route("/read", get(who).layer(read.clone()))
        .route("/read-or-session", get(who).layer(read.or_session()))
        .route("/page", get(who).layer(RequireSignInLayer::new()))
        .layer(bearer.build().unwrap())
        .layer(world.layer.clone());
    Both { world, app }
}

impl Both {
    async fn gets(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let headers: Vec<_> = headers
            .iter()
            .map(|(name, value)| (*name, value.as_bytes()))
            .collect();
        send(&self.app, path, &headers).await
    }

    async fn cookie(&self) -> String {
        let mut visitor = self.world.visitor();
        visitor.signs_in("/login").await;
        format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"])
    }

    fn authorization(&self, forgery: &Forgery) -> String {
        format!("Bearer {}", self.world.emulator.forge(forgery).unwrap())
    }
}

#[tokio::test]
async fn each_stands_for_itself() {
    let both = both().await;
    let cookie = both.cookie().await;
    let token = both.authorization(&Forgery::access_token(ADA).scopes(["demo.read"]));
    let by_cookie = ("cookie", cookie.as_str());
    let by_token = ("authorization", token.as_str());
    for (headers, told) in [
        (&[][..], "None None"),
        (&[by_cookie], "Some(Some(\"ada@emulator.example\")) None"),
        (&[by_token], "None Some([\"demo.read\"])"),
        (
            &[by_cookie, by_token],
            "Some(Some(\"ada@emulator.example\")) Some([\"demo.read\"])",
        ),
    ] {
        assert_eq!(both.gets("/who", headers).await.body, told);
    }
    for (path, headers, status) in [
        ("/read", &[by_token][..], StatusCode::OK),
        ("/read", &[by_cookie], StatusCode::UNAUTHORIZED),
        ("/read-or-session", &[by_token], StatusCode::OK),
        ("/read-or-session", &[by_cookie], StatusCode::OK),
        ("/read-or-session", &[], StatusCode::UNAUTHORIZED),
        ("/page", &[by_cookie], StatusCode::OK),
        ("/page", &[by_token], StatusCode::UNAUTHORIZED),
    ] {
        let answer = both.gets(path, headers).await;
        assert_eq!(answer.status, status, "{path} {headers:?}");
    }
}

#[tokio::test]
async fn each_is_asked_for_in_its_own_way() {
    let both = both().await;
    let api = both.gets("/read", &[]).await;
    assert!(
        api.challenge().starts_with("Bearer ") && api.challenge().contains("scope=\"demo.read\""),
        "{}",
        api.challenge()
    );
    // The URL of the app is that of its API.
    let metadata =
        "resource_metadata=\"http://localhost:5000/.well-known/oauth-protected-resource\"";
    assert!(api.challenge().contains(metadata), "{}", api.challenge());
    let page = both.gets("/page", &[("accept", "text/html")]).await;
    assert_eq!(page.status, StatusCode::SEE_OTHER);
    assert!(page.headers.contains_key(header::LOCATION));
    let script = both.gets("/page", &[]).await;
    assert!(script.challenge().starts_with("Cookie "));
}

#[tokio::test]
async fn the_file_of_a_web_app_will_do_for_an_api_alone() {
    let world = World::new().await;
    let layer = BearerLayer::new(api_config_alone(&world)).unwrap();
    let app = Router::new().route("/who", get(who)).layer(layer);
    let answer = send(&app, "/who", &[]).await;
    let metadata = "http://localhost:5000/.well-known/oauth-protected-resource";
    assert!(
        answer.challenge().contains(metadata),
        "{}",
        answer.challenge()
    );
    let token = world.emulator.forge(&Forgery::access_token(ADA)).unwrap();
    let authorization = format!("Bearer {token}");
    let headers = [("authorization", authorization.as_bytes())];
    assert_eq!(send(&app, "/who", &headers).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_bad_token_is_not_saved_by_a_session() {
    let both = both().await;
    let cookie = both.cookie().await;
    let bad = both.authorization(&Forgery::access_token(ADA).bad_signature());
    let weak = both.authorization(&Forgery::access_token(ADA).scopes(["demo.write"]));
    for (token, status) in [
        (&bad, StatusCode::UNAUTHORIZED),
        (&weak, StatusCode::FORBIDDEN),
    ] {
        let headers = [("cookie", cookie.as_str()), ("authorization", token)];
        let answer = both.gets("/read-or-session", &headers).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
}
