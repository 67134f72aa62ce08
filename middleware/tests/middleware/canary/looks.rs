//! How everything looks that an app is handed.

use std::fmt::{Debug, Write as _};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::routing::get;
use http::Method;
use tower_b2c::{
    BoxFuture, Config, Secret, Session, SignIn, SignInDecision, SignInError, SignInEvents, SignOut,
};

use super::Canaries;
use crate::support::{APP, KEY, OTHER_SECRET, Shared, World};

/// Writes down how everything looks that an app is handed.
#[derive(Clone, Default)]
struct Looks(Arc<Mutex<String>>);

impl Looks {
    fn at(&self, value: &impl Debug) {
        let mut all = self.0.lock().unwrap();
        writeln!(all, "{value:?}\n{value:#?}").unwrap();
    }
}

impl SignInEvents for Looks {
    fn on_sign_in<'a>(
        &'a self,
        sign_in: &'a SignIn<'a>,
    ) -> BoxFuture<'a, Result<SignInDecision, SignInError>> {
        self.at(sign_in);
        let decision = SignInDecision::accept().with_claim("name", "Ada Lovelace");
        self.at(&decision);
        Box::pin(async { Ok(decision) })
    }

    fn on_sign_out<'a>(&'a self, sign_out: &'a SignOut<'a>) -> BoxFuture<'a, ()> {
        self.at(sign_out);
        Box::pin(async {})
    }
}

#[tokio::test]
async fn nothing_public_shows_a_secret_or_a_person_by_debug() {
    let (looks, store, canaries) = (Looks::default(), Shared::default(), Canaries::new());
    let at = looks.clone();
    let look = async move |session: Session| {
        at.at(&session);
        at.at(session.claims());
        at.at(&session.claims().clone());
        at.at(&session.access_token(&["demo.read"]).await);
        at.at(&session
            .access_token(&["https://elsewhere.example/read"])
            .await
            .err());
        at.at(&session.user_sessions());
        at.at(&session.user_sessions().list().await.unwrap());
        "seen"
    };
    let (hooks, shared) = (looks.clone(), store.clone());
    let world = World::with()
        .routes(Router::new().route("/look", get(look)))
        .parts(move |builder| {
            let builder = builder.events(hooks.clone()).store(shared.clone());
            hooks.at(&builder);
            let pages = hooks.clone();
            let confirms = hooks.clone();
            builder
                .error_page(move |page| {
                    pages.at(page);
                    String::new()
                })
                .sign_out_page(move |page| {
                    confirms.at(page);
                    String::new()
                })
        })
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let page = visitor.opens("/look").await;
    assert_eq!(page.body, "seen");
    canaries.add_cookies(&mut visitor);
    canaries.add("the client secret", world.emulator.client().client_secret());
    canaries.add_addresses(&visitor.history);
    visitor.asks("/getAToken?state=s&code=c&code=d").await;
    visitor
        .sends_with(Method::GET, "/logout", &[("accept", "text/html")])
        .await;
    let (record, index) = store.last_inserted();
    looks.at(&record);
    looks.at(&index);
    visitor.signs_out().await;

    looks.at(&world.layer);
    looks.at(&world.layer.readiness());
    looks.at(&Secret::new(KEY));
    let file = Config::from_text(format!(
        "[app]\nbase_url = \"{APP}\"\n[provider]\nclient_secret = \"{KEY}\"\n"
    ))
    .environment([("SECRET", KEY)])
    .set("provider.client_secret", OTHER_SECRET);
    looks.at(&file);
    looks.at(&file.load().err());

    let seen = looks.0.lock().unwrap().clone();
    for of in [
        "Session",
        "SignIn",
        "SignOut",
        "AccessToken",
        "StoredRecord",
        "IndexEntry",
        "ErrorPage",
    ] {
        assert!(seen.contains(of), "{of} was looked at");
    }
    canaries.are_not_in(&seen, "Debug output");
}
