//! What a token costs that was seen before.

use std::time::{Duration, Instant};

use http::HeaderMap;
use tower::Layer as _;

use super::Api;
use crate::cost::{Nothing, allocations};

#[tokio::test]
async fn a_token_seen_before_stays_within_its_budget() {
    let api = Api::new().await;
    let token = api.token();
    assert_eq!(api.gets("/", &token).await.status, 200);
    let authorization = format!("Bearer {token}");
    let header = Some(("authorization", authorization.as_str()));
    let bare = allocations(&mut Nothing, header);
    let mut layered = api.layer.layer(Nothing);
    let cached = allocations(&mut layered, header) - bare;
    // The extensions' map and what goes into it.
    assert!(cached <= 3, "{cached} allocations, 3 allowed");
}

/// Run with `cargo test --release -p tower-b2c --test middleware -- --ignored --nocapture bearer`.
#[tokio::test]
#[ignore = "a measurement, for release builds"]
async fn how_long_a_token_takes() {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use http::Request;
    use http_body_util::Empty;
    use tower::Service;

    const ROUNDS: u32 = 20_000;
    let nothing = Api::with("", |builder| builder.cached_tokens(0)).await;
    let remembering = Api::new().await;
    let (first, cached) = (nothing.token(), remembering.token());
    for (api, token) in [(&nothing, &first), (&remembering, &cached)] {
        assert_eq!(api.gets("/", token).await.status, 200);
    }
    let mut headers = HeaderMap::new();
    let mut time = |layer: Option<&tower_b2c::BearerLayer>, token: &str| -> Duration {
        let authorization = format!("Bearer {token}").parse().unwrap();
        headers.insert("authorization", authorization);
        let poll = |future: &mut dyn FnMut(&mut Context<'_>) -> bool| {
            assert!(future(&mut Context::from_waker(Waker::noop())));
        };
        let mut bare = Nothing;
        let mut layered = layer.map(|layer| layer.layer(Nothing));
        let started = Instant::now();
        for _ in 0..ROUNDS {
            let mut request = Request::new(Empty::new());
            *request.headers_mut() = headers.clone();
            match &mut layered {
                Some(service) => {
                    let mut future = pin!(service.call(request));
                    poll(&mut |cx| future.as_mut().poll(cx).is_ready());
                }
                None => {
                    let mut future = pin!(bare.call(request));
                    poll(&mut |cx| future.as_mut().poll(cx).is_ready());
                }
            }
        }
        started.elapsed() / ROUNDS
    };
    let bare = time(None, &cached);
    let cached = time(Some(&remembering.layer), &cached).saturating_sub(bare);
    let first = time(Some(&nothing.layer), &first).saturating_sub(bare);
    println!("bare {bare:?}, cached +{cached:?}, first +{first:?}");
}
