//! `return_to`, whatever is written into it.

use http::{HeaderMap, Method, StatusCode};
use url::Url;
use url::form_urlencoded::byte_serialize;

use super::{asks, cancels, cookies, corpus, location, queries, request, signed_in, with_cookie};
use crate::support::{APP, World, stays};

#[tokio::test]
async fn the_return_path_of_a_user_who_is_signed_in() {
    let world = World::new().await;
    let headers = with_cookie(&signed_in(&world).await);
    // The names that other apps and libraries have for it mean nothing here.
    let foreign = [
        "target_link_uri",
        "redirect_uri",
        "returnUrl",
        "next",
        "rd",
        "RelayState",
    ];
    for entry in corpus() {
        let queries = queries("return_to", &entry);
        let foreign = foreign.iter().map(|name| {
            let value: String = byte_serialize(entry.as_bytes()).collect();
            format!("{name}={value}")
        });
        for query in queries.into_iter().chain(foreign) {
            let Some(request) = request(Method::GET, &format!("/login?{query}"), &headers) else {
                continue;
            };
            let answer = asks(&world, request).await;
            assert_eq!(answer.status(), StatusCode::SEE_OTHER, "{query:?}");
            let location = location(&answer).expect("a place to go to");
            stays(location, APP, &query);
            assert!(
                query.starts_with("return_to") || location == "/",
                "{query:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_return_path_of_a_journey_that_is_cancelled() {
    let world = World::new().await;
    let cookie = signed_in(&world).await;
    for entry in corpus() {
        let query = &queries("return_to", &entry)[0];
        for (path, cookie) in [
            ("/login", "theme=dark"),
            ("/reset-password", "theme=dark"),
            ("/edit-profile", &cookie),
        ] {
            let uri = format!("{path}?{query}");
            let sent = asks(
                &world,
                request(Method::GET, &uri, &with_cookie(cookie)).unwrap(),
            )
            .await;
            let back = cancels(&world, &sent, cookie).await;
            assert_eq!(back.status(), StatusCode::SEE_OTHER, "{uri:?}");
            stays(location(&back).unwrap(), APP, &uri);
        }
    }
}

#[tokio::test]
async fn the_return_path_of_a_journey_that_is_finished() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    // The cookie is the same as of a cancelled one, so a part of the corpus will do.
    for entry in corpus().iter().step_by(16) {
        visitor.cookies().clear();
        visitor.history.clear();
        let uri = format!("/login?{}", queries("return_to", entry)[0]);
        // The visitor refuses to go anywhere but to the app and the provider.
        visitor.opens(&uri).await;
        assert!(
            visitor.cookies().contains_key("b2c-session-5000"),
            "{uri:?}"
        );
        let last = visitor.history.last().unwrap();
        assert!(last.starts_with(&format!("{APP}/")), "{uri:?}: {last}");
        assert!(!last.starts_with(&format!("{APP}//")), "{uri:?}: {last}");
    }
}

#[tokio::test]
async fn the_return_path_of_an_app_under_a_path() {
    let world = World::with()
        .config(|file| file.set("app.base_url", format!("{APP}/shop")))
        .registered_redirect_uri(&format!("{APP}/shop/getAToken"))
        .build()
        .await;
    for entry in corpus() {
        for written in [
            entry.clone(),
            format!("/shop{entry}"),
            format!("/shop/{entry}"),
        ] {
            let uri = format!("/shop/login?{}", queries("return_to", &written)[0]);
            let sent = asks(
                &world,
                request(Method::GET, &uri, &HeaderMap::new()).unwrap(),
            )
            .await;
            let to = Url::parse(location(&sent).unwrap()).unwrap();
            let state = to
                .query_pairs()
                .find(|(name, _)| name == "state")
                .unwrap()
                .1;
            let denied = "error=access_denied&error_description=AADB2C90091%3a+cancelled";
            let uri = format!("/shop/getAToken?{denied}&state={state}");
            let headers = with_cookie(&cookies(&sent));
            let back = asks(&world, request(Method::GET, &uri, &headers).unwrap()).await;
            stays(
                location(&back).unwrap(),
                &format!("{APP}/shop/getAToken"),
                &written,
            );
        }
    }
}
