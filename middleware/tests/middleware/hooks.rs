//! The app's own say: in sign-ins, and in what an error page is.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use http::{Method, Response, StatusCode};
use serde_json::json;
use tower_b2c::{BoxFuture, Session, SignIn, SignInDecision, SignInError, SignInEvents, SignOut};

use crate::support::{APP, Visitor, World};

/// What a database says of everybody, and what it was told.
#[derive(Clone)]
struct Database {
    says: fn() -> Says,
    told: Arc<Mutex<Vec<String>>>,
}

enum Says {
    Member(SignInDecision),
    Nothing,
    Fault,
}

impl SignInEvents for Database {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        Box::pin(async move {
            let name = sign_in.claims().name().unwrap_or_default();
            let word = format!("in {name} by {:?}", sign_in.user_flow());
            self.told.lock().unwrap().push(word);
            match (self.says)() {
                Says::Member(decision) => Ok(decision),
                Says::Nothing => std::future::pending().await,
                Says::Fault => Err("the table users does not exist".into()),
            }
        })
    }

    fn on_sign_out<'a>(&'a self, sign_out: &'a SignOut<'a>) -> BoxFuture<'a, ()> {
        Box::pin(async move {
            let name = sign_out.claims().name().unwrap_or_default();
            self.told.lock().unwrap().push(format!("out {name}"));
            if let Says::Nothing = (self.says)() {
                std::future::pending::<()>().await;
            }
        })
    }

    fn patience(&self) -> Duration {
        Duration::from_millis(200)
    }
}

async fn claims(session: Session) -> String {
    let role = session.claims().get("role").cloned().unwrap_or_default();
    let name = session.claims().name().unwrap_or_default();
    format!("{name} is {role}")
}

async fn world(says: fn() -> Says) -> (World, Arc<Mutex<Vec<String>>>) {
    let told = Arc::new(Mutex::new(Vec::new()));
    let database = Database {
        says,
        told: Arc::clone(&told),
    };
    let world = World::with()
        .routes(Router::new().route("/claims", get(claims)))
        .parts(move |builder| builder.events(database.clone()))
        .build()
        .await;
    (world, told)
}

fn has_no_session(visitor: &mut Visitor<'_>) -> bool {
    !visitor.cookies().contains_key("b2c-session-5000")
}

#[tokio::test]
async fn an_app_adds_claims_that_outlive_a_refresh() {
    let (world, told) = world(|| {
        let decision = SignInDecision::accept()
            .with_claim("role", "admin")
            .with_claim("name", "Countess Lovelace")
            .with_claim("sub", "somebody else");
        Says::Member(decision)
    })
    .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let expected = "Countess Lovelace is \"admin\"";
    assert_eq!(visitor.opens("/claims").await.body, expected);
    // In the last seconds of a token the request waits for the next one.
    world.wait(Duration::from_secs(3580));
    visitor.opens("/api").await;
    assert_eq!(world.grants("refresh_token"), 1);
    assert_eq!(visitor.opens("/claims").await.body, expected);
    let info = [("sec-fetch-site", "same-origin")];
    let info = visitor.sends_with(Method::GET, "/session", &info).await;
    assert!(!info.body.contains("somebody else"), "{}", info.body);

    visitor.signs_out().await;
    assert_eq!(
        *told.lock().unwrap(),
        [
            "in Ada Lovelace by Some(\"B2C_1_signupsignin1\")",
            "out Countess Lovelace"
        ]
    );
}

#[tokio::test]
async fn an_app_refuses_a_user_in_its_own_words() {
    let (world, _) =
        world(|| Says::Member(SignInDecision::reject("Only for <staff>. Ask Grace."))).await;
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.status, StatusCode::FORBIDDEN);
    assert!(
        page.body.contains("Only for &lt;staff&gt;. Ask Grace."),
        "{}",
        page.body
    );
    assert!(
        !page.body.contains("Try again"),
        "the same account would come back"
    );
    assert!(
        page.body.contains("href=\"/logout\""),
        "another account may do"
    );
    assert!(has_no_session(&mut visitor));
    assert_eq!(visitor.opens("/").await.body, "Hello, stranger");
}

#[tokio::test]
async fn an_app_that_cannot_decide_lets_nobody_in() {
    for says in [|| Says::Fault, || Says::Nothing] {
        let (world, _) = world(says).await;
        let mut visitor = world.visitor();
        let page = visitor.signs_in("/private").await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.headers.contains_key("retry-after"));
        assert!(!page.body.contains("table users"), "{}", page.body);
        assert!(has_no_session(&mut visitor));
    }
}

#[tokio::test]
async fn an_app_that_is_slow_to_hear_of_it_does_not_keep_anybody_signed_in() {
    // Decides at once the first time, and never answers again.
    static DECIDED: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);
    let (world, told) = world(|| {
        if DECIDED.swap(true, std::sync::atomic::Ordering::SeqCst) {
            Says::Nothing
        } else {
            Says::Member(SignInDecision::accept())
        }
    })
    .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    visitor.signs_out().await;
    assert!(has_no_session(&mut visitor));
    assert_eq!(told.lock().unwrap().last().unwrap(), "out Ada Lovelace");
}

#[tokio::test]
async fn an_app_answers_with_a_response_of_its_own() {
    let world = World::with()
        .parts(|builder| {
            builder.error_response(|page| {
                let body = json!({ "sorry": page.reason(), "home": page.home_url() });
                Response::builder()
                    .status(StatusCode::IM_A_TEAPOT)
                    .header("content-type", "text/x-sorry")
                    .header("cache-control", "public, max-age=60")
                    .header("x-theme", "dark")
                    .body(body.to_string())
                    .unwrap()
            })
        })
        .build()
        .await;
    let visitor = world.visitor();
    let html = [("accept", "text/html")];
    let page = visitor.sends_with(Method::GET, "/getAToken", &html).await;
    assert_eq!(page.status, StatusCode::IM_A_TEAPOT);
    assert_eq!(page.headers["x-theme"], "dark");
    assert_eq!(page.headers["content-type"], "text/x-sorry");
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    let said: serde_json::Value = serde_json::from_str(&page.body).unwrap();
    assert_eq!(said, json!({ "sorry": "callback_malformed", "home": "/" }));

    // Scripts read problem details whatever pages look like.
    let answer = visitor.sends_with(Method::GET, "/getAToken", &[]).await;
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    // A page that comes with a cookie is kept by nobody, whatever the app says.
    let mut visitor = world.visitor();
    visitor.is_denied("/private").await;
    let cancelled = visitor.asks("/private").await;
    assert_eq!(cancelled.status, StatusCode::IM_A_TEAPOT);
    assert!(cancelled.headers.contains_key("set-cookie"));
    assert_eq!(cancelled.headers["cache-control"], "no-store");
}

/// Remembers where sign-ins came from.
#[derive(Clone, Default)]
struct Origins(Arc<Mutex<Vec<String>>>);

impl SignInEvents for Origins {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        let from = format!("{:?}", sign_in.client_address());
        self.0.lock().unwrap().push(from);
        Box::pin(std::future::ready(Ok(SignInDecision::accept())))
    }
}

#[tokio::test]
async fn an_app_learns_where_a_sign_in_comes_from_if_the_proxy_is_trusted() {
    let peers = [
        (Some("10.1.2.3"), "Some(198.51.100.7)"),
        (Some("203.0.113.9"), "Some(203.0.113.9)"),
        (None, "None"),
    ];
    for (peer, from) in peers {
        let origins = Origins::default();
        let hook = origins.clone();
        let world = World::with()
            .config(|file| file.set("app.trusted_proxies", vec!["10.0.0.0/8".to_owned()]))
            .parts(move |builder| {
                let builder = builder.events(hook.clone());
                builder.peer_address(move |_| peer?.parse().ok())
            })
            .build()
            .await;
        let mut visitor = world.visitor();
        let page = visitor.opens("/login").await;
        let form = [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ];
        let form = form.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let callback = visitor.fills(&page, "signInName", &form.into()).await;
        let path = callback.strip_prefix(APP).unwrap();
        let forwarded = [("x-forwarded-for", "6.6.6.6, 198.51.100.7")];
        let answer = visitor.sends_with(Method::GET, path, &forwarded).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER);
        assert_eq!(*origins.0.lock().unwrap(), [from]);
    }
}
