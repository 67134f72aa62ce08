//! The request itself: its address, where it came from, the headers that proxies write.

use std::convert::Infallible;

use axum::body::Body;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::Challenge;

use super::{asks, cancels, corpus, location, request, signed_in, with_cookie};
use crate::support::{APP, World, stays};

#[tokio::test]
async fn the_address_of_a_request_that_is_challenged() {
    let world = World::new().await;
    let refusing = service_fn(|_: Request<Body>| async {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::UNAUTHORIZED;
        response.extensions_mut().insert(Challenge::sign_in());
        Ok::<_, Infallible>(response)
    });
    let app = world.layer.layer(refusing);
    let mut taken = 0;
    for entry in corpus() {
        // In origin-form and, as proxies send it, in absolute-form.
        for uri in [entry.clone(), format!("{APP}{entry}"), format!("/{entry}")] {
            let Some(request) = request(Method::GET, &uri, &HeaderMap::new()) else {
                continue;
            };
            taken += 1;
            let sent = app.clone().oneshot(request).await.unwrap().map(Body::new);
            if sent.status() == StatusCode::SEE_OTHER && location(&sent).unwrap().starts_with('/') {
                // One of the layer's own endpoints, which has its own ideas.
                stays(location(&sent).unwrap(), APP, &uri);
            } else if sent.status() == StatusCode::SEE_OTHER {
                let back = cancels(&world, &sent, "theme=dark").await;
                stays(location(&back).unwrap(), APP, &uri);
            }
        }
    }
    assert!(taken > 500, "{taken} requests are ones at all");
}

#[tokio::test]
async fn the_page_that_the_browser_came_from() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    for entry in corpus() {
        for referer in [
            entry.clone(),
            format!("{APP}{entry}"),
            format!("{APP}/{entry}"),
        ] {
            let Ok(value) = HeaderValue::from_bytes(referer.as_bytes()) else {
                continue;
            };
            let mut headers = with_cookie(&cookie);
            headers.insert(header::REFERER, value);
            let answer = asks(&world, request(Method::GET, "/login", &headers).unwrap()).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER);
            stays(location(&answer).unwrap(), APP, &referer);
        }
    }
}

#[tokio::test]
async fn headers_that_name_a_host_or_a_path() {
    let names = [
        "host",
        "forwarded",
        "x-forwarded-for",
        "x-forwarded-host",
        "x_forwarded_host",
        "x-forwarded-port",
        "x-forwarded-prefix",
        "x-forwarded-proto",
        "x-forwarded-scheme",
        "x-forwarded-server",
        "x-forwarded-uri",
        "x-host",
        "x-original-host",
        "x-original-url",
        "x-rewrite-url",
        "origin",
    ];
    // Even behind a proxy that is trusted: it vouches for the client's address and nothing else.
    let world = World::with()
        .config(|file| {
            file.set(
                "app.trusted_proxies",
                vec!["0.0.0.0/0".to_owned(), "::/0".to_owned()],
            )
        })
        .parts(|builder| builder.peer_address(|_| Some(std::net::IpAddr::from([127, 0, 0, 1]))))
        .build()
        .await;
    for entry in corpus() {
        let Ok(value) = HeaderValue::from_bytes(entry.as_bytes()) else {
            continue;
        };
        let all = names.map(|name| (HeaderName::from_static(name), value.clone()));
        let headers = HeaderMap::from_iter(all);
        let sent = asks(
            &world,
            request(Method::GET, "/private?x", &headers).unwrap(),
        )
        .await;
        let back = cancels(&world, &sent, "theme=dark").await;
        assert_eq!(location(&back), Some("/private?x"), "{entry:?}");
    }
}
