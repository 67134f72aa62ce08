//! What every page has in common.

use b2c_emulator::{Emulator, IdentityProvider, User, UserFlow};

use crate::support::{Bench, EDIT, Page, RESET, SIGN_IN};

fn assert_well_made(page: &Page) {
    let body = &page.body;
    for once in [
        "<html lang=\"en\">",
        "<h1>",
        "<main",
        "<header",
        "<footer",
        "<title>",
    ] {
        assert_eq!(body.matches(once).count(), 1, "{once} in {body}");
    }
    assert!(
        body.contains("b2c-emulator</a> <span class=\"banner-note\">· local, not Microsoft</span>")
    );
    assert!(
        !body.contains("<script") && !body.contains("style="),
        "{body}"
    );
    for input in body
        .split("<input")
        .skip(1)
        .filter(|tag| !tag.contains("type=\"hidden\""))
    {
        let (_, id) = input.split_once("id=\"").unwrap();
        let (id, _) = id.split_once('"').unwrap();
        assert!(
            body.contains(&format!("<label for=\"{id}\">")),
            "no label for {id}"
        );
    }
    for described in body.split("aria-describedby=\"").skip(1) {
        let (ids, _) = described.split_once('"').unwrap();
        for id in ids.split(' ') {
            assert!(
                body.contains(&format!("id=\"{id}\"")),
                "nothing called {id}"
            );
        }
    }
    let policy = page.header("content-security-policy");
    assert_eq!(
        policy,
        "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
    );
    assert_eq!(page.header("cache-control"), "no-store");
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

#[tokio::test]
async fn every_page_is_well_made() {
    let mut bench = Bench::new().await;
    let sign_in = bench.open(&bench.ask()).await;
    let wrong = bench.visitor.submit(&sign_in, &[("signInName", "")]).await;
    let sign_up = bench.visitor.click(&sign_in, "createAccount").await;
    let code = bench
        .visitor
        .submit(&sign_up, &[("email", "k@emulator.example")])
        .await;
    let wrong_code = bench
        .visitor
        .submit(&code, &[("verificationCode", "1")])
        .await;
    let digits = code.text_of("mailboxCode").unwrap();
    let details = bench
        .visitor
        .submit(&code, &[("verificationCode", &digits)])
        .await;
    let wrong_details = bench.visitor.submit(&details, &[("city", "x")]).await;
    let reset = bench.open(&bench.ask().at(RESET)).await;
    let error = bench.open(&bench.ask().without("client_id")).await;
    let logout = "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/oauth2/v2.0/logout";
    let signed_out = bench.visitor.get(logout).await;
    let start = bench.visitor.get("/").await;
    bench.sign_in(&bench.ask()).await.code();
    let edit = bench.open(&bench.ask().at(EDIT)).await;
    for page in [
        sign_in,
        wrong,
        sign_up,
        code,
        wrong_code,
        details,
        wrong_details,
        reset,
        error,
        signed_out,
        start,
        edit,
    ] {
        assert_well_made(&page);
    }
}

#[tokio::test]
async fn pages_have_b2cs_names() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    for (id, attribute, value) in [
        ("signInName", "name", "signInName"),
        ("signInName", "autocomplete", "username"),
        ("password", "name", "password"),
        ("password", "autocomplete", "current-password"),
    ] {
        assert_eq!(page.attribute(id, attribute).as_deref(), Some(value));
    }
    for (id, text) in [
        ("next", "Sign in"),
        ("cancel", "Cancel"),
        ("forgotPassword", "Forgot your password?"),
        ("createAccount", "Sign up now"),
    ] {
        assert_eq!(page.text_of(id).as_deref(), Some(text));
    }
    assert!(page.form().0.starts_with(
        "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/SelfAsserted?tx=StateProperties="
    ));
}

#[tokio::test]
async fn assets_are_served_by_the_emulator() {
    let mut bench = Bench::new().await;
    for (path, content_type) in [
        ("/emulator/style.css", "text/css; charset=utf-8"),
        ("/emulator/icon.svg", "image/svg+xml"),
        ("/favicon.ico", "image/svg+xml"),
    ] {
        let page = bench.visitor.get(path).await;
        assert_eq!(
            (page.status, page.header("content-type")),
            (200, content_type)
        );
        assert!(!page.body.contains("http://") || page.body.contains("http://www.w3.org/2000/svg"));
    }
}

#[tokio::test]
async fn the_start_page_tells_what_is_registered() {
    let mut bench = Bench::new().await;
    let page = bench.visitor.get("/").await;
    let base = bench.emulator.base_url().to_owned();
    for text in [
        "b2cemulator.onmicrosoft.com",
        "00001111-aaaa-2222-bbbb-3333cccc4444",
        "emulator-secret-not-for-production",
        "http://localhost:5000/getAToken",
        "ada@emulator.example",
        "Passw0rd!",
        "https://b2cemulator.onmicrosoft.com/demo-api/demo.read",
        &format!(
            "{base}/b2cemulator.onmicrosoft.com/b2c_1_passwordreset1/v2.0/.well-known/openid-configuration"
        ),
    ] {
        assert!(page.body.contains(text), "{text}");
    }
}

#[tokio::test]
async fn a_page_can_be_reloaded() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask().at(RESET)).await;
    let (action, token) = page.form();
    let fields = [
        ("csrf_token", token.as_str()),
        ("email", "ada@emulator.example"),
    ];
    let sent = bench.visitor.post(&action, &fields).await;
    assert_eq!(sent.status, 303);
    let location = sent.location().to_owned();
    let first = bench.visitor.get(&location).await;
    let second = bench.visitor.get(&location).await;
    assert_eq!(first.text_of("mailboxCode"), second.text_of("mailboxCode"));
}

#[tokio::test]
async fn the_pages_of_configured_user_flows_are_well_made() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .mfa()
        .keep_me_signed_in(1)
        .identity_provider(IdentityProvider::google());
    let user = User::new("new@emulator.example", "Passw0rd!").must_change_password();
    let mut bench = Bench::of(Emulator::builder().user_flow(flow).user(user)).await;
    let sign_in = bench.open(&bench.ask()).await;
    assert_well_made(&sign_in);
    let provider = bench.visitor.click(&sign_in, "GoogleExchange").await;
    assert_well_made(&provider);
    let problems = bench.visitor.submit(&provider, &[("email", "")]).await;
    assert_well_made(&problems);

    for (name, id) in [
        ("ada@emulator.example", "phoneCode"),
        ("new@emulator.example", "newPassword-hint"),
    ] {
        let page = bench.open(&bench.ask()).await;
        let fields = [("signInName", name), ("password", "Passw0rd!")];
        let page = bench.visitor.submit(&page, &fields).await;
        assert!(page.text_of(id).is_some(), "{id}");
        assert_well_made(&page);
    }
    assert_well_made(&bench.visitor.get("/emulator/errors").await);
}
