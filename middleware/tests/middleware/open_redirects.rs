//! Nothing that anybody can write into a link or a header leads away from the app (RFC 9700 §4.11).

use std::convert::Infallible;

use axum::body::Body;
use b2c_emulator::{Client, Tenant};
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, Uri, header,
};
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::{B2cLayer, BoxFuture, Challenge, Config, HttpClient, HttpError};
use url::Url;
use url::form_urlencoded::byte_serialize;

use crate::support::{APP, KEY, OTHER_SECRET, World, stays};

/// The corpus, with the control characters that a line cannot hold.
fn corpus() -> Vec<String> {
    let lines = include_str!("corpus/open_redirects.txt").split('\n');
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let names = [
        ("{NUL}", "\0"),
        ("{SOH}", "\u{1}"),
        ("{BS}", "\u{8}"),
        ("{TAB}", "\t"),
        ("{LF}", "\n"),
        ("{VT}", "\u{b}"),
        ("{FF}", "\u{c}"),
        ("{CR}", "\r"),
        ("{ESC}", "\u{1b}"),
        ("{DEL}", "\u{7f}"),
        ("{SP}", " "),
    ];
    let entry = |line: &str| {
        let replaced = |text: String, (name, sign): &(&str, &str)| text.replace(name, sign);
        names.iter().fold(line.to_owned(), replaced)
    };
    let entries: Vec<_> = lines.map(entry).collect();
    assert!(entries.len() >= 500, "{} entries", entries.len());
    entries
}

/// The ways in which a query can carry a value: encoded, encoded twice, as it is.
fn queries(name: &str, entry: &str) -> Vec<String> {
    let once: String = byte_serialize(entry.as_bytes()).collect();
    let twice: String = byte_serialize(once.as_bytes()).collect();
    let written = [once, twice, entry.to_owned()];
    written.map(|value| format!("{name}={value}")).to_vec()
}

/// A request without a body; `None` if no server would take it.
fn request(method: Method, uri: &str, headers: &HeaderMap) -> Option<Request<Body>> {
    let uri: Uri = uri.parse().ok()?;
    let mut request = Request::new(Body::empty());
    (*request.method_mut(), *request.uri_mut()) = (method, uri);
    *request.headers_mut() = headers.clone();
    let html = HeaderValue::from_static("text/html");
    request.headers_mut().insert(header::ACCEPT, html);
    Some(request)
}

fn with_cookie(cookie: &str) -> HeaderMap {
    let value = HeaderValue::from_str(cookie).unwrap();
    HeaderMap::from_iter([(header::COOKIE, value)])
}

async fn asks(world: &World, request: Request<Body>) -> Response<Body> {
    world.app.clone().oneshot(request).await.unwrap()
}

fn location(answer: &Response<Body>) -> Option<&str> {
    let location = answer.headers().get(header::LOCATION)?;
    Some(location.to_str().expect("a Location is ASCII"))
}

/// The cookies that an answer sets, as the browser sends them.
fn cookies(answer: &Response<Body>) -> String {
    let set = answer.headers().get_all(header::SET_COOKIE).iter();
    let pairs = set.map(|cookie| cookie.to_str().unwrap().split(';').next().unwrap());
    pairs.collect::<Vec<_>>().join("; ")
}

async fn signed_in(world: &World) -> String {
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    format!("b2c-session-5000={}", visitor.cookies()["b2c-session-5000"])
}

/// The user is sent to the provider and cancels there; what the app answers to that.
async fn cancels(world: &World, sent: &Response<Body>, cookie: &str) -> Response<Body> {
    let to = Url::parse(location(sent).expect("a redirect")).unwrap();
    assert!(
        to.as_str().starts_with(world.emulator.base_url()),
        "{to} is not the provider's"
    );
    let query: Vec<_> = to.query_pairs().collect();
    let of = |wanted: &str| {
        query
            .iter()
            .find(|(name, _)| name == wanted)
            .unwrap()
            .1
            .clone()
    };
    assert_eq!(of("redirect_uri"), format!("{APP}/getAToken"));
    let denied = "error=access_denied&error_description=AADB2C90091%3a+cancelled";
    let uri = format!("/getAToken?{denied}&state={}", of("state"));
    let headers = with_cookie(&format!("{}; {cookie}", cookies(sent)));
    asks(world, request(Method::GET, &uri, &headers).unwrap()).await
}

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

#[tokio::test]
async fn the_choice_of_a_provider() {
    let world = World::with()
        .emulator(|builder| {
            let client = Client::new("11112222-bbbb-3333-cccc-4444dddd5555", OTHER_SECRET)
                .redirect_uri(format!("{APP}/login/staff/callback"));
            builder.add_tenant(Tenant::entra("fabrikam").client(client))
        })
        .settings(|emulator| {
            let (base, tenant) = (emulator.base_url(), emulator.tenant());
            let client_id = emulator.client().client_id();
            format!(
                "[app]\nbase_url = \"{APP}\"\n[session]\ncookie_key = {{ env = \"KEY\" }}\n\
                 [providers.customers]\nemulator = true\ninstance = \"{base}\"\ntenant = \"{tenant}\"\n\
                 client_id = \"{client_id}\"\nclient_secret = {{ env = \"SECRET\" }}\n\
                 user_flows = {{ sign_up_sign_in = \"B2C_1_signupsignin1\" }}\n\
                 [providers.staff]\nkind = \"entra\"\nemulator = true\ninstance = \"{base}\"\n\
                 tenant = \"fabrikam.onmicrosoft.com\"\n\
                 client_id = \"11112222-bbbb-3333-cccc-4444dddd5555\"\n\
                 client_secret = {{ env = \"OTHER_SECRET\" }}\n"
            )
        })
        .build()
        .await;
    for entry in corpus() {
        let (provider, back) = (
            &queries("provider", &entry)[0],
            &queries("return_to", &entry)[0],
        );
        let uri = format!("/login?{provider}&{back}");
        let answer = asks(
            &world,
            request(Method::GET, &uri, &HeaderMap::new()).unwrap(),
        )
        .await;
        assert_eq!(
            answer.status(),
            StatusCode::OK,
            "a provider of no such name is none"
        );
        let page = axum::body::to_bytes(answer.into_body(), 1 << 20)
            .await
            .unwrap();
        let page = String::from_utf8(page.to_vec()).unwrap();
        let links: Vec<_> = page.split("href=\"").skip(1).collect();
        assert_eq!(links.len(), 3, "two providers and the way home: {page}");
        for link in links {
            let link = link
                .split('"')
                .next()
                .unwrap()
                .replace("&amp;", "&")
                .replace("&#x2f;", "/");
            stays(&link, APP, &entry);
            let link = Url::parse(APP).unwrap().join(&link).unwrap();
            let mut asked = link.query_pairs();
            if let Some((_, back)) = asked.find(|(name, _)| name == "return_to") {
                stays(&back, APP, &entry);
            }
        }
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
