//! The life of a session without a store.

use std::time::Duration;

use http::{Method, StatusCode};

use super::{NAME, SIGNED_IN, STRANGER, Verbose, ask, session_of, storeless};

#[tokio::test]
async fn any_instance_knows_the_session_and_none_has_to_remember_it() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    assert_eq!(
        visitor.signs_in("/private").await.app_path(),
        Some("/private")
    );
    let jar = session_of(visitor.cookies());
    assert!(
        jar[NAME].starts_with("1.") || jar[NAME].starts_with("2."),
        "{}",
        jar[NAME]
    );
    assert!(!format!("{jar:?}").contains("ada@"), "sealed");
    // An instance that has never seen it.
    assert_eq!(ask(&world.second, &jar, "/").await.body, SIGNED_IN);
    let page = ask(&world.second, &jar, "/api").await;
    assert!(
        page.body.starts_with("200 "),
        "its token is there, too: {}",
        page.body
    );
    assert_eq!(world.grants("refresh_token"), 0);
    // Nothing has changed, so nothing is set.
    let page = ask(&world.second, &jar, "/private").await;
    assert_eq!(page.session_lines(), Vec::<&str>::new());
}

#[tokio::test]
async fn a_user_edits_their_profile_and_signs_out() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor.opens("/edit-profile").await;
    let page = visitor
        .submits(&page, "displayName", &[("displayName", "Ada King")])
        .await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, Ada King")
    );
    let jar = session_of(visitor.cookies());
    assert_eq!(ask(&world.second, &jar, "/").await.body, "Hello, Ada King");

    visitor.signs_out().await;
    assert!(session_of(visitor.cookies()).is_empty());
    assert_eq!(
        ask(&world.app, &jar, "/").await.body,
        STRANGER,
        "a replay where it ended"
    );
    // A stateless store's limit: what was copied before goes on elsewhere until it expires.
    assert_eq!(ask(&world.second, &jar, "/").await.body, "Hello, Ada King");
}

#[tokio::test]
async fn a_new_sign_in_ends_the_old_session() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    // Two tabs, one after the other.
    let first = visitor.opens("/private").await;
    let second = visitor.opens("/private").await;
    let ada = ("ada@emulator.example", "Passw0rd!");
    visitor.enters(&first, ada.0, ada.1).await;
    let old = session_of(visitor.cookies());
    visitor.enters(&second, ada.0, ada.1).await;
    let new = session_of(visitor.cookies());
    assert_ne!(new, old);
    assert_eq!(ask(&world.app, &new, "/").await.body, SIGNED_IN);
    assert_eq!(ask(&world.app, &old, "/").await.body, STRANGER);
}

#[tokio::test]
async fn idle_sessions_end_and_used_ones_are_sealed_again_now_and_then() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let mut jar = session_of(visitor.cookies());
    for minutes in [5, 10, 20, 30, 45, 59] {
        let page = ask(&world.app, &jar, "/").await;
        assert_eq!(page.session_lines(), Vec::<&str>::new(), "just sealed");
        world.wait(Duration::from_secs(minutes * 60));
        let page = ask(&world.second, &jar, "/").await;
        assert_eq!(page.body, SIGNED_IN, "after {minutes} minutes");
        // At most once in a tenth of an idle hour.
        assert_eq!(
            page.session_lines().is_empty(),
            minutes < 6,
            "after {minutes} minutes"
        );
        page.keep(&mut jar);
        if minutes < 6 {
            world.wait(Duration::from_secs(120));
            ask(&world.app, &jar, "/").await.keep(&mut jar);
        }
    }
    // Asking who is signed in is not using the session.
    world.wait(Duration::from_secs(40 * 60));
    let headers = [("x-csrf", "1"), ("accept", "application/json")];
    visitor.cookies().clone_from(&jar);
    let page = visitor.sends_with(Method::GET, "/session", &headers).await;
    assert!(page.body.contains("\"signed_in\":true"), "{}", page.body);
    assert!(!page.headers.contains_key("set-cookie"));
    world.wait(Duration::from_secs(20 * 60));
    for app in [&world.app, &world.second] {
        let page = ask(app, &jar, "/").await;
        assert_eq!(page.body, STRANGER);
        assert_eq!(page.session_lines().len(), jar.len(), "taken away");
    }
}

#[tokio::test]
async fn the_absolute_end_comes_however_busy_the_session_is() {
    let world = storeless().build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for _ in 0..15 {
        world.wait(Duration::from_secs(31 * 60));
        assert_eq!(visitor.asks("/").await.body, SIGNED_IN);
    }
    world.wait(Duration::from_secs(16 * 60));
    assert_eq!(visitor.asks("/").await.body, STRANGER);
}

#[tokio::test]
async fn a_large_session_takes_several_cookies_and_a_smaller_one_removes_what_is_left() {
    let size = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(5000));
    let shared = std::sync::Arc::clone(&size);
    let world = storeless()
        .config(|file| {
            file.set("session.store", "cookie")
                .set("session.cookie_max_bytes", 14_000)
        })
        .parts(move |builder| {
            let size = shared.load(std::sync::atomic::Ordering::SeqCst);
            builder.events(Verbose(size))
        })
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let large = session_of(visitor.cookies());
    assert!(large.len() >= 3, "{}", large.len());
    for (name, value) in &large {
        let line = format!("{name}={value}; HttpOnly; SameSite=Lax; Path=/; Max-Age=28800");
        assert!(line.len() <= 4096, "{name}: {}", line.len());
    }
    assert_eq!(ask(&world.second, &large, "/").await.body, SIGNED_IN);

    // Signs in where sessions are small, with the cookies of the large one.
    let small = storeless().build().await;
    let mut visitor = small.visitor();
    visitor.cookies().extend(large);
    visitor.cookies().get_mut(NAME).unwrap().push('A');
    visitor.signs_in("/private").await;
    let jar = session_of(visitor.cookies());
    let count: usize = jar[NAME][..1].parse().unwrap();
    assert_eq!(jar.len(), count, "{:?}", jar.keys());
    assert_eq!(visitor.asks("/").await.status, StatusCode::OK);
}
