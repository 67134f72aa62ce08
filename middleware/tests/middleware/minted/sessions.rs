//! Sessions that began without a sign-in, by themselves and behind a layer.

use std::collections::HashSet;
use std::time::Duration;

use axum::body::Body;
use http::{HeaderValue, Request, StatusCode};
use serde_json::json;
use tower::{Layer as _, ServiceExt as _, service_fn};
use tower_b2c::testing::{challenge, session, sign_in};
use tower_b2c::{RequireSignInLayer, Session};

use super::{App, FIVE_MINUTES, STEPUP, SUSI, text};

const HOUR: Duration = Duration::from_secs(3600);

#[tokio::test]
async fn the_layer_knows_a_minted_session_by_its_cookie() {
    for store in ["memory", "cookie"] {
        let app = App::with(|file| file.set("session.store", store));
        let ada = sign_in(&app.layer).claim("name", "Ada");
        let cookie = ada.clone().cookie().await.unwrap();
        assert!(cookie.is_sensitive());
        assert_eq!(
            app.reads("/private", &cookie).await,
            format!("Ada by {SUSI}")
        );

        let stepped = ada.user_flow("stepup").cookie().await.unwrap();
        assert_eq!(app.reads("/", &stepped).await, format!("Ada by {STEPUP}"));
        let nobody = HeaderValue::from_static("b2c-session-5000=forged");
        assert_eq!(app.reads("/", &nobody).await, "stranger", "{store}");
    }
}

#[tokio::test]
async fn a_cookie_is_no_good_at_another_layer() {
    for store in ["memory", "cookie"] {
        let app = App::with(|file| file.set("session.store", store));
        let file = tower_b2c::Config::from_text(super::SETTINGS).set("session.store", store);
        let settings = file.environment([
            ("SECRET", "a secret"),
            ("KEY", "another key of another app, as long as keys are"),
        ]);
        let other = tower_b2c::B2cLayer::new(settings.load().unwrap()).unwrap();
        let cookie = sign_in(&other).cookie().await.unwrap();
        assert_eq!(app.reads("/", &cookie).await, "stranger", "{store}");
    }
}

#[tokio::test]
async fn handlers_and_guards_take_a_session_without_a_layer() {
    let handler = service_fn(|request: Request<Body>| async move {
        let session: &Session = request.extensions().get().unwrap();
        let who = session.claims().subject().unwrap_or_default().to_owned();
        Ok::<_, std::convert::Infallible>(http::Response::new(Body::from(who)))
    });
    let guarded = RequireSignInLayer::new()
        .at_provider("staff")
        .layer(handler);
    let asks = |session: Option<Session>| {
        let mut request = Request::new(Body::empty());
        if let Some(session) = session {
            request.extensions_mut().insert(session);
        }
        guarded.clone().oneshot(request)
    };
    let grace = session()
        .provider("staff")
        .subject("grace")
        .session()
        .await
        .unwrap();
    assert_eq!(grace.user_flow(), Some(SUSI));
    let answer = asks(Some(grace)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);

    let elsewhere = session().session().await.unwrap();
    for nobody_there in [None, Some(elsewhere)] {
        let answer = challenge(asks(nobody_there).await.unwrap()).await;
        let refused = answer
            .refused()
            .assert_status(401)
            .assert_reason("sign_in_required");
        assert_eq!(refused.detail("provider"), Some("staff"));
    }
}

#[tokio::test]
async fn what_is_said_of_a_session_is_what_handlers_see() {
    let app = App::new();
    let minted = sign_in(&app.layer)
        .subject("ada")
        .claim("emails", json!(["ada@contoso.com"]))
        .claim("extension_level", 7)
        .age(2 * HOUR)
        .authenticated(3 * HOUR)
        .passed("stepup", FIVE_MINUTES)
        .session()
        .await
        .unwrap();
    let now = tower_b2c::Clock::now(app.clock());
    let ago = |time| now.duration_since(time).unwrap().as_secs();
    assert_eq!(minted.claims().subject(), Some("ada"));
    assert_eq!(minted.claims().email(), Some("ada@contoso.com"));
    assert_eq!(minted.claims().get("extension_level"), Some(&json!(7)));
    assert_eq!(minted.provider(), "default");
    assert!(minted.can_edit_profile());
    assert_eq!(ago(minted.signed_in_at()), 7200);
    assert_eq!(
        ago(minted.auth_time().unwrap()),
        300,
        "a step up asks for credentials"
    );
    assert_eq!(ago(minted.passed_user_flow_at("stepup").unwrap()), 300);
    assert_eq!(ago(minted.passed_user_flow_at(SUSI).unwrap()), 7200);
    assert_eq!(minted.claims().get("auth_time").unwrap().as_u64(), {
        let since = now.duration_since(std::time::UNIX_EPOCH).unwrap();
        Some(since.as_secs() - 3 * 3600)
    });
    let untold = sign_in(&app.layer)
        .without_auth_time()
        .session()
        .await
        .unwrap();
    assert_eq!(untold.auth_time(), None);
    assert_eq!(minted.user_sessions().list().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_session_that_is_too_old_or_was_idle_for_too_long_is_refused() {
    for store in ["memory", "cookie"] {
        let app = App::with(|file| file.set("session.store", store));
        let minute = Duration::from_secs(60);
        let aged = sign_in(&app.layer).claim("name", "Ada");
        for (signed_in, lives) in [
            (aged.clone().age(479 * minute), true),
            (aged.clone().age(480 * minute), false),
            (aged.clone().age(10_000 * minute), false),
            (aged.clone().idle(59 * minute), true),
            (aged.clone().idle(60 * minute), false),
        ] {
            let cookie = signed_in.clone().cookie().await.unwrap();
            let seen = app.reads("/", &cookie).await;
            assert_eq!(seen != "stranger", lives, "{store}: {signed_in:?}");
        }
        let cookie = aged.cookie().await.unwrap();
        app.clock().advance(59 * minute);
        let seen = app.reads("/", &cookie).await;
        assert_eq!(seen, format!("Ada by {SUSI}"), "{store}");
        app.clock().advance(3 * HOUR);
        let asked = challenge(app.opens("/private", &cookie).await).await;
        asked.redirect().assert_user_flow(SUSI).assert_protected();
    }
}

#[tokio::test]
async fn a_script_of_the_apps_own_signs_out() {
    for (store, csrf) in [
        ("memory", "header"),
        ("cookie", "header"),
        ("memory", "origin"),
    ] {
        let change =
            |file: tower_b2c::ConfigFile| file.set("session.store", store).set("app.csrf", csrf);
        let app = App::with(change);
        let headers = sign_in(&app.layer).headers().await.unwrap();
        let cookie = headers[http::header::COOKIE].clone();
        assert_ne!(app.reads("/", &cookie).await, "stranger");
        let answer = app.sends("POST", "/logout", headers.clone()).await;
        assert_eq!(answer.status(), StatusCode::SEE_OTHER);
        assert_eq!(app.reads("/", &cookie).await, "stranger", "{store}");
        // Another site's page cannot.
        let mut forged = sign_in(&app.layer).headers().await.unwrap();
        let cookie = forged[http::header::COOKIE].clone();
        forged.insert("sec-fetch-site", HeaderValue::from_static("cross-site"));
        let answer = app.sends("POST", "/logout", forged).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN);
        assert_ne!(app.reads("/", &cookie).await, "stranger");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_at_once_are_as_many_sessions() {
    let app = App::new();
    let minting: Vec<_> = (0..64)
        .map(|number| {
            let user = sign_in(&app.layer).subject(format!("user-{number}"));
            let user = user.claim("name", format!("N{number}"));
            tokio::spawn(user.cookie())
        })
        .collect();
    let mut cookies = HashSet::new();
    for (number, minted) in minting.into_iter().enumerate() {
        let cookie = minted.await.unwrap().unwrap();
        let seen = app.reads("/", &cookie).await;
        assert_eq!(seen, format!("N{number} by {SUSI}"));
        cookies.insert(cookie);
    }
    assert_eq!(cookies.len(), 64);
}

#[tokio::test]
async fn tokens_are_handed_out_replaced_and_asked_for() {
    let app = App::new();
    let ada = sign_in(&app.layer);
    let good = ada
        .clone()
        .token(&["demo.read"], "chosen")
        .cookie()
        .await
        .unwrap();
    assert_eq!(app.reads("/token", &good).await, "chosen");
    app.clock().advance(HOUR);
    let asked = challenge(app.opens("/token", &good).await).await;
    asked
        .redirect()
        .assert_scope("https://contoso.onmicrosoft.com/demo-api/demo.read");

    let seconds = Duration::from_secs(20);
    for ended in [
        ada.clone().expired_token(&["demo.read"]),
        ada.clone()
            .token_ending_in(&["demo.read"], "ageing", seconds),
        ada.clone(),
    ] {
        let cookie = ended.refresh_token("r").cookie().await.unwrap();
        let token = app.reads("/token", &cookie).await;
        assert!(token.starts_with("test-access-token-"), "{token}");
    }
    assert_eq!(app.provider.token_requests(), ["refresh_token"; 3]);

    app.provider.refuses_tokens(
        "invalid_grant",
        "AADB2C90080: The provided grant has expired.",
    );
    let cookie = ada.refresh_token("r").cookie().await.unwrap();
    let asked = challenge(app.opens("/token", &cookie).await).await;
    asked
        .redirect()
        .assert_authority("https://contoso.b2clogin.com");
}

#[tokio::test]
async fn a_step_up_is_asked_for_and_counts() {
    let app = App::new();
    let ada = sign_in(&app.layer).age(HOUR);
    let cookie = ada.clone().cookie().await.unwrap();
    let asked = challenge(app.opens("/vault", &cookie).await).await;
    asked.redirect().assert_user_flow(STEPUP).assert_protected();
    let asked = challenge(app.opens("/fresh", &cookie).await).await;
    asked.redirect().assert_max_age(FIVE_MINUTES);

    let cookie = ada.passed(STEPUP, Duration::ZERO).cookie().await.unwrap();
    assert_eq!(app.reads("/vault", &cookie).await, "gold");
    let answer = app.opens("/fresh", &cookie).await;
    assert_eq!(text(answer).await, "fish");
}
