//! Whatever arrives, the answer is B2C's own, and never an accident.

use b2c_emulator::{Emulator, IdentityProvider, UserFlow};
use reqwest::Method;

use crate::support::{Bench, SIGN_IN, encoded};

#[tokio::test]
async fn abandoned_sign_ins_are_bounded() {
    let mut bench = Bench::of(Emulator::builder().max_pending_sign_ins(50)).await;
    let first = bench.open(&bench.ask()).await;
    for _ in 0..300 {
        assert_eq!(bench.open(&bench.ask()).await.status, 200);
    }
    assert_eq!(bench.emulator.pending_sign_ins(), 50);
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let forgotten = bench.visitor.submit(&first, &ada).await;
    assert!(forgotten.body.contains("AADB2C90046"));
    let last = bench.open(&bench.ask()).await;
    assert_eq!(bench.visitor.submit(&last, &ada).await.status, 302);
}

#[tokio::test]
async fn odd_queries_and_forms_never_break_anything() {
    let mut bench = Bench::new().await;
    let tenant = bench.emulator.tenant().to_owned();
    let ask = bench.ask().path();
    let page = bench.open(&bench.ask()).await;
    let (action, token) = page.form();
    let oddities = [
        "",
        "&",
        "=",
        "%",
        "%zz",
        "%00",
        "%ff%fe",
        "a=b=c",
        "client_id",
        "client_id=%00",
        "tx=",
        "tx=StateProperties=",
        "tx=%f0%28%8c%bc",
        "p=",
        "p[]=1",
        "redirect_uri=http://[",
        "redirect_uri=http://%00",
        "scope=%0d%0aSet-Cookie:x",
        "state=%0d%0aX:1",
        "ui_locales=%00",
        "response_type=%00",
        "claimsexchange=%00",
        "domain_hint=%ff",
        "max_age=99999999999999999999",
        "code_challenge=&code_challenge_method=",
        "\u{fc}=\u{1f980}",
    ];
    let services = [
        "v2.0/.well-known/openid-configuration",
        "discovery/v2.0/keys",
        "oauth2/v2.0/authorize",
        "oauth2/v2.0/token",
        "oauth2/v2.0/logout",
        "openid/v2.0/userinfo",
        "api/CombinedSigninAndSignup/confirmed",
        "SelfAsserted",
        "api/CombinedSigninAndSignup/unified",
        "api/x/../../..",
        "",
        "%2e%2e",
    ];
    let mut paths: Vec<String> = Vec::new();
    for oddity in oddities {
        paths.extend(
            services
                .iter()
                .map(|service| format!("/{tenant}/{SIGN_IN}/{service}?{oddity}")),
        );
        paths.push(format!("{ask}&{oddity}"));
        paths.push(format!("{action}&{oddity}"));
    }
    paths.extend(
        [
            "//",
            "/%",
            "/%00",
            "/..",
            "/tfp/te/tfp",
            "/api/me/",
            "/?x",
            "/favicon.ico",
        ]
        .map(str::to_owned),
    );
    for path in &paths {
        for method in [Method::GET, Method::POST, Method::HEAD, Method::OPTIONS] {
            let form_type = [("content-type", "application/x-www-form-urlencoded")];
            let body = format!(
                "csrf_token={token}&action=create&verificationCode=%ff&grant_type=%00&code=a.b.c.d.e"
            );
            let body = if method == Method::POST {
                body.into_bytes()
            } else {
                Vec::new()
            };
            let page = bench.visitor.request(method, path, &form_type, body).await;
            assert!(page.status < 500, "{path}: {}", page.status);
            assert!(page.headers.get("x").is_none() && !page.headers.contains_key("set-cookie:x"));
        }
    }
    assert_eq!(
        bench
            .sign_in(&bench.ask().with("prompt", "login"))
            .await
            .status,
        302
    );
}

#[tokio::test]
async fn long_input_is_refused_kindly() {
    let mut bench = Bench::new().await;
    let page = bench
        .open(&bench.ask().with("state", &"x".repeat(20_000)))
        .await;
    assert_eq!(page.status, 414);
    let state = "é".repeat(1000);
    let answer = bench.sign_in(&bench.ask().with("state", &state)).await;
    assert_eq!(answer.parameter("state"), Some(state));

    bench.visitor.cookies.clear();
    let page = bench.open(&bench.ask()).await;
    let long = "x".repeat(60_000);
    let page = bench
        .visitor
        .submit(&page, &[("signInName", &long), ("password", "x")])
        .await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("We can't seem to find your account.")
    );
    let body = vec![b'x'; 70_000];
    let path = format!("/{}/{SIGN_IN}/oauth2/v2.0/token", bench.emulator.tenant());
    let page = bench.visitor.request(Method::POST, &path, &[], body).await;
    assert_eq!(page.status, 413);
}

#[tokio::test]
async fn sign_up_survives_any_bytes() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let page = bench.visitor.click(&page, "createAccount").await;
    let (action, token) = page.form();
    for body in [
        "email=%ff%fe@%00",
        "email[]=x",
        "action=verifyCode",
        "action=sendCode&email=a@b.c&email=d@e.f",
        "signInAs=%00",
    ] {
        let body = format!("csrf_token={token}&{body}");
        let form_type = [("content-type", "application/x-www-form-urlencoded")];
        let page = bench
            .visitor
            .request(Method::POST, &action, &form_type, body.into_bytes())
            .await;
        assert!(matches!(page.status, 200 | 303), "{}", page.status);
    }
}

#[tokio::test]
async fn any_hint_is_answered() {
    let policy = UserFlow::sign_up_sign_in("B2C_1A_any")
        .id_token_hint_key("key")
        .require_id_token_in_logout();
    let mut bench = Bench::of(Emulator::builder().user_flow(policy)).await;
    let ask = bench.ask().at("B2C_1A_any");
    let logout = format!("/{}/B2C_1A_any/oauth2/v2.0/logout", bench.emulator.tenant());
    for hint in [
        ".",
        "..",
        "...",
        "a.b.c",
        "e30.e30.",
        "bnVsbA.bnVsbA.",
        "W10.W10.e30",
        "\u{0}",
        "é.é.é",
        "eyJhbGciOiJub25lIn0.e30.",
        "eyJhbGciOiJIUzI1NiJ9.e30.AAAA",
    ] {
        let page = bench.open(&ask.clone().with("id_token_hint", hint)).await;
        assert!(page.error_code().starts_with("AADB2C902"), "{hint:?}");
        let query = encoded(&[("id_token_hint", hint)]);
        let page = bench.visitor.get(&format!("{logout}?{query}")).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains("AADB2C902"), "{hint:?}");
    }
}

#[tokio::test]
async fn identity_providers_take_people_and_nothing_else() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).identity_provider(IdentityProvider::google());
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    let users = bench.emulator.users().len();
    let page = bench
        .open(&bench.ask().with("domain_hint", "google.com"))
        .await;
    let long = "x".repeat(251);
    for (email, name) in [
        ("", ""),
        ("x", "X"),
        ("a@b.c", ""),
        ("a@b.c", long.as_str()),
    ] {
        let fields = [("email", email), ("displayName", name)];
        let again = bench.visitor.submit(&page, &fields).await;
        assert!(again.text_of("error").is_some(), "{email} {name}");
    }
    assert_eq!(bench.emulator.users().len(), users);
}
