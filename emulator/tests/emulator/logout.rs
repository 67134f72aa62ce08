//! Signing out at the emulator.

use crate::support::{Bench, SIGN_IN, encoded};

fn path(bench: &Bench, parameters: &[(&str, &str)]) -> String {
    let tenant = bench.emulator.tenant();
    format!(
        "/{tenant}/{SIGN_IN}/oauth2/v2.0/logout?{}",
        encoded(parameters)
    )
}

#[tokio::test]
async fn the_session_ends_and_the_browser_goes_home() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    let old_cookies = bench.visitor.cookies.clone();
    let home = [
        ("post_logout_redirect_uri", "http://localhost:5000/?a=b"),
        ("state", "x y"),
    ];
    let page = bench.visitor.get(&path(&bench, &home)).await;
    assert_eq!(page.location(), "http://localhost:5000/?a=b&state=x+y");
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
    // The session is over for a copy of the cookie, too.
    bench.visitor.cookies = old_cookies;
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn where_it_leads_is_exactly_what_was_asked_for() {
    let mut bench = Bench::new().await;
    for uri in [
        "http://localhost:5000",
        "https://app.example/bye",
        "http://127.0.0.1:80/",
        "http://[::1]:5000/x",
    ] {
        let page = bench
            .visitor
            .get(&path(&bench, &[("post_logout_redirect_uri", uri)]))
            .await;
        assert_eq!(page.location(), uri);
    }
    // The Python library does not encode the value.
    let raw = path(&bench, &[]) + "post_logout_redirect_uri=http://localhost:5000/";
    assert_eq!(
        bench.visitor.get(&raw).await.location(),
        "http://localhost:5000/"
    );
    let v1 = raw.replace("/oauth2/v2.0/", "/oauth2/");
    assert_eq!(
        bench.visitor.get(&v1).await.location(),
        "http://localhost:5000/"
    );
}

#[tokio::test]
async fn without_a_destination_there_is_a_page() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    for parameters in [
        &[][..],
        &[("post_logout_redirect_uri", "urn:ietf:wg:oauth:2.0:oob")],
    ] {
        let page = bench.visitor.get(&path(&bench, parameters)).await;
        assert_eq!(page.status, 200);
        assert!(page.body.contains("<h1>You have been signed out.</h1>"));
    }
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn a_bad_destination_is_an_error_page() {
    let mut bench = Bench::new().await;
    for uri in [
        "home",
        "http://app.example/",
        "javascript:alert(1)",
        "//evil.example",
        "https://",
    ] {
        let page = bench
            .visitor
            .get(&path(&bench, &[("post_logout_redirect_uri", uri)]))
            .await;
        assert_eq!(page.status, 400, "{uri}");
        assert!(
            page.body
                .contains("AADB2C90067: The post logout redirect URI"),
            "{}",
            page.body
        );
    }
}
