//! A form that meets an expired session.

use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::routing::post;
use http::{Request, StatusCode, header};
use tower::ServiceExt as _;
use tower_b2c::RequireSignInLayer;

use crate::support::{Browser, Op, Page, SITE, Site, instances, settings};

/// Says what was sent, and by whom.
async fn echo(session: tower_b2c::Session, body: Bytes) -> String {
    let body = String::from_utf8(body.to_vec()).unwrap();
    format!("{}: {body}", session.claims().subject().unwrap())
}

fn routes() -> Router {
    let kept = Router::new()
        .route("/notes", post(echo))
        .route_layer(RequireSignInLayer::new());
    let not_kept = Router::new()
        .route("/strict", post(echo))
        .route_layer(RequireSignInLayer::new().without_kept_forms());
    kept.merge(not_kept)
}

/// A browser whose session has just expired, on a page with a form.
async fn expired(more: &str) -> (Site, Browser, Page) {
    let site = Site::with(Op::start().await, more, &routes());
    let mut browser = site.browser();
    let page = browser.opens("/private").await;
    assert_eq!(page.body, "ada -");
    pass_an_hour(&site);
    (site, browser, page)
}

fn pass_an_hour(site: &Site) {
    site.clock.advance(Duration::from_secs(61 * 60));
    site.op.behaves(|op| {
        op.claims = Box::new(|_, claims| {
            for name in ["iat", "exp"] {
                claims[name] = (claims[name].as_u64().unwrap() + 61 * 60).into();
            }
        });
    });
}

const URLENCODED: &str = "application/x-www-form-urlencoded";
const OWN: (&str, &str) = ("sec-fetch-site", "same-origin");
const HTML: (&str, &str) = ("accept", "text/html");
const FORM: &str = "title=a+b&text=%3Cscript%3E%22%27%26%0D%0A%C3%BC&text=again&submit=x";

#[tokio::test]
async fn it_is_sent_again_after_the_sign_in() {
    for mode in ["response_mode = \"query\"", "response_mode = \"form_post\""] {
        let (site, mut browser, page) = expired(mode).await;
        let answer = browser.posts(&page, "/notes?list=7", FORM).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let page = browser.goes_on(answer).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(page.url.starts_with(&format!("{SITE}/login?resume=")));
        assert!(
            page.body.contains("action=\"/notes?list=7\""),
            "{}",
            page.body
        );
        assert!(!page.body.contains("<script>\""), "escaped: {}", page.body);
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str();
        let policy = policy.unwrap();
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
        assert!(policy.contains("script-src 'sha256-") && policy.contains("form-action 'self'"));
        assert_eq!(page.headers[header::CACHE_CONTROL], "no-store");
        assert_eq!(page.headers[header::REFERRER_POLICY], "same-origin");
        assert!(page.body.contains("<button"), "works without scripts");

        let sent = fields(&page.body);
        let page_again = browser.opens(&page.url).await;
        assert_eq!(page_again.url, format!("{SITE}/"), "once only");
        let answer = browser.posts(&page, "/notes?list=7", &sent).await;
        assert_eq!(answer.body, format!("ada: {FORM}"), "{mode}");
        drop(site);
    }
}

/// What the page's form sends, as a browser does: line ends are CR LF.
fn fields(html: &str) -> String {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for input in html.split("<input ").skip(1) {
        let attribute = |name: &str| {
            let (_, rest) = input.split_once(&format!("{name}=\"")).unwrap();
            let value = rest.split('"').next().unwrap();
            let value = value.replace("&lt;", "<").replace("&gt;", ">");
            let value = value.replace("&quot;", "\"").replace("&#39;", "'");
            let value = value.replace("&amp;", "&").replace("\r\n", "\n");
            value.replace('\n', "\r\n")
        };
        form.append_pair(&attribute("name"), &attribute("value"));
    }
    form.finish()
}

#[tokio::test]
async fn somebody_else_neither_sees_it_nor_sends_it() {
    let (site, mut browser, page) = expired("").await;
    site.op.behaves(|op| "bob".clone_into(&mut op.user));
    let answer = browser.posts(&page, "/notes", FORM).await;
    let page = browser.goes_on(answer).await;
    assert_eq!(page.status, StatusCode::CONFLICT, "{}", page.body);
    assert!(!page.body.contains("name=\"text\""), "{}", page.body);
    let page = browser.opens(&page.url).await;
    assert_eq!(page.url, format!("{SITE}/"), "it is gone");
}

#[tokio::test]
async fn a_person_looks_first_where_the_sender_is_not_known() {
    let (_site, mut browser, page) = expired("").await;
    // As when the cookie has ended with the session, or the store has forgotten it.
    browser.forgets_cookies(|name| name == "__Host-b2c-session");
    let answer = browser.posts(&page, "/notes", FORM).await;
    let page = browser.goes_on(answer).await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.body.contains("<button") && !page.body.contains("<script"));
    let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str();
    assert!(!policy.unwrap().contains("script-src"));
}

#[tokio::test]
async fn it_waits_for_a_quarter_of_an_hour() {
    let (site, mut browser, page) = expired("").await;
    let answer = browser.posts(&page, "/notes", FORM).await;
    let answer = browser.goes_up_to_the_answer(answer.location()).await;
    let back = browser.delivers_only(&answer).await;
    site.clock.advance(Duration::from_secs(15 * 60 + 1));
    let page = browser.goes_on(back).await;
    assert_eq!(page.url, format!("{SITE}/"));
}

#[tokio::test]
async fn what_is_not_kept_ends_on_the_page_that_says_so() {
    let (_site, mut browser, page) = expired("").await;
    let large = format!("text={}", "x".repeat(65 * 1024));
    let many = "a=1&".repeat(501);
    for (path, form) in [
        ("/strict", FORM),
        ("/notes", large.as_str()),
        ("/notes", many.as_str()),
        ("/notes", "text=%ff%fe"),
    ] {
        let answer = browser.posts(&page, path, form).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{path} {form:.20}");
        assert!(answer.body.contains("was not saved"), "{path} {form:.20}");
    }
}

type Headers = &'static [(&'static str, &'static str)];

#[tokio::test]
async fn only_forms_of_the_apps_own_pages_are_kept() {
    let site = Site::with(Op::start().await, "", &routes());
    let cases: [(Headers, &str, bool); 8] = [
        (&[HTML, OWN], URLENCODED, true),
        (&[HTML, ("origin", SITE)], URLENCODED, true),
        (&[HTML, ("sec-fetch-site", "cross-site")], URLENCODED, false),
        (&[HTML, ("sec-fetch-site", "same-site")], URLENCODED, false),
        (
            &[HTML, ("origin", "https://evil.example")],
            URLENCODED,
            false,
        ),
        (&[HTML], URLENCODED, false),
        (&[HTML, OWN], "multipart/form-data; boundary=x", false),
        (&[("accept", "application/json"), OWN], URLENCODED, false),
    ];
    for (headers, kind, kept) in cases {
        let mut request = Request::post("/notes").header("content-type", kind);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(FORM)).unwrap();
        let answer = site.app.clone().oneshot(request).await.unwrap();
        let expected = if kept {
            StatusCode::SEE_OTHER
        } else {
            StatusCode::UNAUTHORIZED
        };
        assert_eq!(answer.status(), expected, "{headers:?} {kind}");
    }
}

#[tokio::test]
async fn the_configuration_can_switch_it_off() {
    let op = Op::start().await;
    let settings = settings(&op, "").replace("[session]", "[session]\nkeep_forms = false");
    let clock = tower_b2c::testing::ManualClock::default();
    let (app, _) = instances(&settings, "s3cret", &clock, &routes());
    let mut browser = Browser::new(app, SITE);
    let page = browser.asks("/").await;
    let answer = browser.posts(&page, "/notes", FORM).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_made_up_resumption_shows_nothing() {
    let (_site, mut browser, page) = expired("").await;
    browser.opens("/private").await;
    for id in [
        "",
        "x",
        "AAAAAAAAAAAA",
        "../../../../",
        "%00%00%00%00%00%00",
    ] {
        let shown = browser.opens(&format!("/login?resume={id}")).await;
        assert_eq!(shown.url, format!("{SITE}/"), "{id}");
    }
    drop(page);
}
