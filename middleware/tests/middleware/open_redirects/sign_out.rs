//! Where a sign-out leads.

use std::convert::Infallible;

use axum::body::Body;
use http::{HeaderMap, Method, Request, Response};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::{B2cLayer, BoxFuture, Config, HttpClient, HttpError};
use url::Url;

use super::{asks, cookies, corpus, location, queries, request, with_cookie};
use crate::support::{APP, KEY, World, stays};

#[tokio::test]
async fn the_way_back_from_a_sign_out() {
    let world = World::new().await;
    let names = [
        "state",
        "post_logout_redirect_uri",
        "return_to",
        "logout_hint",
    ];
    for entry in corpus() {
        let query = names.map(|name| queries(name, &entry)[0].clone()).join("&");
        let answer = asks(
            &world,
            request(Method::POST, &format!("/logout?{query}"), &HeaderMap::new()).unwrap(),
        )
        .await;
        let to = Url::parse(location(&answer).unwrap()).unwrap();
        assert!(to.as_str().starts_with(world.emulator.base_url()), "{to}");
        let mut query_pairs = to.query_pairs();
        let back = query_pairs.find(|(name, _)| name == "post_logout_redirect_uri");
        assert_eq!(back.unwrap().1, format!("{APP}/"), "{entry:?}");

        let headers = with_cookie(&cookies(&answer));
        for uri in [
            format!("/?{query}"),
            format!("/?{}", queries("state", &entry)[0]),
        ] {
            let answer = asks(&world, request(Method::GET, &uri, &headers).unwrap()).await;
            if let Some(location) = location(&answer) {
                assert_eq!(location, "/", "{entry:?}");
            }
        }
    }
}

/// A provider that is never there.
struct Away;

impl HttpClient for Away {
    fn send(&self, _: Request<Vec<u8>>) -> BoxFuture<'_, Result<Response<Vec<u8>>, HttpError>> {
        Box::pin(async { Err(HttpError::TimedOut) })
    }
}

#[tokio::test]
async fn the_page_after_a_sign_out_in_the_settings() {
    let settings = format!(
        "[app]\nbase_url = \"{APP}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n\
         [provider]\ntenant = \"contoso\"\nclient_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n\
         client_secret = {{ env = \"KEY\" }}\nuser_flows = {{ sign_up_sign_in = \"B2C_1_susi\" }}\n"
    );
    for entry in corpus() {
        let file = Config::from_text(settings.clone()).environment([("KEY", KEY)]);
        let Ok(config) = file.set("app.after_sign_out", entry.as_str()).load() else {
            continue;
        };
        let layer = B2cLayer::builder(config)
            .http_client(Away)
            .discover_at_start(false);
        let app = layer
            .build()
            .unwrap()
            .layer(service_fn(|_: Request<Body>| async {
                Ok::<_, Infallible>(Response::new(Body::empty()))
            }));
        let request = request(Method::POST, "/logout", &HeaderMap::new()).unwrap();
        let answer = app.oneshot(request).await.unwrap().map(Body::new);
        stays(location(&answer).unwrap(), APP, &entry);
    }
}
