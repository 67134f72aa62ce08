//! Where the app stands: under a path, behind proxies, among other layers.

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt as _;
use tower_b2c::{RequireSignInLayer, Session};
use tower_http::compression::CompressionLayer;
use tower_http::cors::CorsLayer;
use tower_http::trace::TraceLayer;

use crate::support::World;

async fn mounted(routes: Router) -> World {
    World::with()
        .config(|file| file.set("app.base_url", "http://localhost:5000/shop"))
        .registered_redirect_uri("http://localhost:5000/shop/getAToken")
        .routes(routes)
        .build()
        .await
}

/// A whole visit to an app under `/shop`.
async fn visits_the_shop(world: &World) {
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/shop/private?x=1").await;
    assert_eq!(page.app_path(), Some("/shop/private?x=1"));
    assert!(
        page.body.starts_with("ada@emulator.example"),
        "{}",
        page.body
    );
    let session = [("sec-fetch-site", "same-origin")];
    let info = visitor
        .sends_with(Method::GET, "/shop/session", &session)
        .await;
    let info: Value = serde_json::from_str(&info.body).unwrap();
    assert_eq!(info["sign_out"], "http://localhost:5000/shop/logout");

    for link in [
        "/shop/login?return_to=/shop/private",
        "/shop/login?return_to=/private",
    ] {
        let answer = visitor.asks(link).await;
        assert_eq!(answer.location(), "/shop/private", "{link}");
    }
    assert_eq!(visitor.asks("/shop/login").await.location(), "/shop/");
    let confirm = visitor.asks("/shop/logout").await;
    assert!(
        confirm.body.contains("action=\"/shop/logout\""),
        "{}",
        confirm.body
    );
    let broken = visitor.asks("/shop/getAToken").await;
    for link in ["href=\"/shop/login\"", "href=\"/shop/\""] {
        assert!(broken.body.contains(link), "{link} in {}", broken.body);
    }

    let cookies: Vec<_> = visitor.cookies().keys().cloned().collect();
    assert_eq!(cookies, ["shop.b2c-session-5000"]);
    let answer = visitor
        .sends(Method::POST, "http://localhost:5000/shop/logout", None)
        .await;
    let location = url::Url::parse(answer.location()).unwrap();
    let home = location
        .query_pairs()
        .find(|(name, _)| name == "post_logout_redirect_uri");
    assert_eq!(home.unwrap().1, "http://localhost:5000/shop/");
}

#[tokio::test]
async fn an_app_can_be_nested_under_a_path() {
    let mut world = mounted(Router::new()).await;
    world.app = Router::new().nest_service("/shop", world.app);
    visits_the_shop(&world).await;
}

#[tokio::test]
async fn under_axums_nest_a_fallback_lets_the_layer_see_its_own_paths() {
    let world = mounted(Router::new()).await;
    let shop = Router::new().route("/", get(|| async { "shop" }));
    let asks = |shop: Router| {
        let app = Router::new().nest("/shop", shop.layer(world.layer.clone()));
        let request = Request::get("/shop/login").header("accept", "text/html");
        app.oneshot(request.body(Body::empty()).unwrap())
    };
    let without = asks(shop.clone()).await.unwrap();
    assert_eq!(without.status(), StatusCode::NOT_FOUND);
    let with = asks(shop.fallback(|| async { StatusCode::NOT_FOUND })).await;
    assert_eq!(with.unwrap().status(), StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn an_app_can_have_routes_with_the_path_that_it_is_mounted_under() {
    async fn private(session: Session) -> String {
        session.claims().email().unwrap_or_default().to_owned()
    }
    let shop = Router::new()
        .route("/private", get(private))
        .route_layer(RequireSignInLayer::new());
    let world = mounted(Router::new().nest("/shop", shop)).await;
    visits_the_shop(&world).await;
    // What only begins alike is another app's.
    let answer = world.visitor().asks("/shopping/login").await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn no_header_changes_the_apps_own_urls() {
    let world = World::new().await;
    let forged = [
        ("accept", "text/html"),
        ("host", "evil.example"),
        ("forwarded", "host=evil.example;proto=http;for=6.6.6.6"),
        ("x-forwarded-host", "evil.example"),
        ("x-forwarded-proto", "http"),
        ("x-forwarded-prefix", "/evil"),
        ("x-forwarded-port", "666"),
        ("x-original-url", "/evil"),
        ("x-rewrite-url", "/evil"),
    ];
    let visitor = world.visitor();
    let answer = visitor.sends_with(Method::GET, "/private", &forged).await;
    let redirect_uri = "redirect_uri=http%3A%2F%2Flocalhost%3A5000%2FgetAToken";
    assert!(
        answer.location().contains(redirect_uri),
        "{}",
        answer.location()
    );
    assert!(!format!("{answer:?}").contains("evil"));
}

/// Puts layers around the app, the first one innermost.
fn layered(world: &World, order: &[&str]) -> Router {
    let routes = Router::new()
        .route("/private", get(|| async { "secret ".repeat(500) }))
        .route_layer(RequireSignInLayer::new())
        .route("/", get(|| async { "public ".repeat(500) }));
    let origin = "https://spa.contoso.com"
        .parse::<http::HeaderValue>()
        .unwrap();
    order.iter().fold(routes, |routes, layer| match *layer {
        "b2c" => routes.layer(world.layer.clone()),
        "compression" => routes.layer(CompressionLayer::new()),
        "cors" => routes.layer(
            CorsLayer::new()
                .allow_origin(origin.clone())
                .allow_credentials(true),
        ),
        _ => routes.layer(TraceLayer::new_for_http()),
    })
}

fn orders() -> Vec<Vec<&'static str>> {
    fn extend(order: Vec<&'static str>, all: &mut Vec<Vec<&'static str>>) {
        let layers = ["b2c", "compression", "cors", "trace"];
        let left: Vec<_> = layers
            .into_iter()
            .filter(|layer| !order.contains(layer))
            .collect();
        if left.is_empty() {
            all.push(order);
            return;
        }
        for layer in left {
            extend([order.clone(), vec![layer]].concat(), all);
        }
    }
    let mut all = Vec::new();
    extend(Vec::new(), &mut all);
    all
}

#[tokio::test]
async fn tower_http_goes_around_and_inside_in_any_order() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let cookie = format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"]);
    let orders = orders();
    assert_eq!(orders.len(), 24);
    for order in orders {
        let app = layered(&world, &order);
        let ask = |path: &str, headers: &[(&str, &str)]| {
            let request = headers
                .iter()
                .fold(Request::get(path), |request, (name, value)| {
                    request.header(*name, *value)
                });
            let request = request
                .header(header::ACCEPT_ENCODING, "gzip")
                .header(header::ORIGIN, "https://spa.contoso.com");
            app.clone().oneshot(request.body(Body::empty()).unwrap())
        };
        let page = ask("/private", &[("cookie", &cookie)]).await.unwrap();
        assert_eq!(page.status(), StatusCode::OK, "{order:?}");
        assert_eq!(page.headers()["content-encoding"], "gzip", "{order:?}");
        let body = axum::body::to_bytes(page.into_body(), 10_000)
            .await
            .unwrap();
        assert!(
            (20..1000).contains(&body.len()),
            "{order:?}: {}",
            body.len()
        );

        let refused = ask("/private", &[]).await.unwrap();
        assert_eq!(refused.status(), StatusCode::UNAUTHORIZED, "{order:?}");
        let allowed = &refused.headers()["access-control-allow-origin"];
        assert_eq!(allowed, "https://spa.contoso.com", "{order:?}");
        let sent = ask("/private", &[("accept", "text/html")]).await.unwrap();
        assert_eq!(sent.status(), StatusCode::SEE_OTHER, "{order:?}");
        assert!(sent.headers().contains_key(header::SET_COOKIE), "{order:?}");
        assert_eq!(sent.headers()["cache-control"], "no-store", "{order:?}");
        let own = ask("/getAToken", &[("accept", "text/html")]).await.unwrap();
        assert_eq!(own.status(), StatusCode::BAD_REQUEST, "{order:?}");
    }
}

#[tokio::test]
async fn whatever_sets_a_cookie_is_kept_by_no_cache() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let answers = [
        visitor.asks("/private").await,
        visitor.asks("/login").await,
        visitor
            .enters(&page, "ada@emulator.example", "Passw0rd!")
            .await,
        visitor.asks("/edit-profile").await,
        visitor.asks("/reset-password").await,
        visitor
            .asks("/getAToken?error=access_denied&error_description=AADB2C90091")
            .await,
        visitor
            .sends(Method::POST, "http://localhost:5000/logout", None)
            .await,
    ];
    for answer in &answers {
        if answer.headers.contains_key(header::SET_COOKIE) {
            assert_eq!(
                answer.headers["cache-control"], "no-store",
                "{}",
                answer.url
            );
        }
    }
    let dead = visitor.cookies();
    dead.insert("b2c-session-5000".to_owned(), "A".repeat(64));
    let cleared = visitor.asks("/").await;
    assert!(cleared.headers.contains_key(header::SET_COOKIE));
    assert_eq!(cleared.headers["cache-control"], "no-store");
}

#[tokio::test]
async fn the_layers_own_answers_protect_themselves() {
    let world = World::with()
        .parts(|builder| builder.error_page(|page| format!("<p>{}</p>", page.status())))
        .build()
        .await;
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    let form = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let callback = visitor.fills(&page, "signInName", &form.into()).await;
    let answers = [
        (visitor.asks(&callback).await, StatusCode::SEE_OTHER),
        (visitor.asks("/getAToken").await, StatusCode::BAD_REQUEST),
        (visitor.asks("/edit-profile").await, StatusCode::SEE_OTHER),
    ];
    for (answer, status) in answers {
        assert_eq!(answer.status, status, "{}", answer.url);
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!(header("referrer-policy"), "no-referrer", "{}", answer.url);
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        if status.is_client_error() {
            assert_eq!(
                header("x-frame-options"),
                "SAMEORIGIN",
                "no policy says more"
            );
        }
    }
    let confirm = visitor.asks("/logout").await;
    let policy = confirm.headers["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    let form = visitor
        .sends(Method::POST, "http://localhost:5000/logout", None)
        .await;
    assert_eq!(form.status, StatusCode::SEE_OTHER);
}
