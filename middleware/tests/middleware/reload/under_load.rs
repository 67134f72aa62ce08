//! Nobody who signs in meanwhile notices.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use http::StatusCode;

use super::{Project, QUICKLY, app, until};
use crate::support::{Browser, KEY, Op, SITE, settings};

#[tokio::test]
async fn a_secret_is_rotated_under_load_and_nobody_notices() {
    let op = Op::start().await;
    let secret = "client_secret = { env = \"ROTATED\" }";
    let env = |secret: &str| format!("KEY={KEY}\nROTATED={secret}\n");
    let project = Project::new(&settings(&op, secret), &env("old"));
    let layer = project.layer();
    layer.reload_on_change(QUICKLY);
    op.behaves(|op| op.knows = Box::new(|seen| seen.form["client_secret"] != "wrong"));

    let (over, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let visits = (0..8).map(|_| {
        let (app, over, done) = (app(&layer), Arc::clone(&over), Arc::clone(&done));
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                let page = Browser::new(app.clone(), SITE).opens("/private").await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                done.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let visits: Vec<_> = visits.collect();
    until("people sign in", || done.load(Ordering::SeqCst) >= 20).await;
    project.has(".env", &env("new"));
    let sends = |secret: &str| {
        let last = op.seen("/token").pop();
        last.is_some_and(|seen| seen.form["client_secret"] == secret)
    };
    until("the new secret is in use", || sends("new")).await;
    // Requests that began before have ended when twice as many as there are visitors have since.
    let since = done.load(Ordering::SeqCst);
    until("they go on", || done.load(Ordering::SeqCst) >= since + 16).await;
    op.behaves(|op| op.knows = Box::new(|seen| seen.form["client_secret"] == "new"));
    let since = done.load(Ordering::SeqCst);
    until("they go on", || done.load(Ordering::SeqCst) >= since + 20).await;
    over.store(true, Ordering::SeqCst);
    for visit in visits {
        visit.await.expect("each of them signed in, each time");
    }
}

#[tokio::test]
async fn sign_ins_go_on_while_settings_are_exchanged_again_and_again() {
    let op = Op::start().await;
    let project = Project::new(&settings(&op, ""), &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let layer = project.layer();
    let visits = (0..4).map(|_| {
        let app = app(&layer);
        tokio::spawn(async move {
            for _ in 0..15 {
                let mut browser = Browser::new(app.clone(), SITE);
                let page = browser.opens("/private").await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                assert_eq!(browser.asks("/private").await.status, StatusCode::OK);
            }
        })
    });
    let visits: Vec<_> = visits.collect();
    let mut exchanges = 0;
    while !visits.iter().all(tokio::task::JoinHandle::is_finished) {
        exchanges += 1;
        let more = format!("label = \"number {exchanges}\"");
        project.has("b2c.toml", &settings(&op, &more));
        let reloads = (layer.reload(), layer.reload());
        let (one, other) = tokio::join!(reloads.0, reloads.1);
        let changed = [one.unwrap(), other.unwrap()];
        assert_eq!(changed.iter().filter(|one| !one.is_empty()).count(), 1);
    }
    for visit in visits {
        visit.await.expect("each of them signed in, each time");
    }
    assert!(exchanges > 3, "{exchanges}");
    assert_eq!(op.seen("/authorize").len(), 60, "nobody had to begin again");
}
