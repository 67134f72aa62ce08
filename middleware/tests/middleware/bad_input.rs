//! What reaches the callback by mistake or on purpose.

use http::{Method, StatusCode};

use crate::support::{Page, Visitor, World};

/// Signs in up to the callback, which is not opened: its URL is returned.
async fn pending_callback(visitor: &mut Visitor<'_>) -> String {
    let page = visitor.opens("/private?x=1").await;
    let form = std::collections::BTreeMap::from(
        [
            ("signInName", "ada@emulator.example"),
            ("password", "Passw0rd!"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let callback = visitor.fills(&page, "signInName", &form).await;
    assert!(callback.contains("/getAToken?"), "{callback}");
    callback
}

fn is_kind(page: &Page) -> bool {
    page.body.contains("<h1>") && page.body.contains("Reference") && !page.body.contains("panic")
}

#[tokio::test]
async fn incomplete_repeated_and_oversized_parameters_end_on_a_kind_page() {
    let world = World::new().await;
    let long = format!("/getAToken?state=s&code={}", "c".repeat(40_000));
    let cases = [
        "/getAToken",
        "/getAToken?",
        "/getAToken?code=c",
        "/getAToken?state=s",
        "/getAToken?state=&code=",
        "/getAToken?state=s&state=t&code=c",
        "/getAToken?state=s&code=c&code=d",
        "/getAToken?%ff=%fe&code=%00",
        "/getAToken?unknown=1",
        long.as_str(),
    ];
    for url in cases {
        let page = world.visitor().asks(url).await;
        assert_eq!(page.status, StatusCode::BAD_REQUEST, "{url:.40}");
        assert!(is_kind(&page) && page.body.contains("/login"), "{url:.40}");
        assert!(
            page.headers["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("default-src 'none'")
        );
        assert_eq!(page.headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn unknown_parameters_beside_a_good_answer_are_ignored() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = pending_callback(&mut visitor).await;
    let page = visitor
        .opens(&format!(
            "{callback}&session_state=x&scope=y&access_token=evil"
        ))
        .await;
    assert_eq!(page.app_path(), Some("/private?x=1"));
}

#[tokio::test]
async fn a_wrong_state_restarts_the_sign_in_once() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    pending_callback(&mut visitor).await;
    let answer = visitor.asks("/getAToken?state=made-up&code=c").await;
    assert!(
        answer.location().contains("/authorize?"),
        "{}",
        answer.location()
    );
    assert!(answer.location().contains("state=again."));
    // The provider knows the user by now, so that ends signed in.
    let page = visitor.opens(answer.location()).await;
    assert_eq!(page.app_path(), Some("/"));
    assert_eq!(page.body, "Hello, Ada Lovelace");
    assert_eq!(
        world.grants("authorization_code"),
        1,
        "the made-up code was never sent"
    );
}

#[tokio::test]
async fn a_browser_without_cookies_is_told_so_and_not_sent_in_circles() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let mut callback = pending_callback(&mut visitor).await;
    for _ in 0..2 {
        visitor.cookies().clear();
        let answer = visitor.asks(&callback).await;
        if answer.status == StatusCode::BAD_REQUEST {
            assert!(answer.body.contains("did not keep our cookie"));
            return;
        }
        callback = visitor.asks(answer.location()).await.location().to_owned();
    }
    panic!("the sign-in was restarted again and again");
}

#[tokio::test]
async fn a_replayed_callback_goes_home_without_a_token_request() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = pending_callback(&mut visitor).await;
    visitor.opens(&callback).await;
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    let page = visitor.opens(&callback).await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, Ada Lovelace")
    );
    assert_eq!(visitor.cookies()["b2c-session-5000"], ticket);
    assert_eq!(world.grants("authorization_code"), 1);
}

#[tokio::test]
async fn another_browser_cannot_finish_a_sign_in() {
    let world = World::new().await;
    let mut attacker = world.visitor();
    let callback = pending_callback(&mut attacker).await;
    let mut victim = world.visitor();
    let answer = victim.asks(&callback).await;
    assert!(
        answer.location().contains("state=again."),
        "a fresh sign-in of the victim's own"
    );
    assert!(!victim.cookies().contains_key("b2c-session-5000"));
    assert_eq!(world.grants("authorization_code"), 0);
}

#[tokio::test]
async fn a_code_that_was_spent_elsewhere_starts_over_once() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = pending_callback(&mut visitor).await;
    let jar = visitor.cookies().clone();
    visitor.opens(&callback).await;
    // The same browser as before the first click, as after a restored tab.
    *visitor.cookies() = jar;
    let page = visitor.opens(&callback).await;
    assert_eq!(
        page.app_path(),
        Some("/private?x=1"),
        "signed in after a second round"
    );
}

#[tokio::test]
async fn tampered_cookies_are_as_good_as_none() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/login").await;
    let ticket = visitor.cookies()["b2c-session-5000"].clone();
    let mut flipped = ticket.clone().into_bytes();
    flipped[40] = if flipped[40] == b'A' { b'B' } else { b'A' };
    let id_only = format!("{}{}", &ticket[..22], "A".repeat(42));
    let values = [
        String::from_utf8(flipped).unwrap(),
        id_only,
        String::new(),
        "é%00;".into(),
        "A".repeat(5000),
    ];
    for value in values {
        visitor
            .cookies()
            .insert("b2c-session-5000".to_owned(), value.replace(['é', ';'], ""));
        let page = visitor.asks("/").await;
        assert_eq!(page.body, "Hello, stranger");
        assert!(
            !visitor.cookies().contains_key("b2c-session-5000"),
            "taken away"
        );
    }
    // The session itself is unharmed by those tries.
    visitor
        .cookies()
        .insert("b2c-session-5000".to_owned(), ticket);
    assert_eq!(visitor.opens("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_tampered_transaction_is_a_lost_one() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = pending_callback(&mut visitor).await;
    let cookies = visitor.cookies().iter_mut();
    for (_, value) in cookies.filter(|(name, _)| name.starts_with("b2c-tx")) {
        value.replace_range(
            30..31,
            if value.as_bytes()[30] == b'A' {
                "B"
            } else {
                "A"
            },
        );
    }
    let answer = visitor.asks(&callback).await;
    assert!(answer.location().contains("state=again."));
}

#[tokio::test]
async fn two_tabs_do_not_fight() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let first = visitor.opens("/private?tab=1").await;
    let second = visitor.opens("/private?tab=2").await;
    let page = visitor
        .enters(&first, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/private?tab=1"));
    let page = visitor
        .enters(&second, "ada@emulator.example", "Passw0rd!")
        .await;
    assert_eq!(page.app_path(), Some("/private?tab=2"));
}

#[tokio::test]
async fn provider_errors_without_a_pending_sign_in() {
    let world = World::new().await;
    let cancelled =
        "/getAToken?error=access_denied&error_description=AADB2C90091%3a+cancelled&state=x";
    let page = world.visitor().opens(cancelled).await;
    assert_eq!((page.app_path(), page.status), (Some("/"), StatusCode::OK));

    let mismatch = "/getAToken?error=redirect_uri_mismatch&error_description=AADB2C90006%3a+The+redirect+URI+%27%3cscript%3e%27%0d%0aCorrelation+ID%3a+1111-2222%0d%0a";
    let page = world.visitor().asks(mismatch).await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("AADB2C90006") && page.body.contains("1111-2222"));
    assert!(
        !page.body.contains("<script>"),
        "descriptions are not shown"
    );
}

#[tokio::test]
async fn an_overnight_sign_in_page_ends_signed_in() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    let callback = pending_callback(&mut visitor).await;
    world
        .clock
        .advance(std::time::Duration::from_secs(8 * 3600));
    world
        .emulator
        .advance_clock(std::time::Duration::from_secs(8 * 3600));
    let page = visitor.opens(&callback).await;
    assert_eq!(
        (page.app_path(), page.body.as_str()),
        (Some("/"), "Hello, Ada Lovelace")
    );
}

#[tokio::test]
async fn wrong_methods_are_refused_by_name() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    for (method, path, allowed) in [
        (Method::POST, "/login", "GET, HEAD"),
        (Method::PUT, "/getAToken", "GET, HEAD"),
        (Method::DELETE, "/logout", "GET, HEAD, POST"),
    ] {
        let page = visitor
            .sends(method, &format!("http://localhost:5000{path}"), None)
            .await;
        assert_eq!(page.status, StatusCode::METHOD_NOT_ALLOWED);
        assert_eq!(page.headers["allow"], allowed);
    }
}
