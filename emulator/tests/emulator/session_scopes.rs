//! Who shares a session, and for how long.

use std::time::Duration;

use b2c_emulator::{Client, Emulator, SsoScope, UserFlow};

use crate::support::{Ask, Bench, SIGN_IN};

const SECOND_FLOW: &str = "B2C_1_second";

async fn bench(scope: SsoScope) -> (Bench, [Ask; 3]) {
    let builder = Emulator::builder()
        .client(Client::new("second", "secret").redirect_uri("https://second.example/"))
        .user_flow(UserFlow::sign_up_sign_in(SIGN_IN).sso_scope(scope))
        .user_flow(UserFlow::sign_up_sign_in(SECOND_FLOW).sso_scope(scope));
    let mut bench = Bench::of(builder).await;
    let same = bench.ask();
    bench.sign_in(&same).await.code();
    let other_flow = same.clone().at(SECOND_FLOW);
    let other_client = same
        .clone()
        .with("client_id", "second")
        .with("redirect_uri", "https://second.example/");
    (bench, [same, other_flow, other_client])
}

#[tokio::test]
async fn a_session_reaches_as_far_as_its_scope() {
    // The same request, another user flow, another application.
    let cases = [
        (SsoScope::Tenant, [302, 302, 302]),
        (SsoScope::Application, [302, 302, 200]),
        (SsoScope::Policy, [302, 200, 302]),
        (SsoScope::Suppressed, [200, 200, 200]),
    ];
    for (scope, expected) in cases {
        let (mut bench, asks) = bench(scope).await;
        for (ask, status) in asks.iter().zip(expected) {
            assert_eq!(bench.open(ask).await.status, status, "{scope:?}");
        }
    }
}

#[tokio::test]
async fn keep_me_signed_in_outlives_the_browser() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).keep_me_signed_in(30);
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    let page = bench.open(&bench.ask()).await;
    assert!(
        page.body
            .contains("<label for=\"rememberMe\">Keep me signed in</label>")
    );
    let fields = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
        ("rememberMe", "true"),
    ];
    let answer = bench.visitor.submit(&page, &fields).await;
    assert!(answer.header("set-cookie").contains("Max-Age=2592000"));
    bench
        .emulator
        .advance_clock(Duration::from_secs(29 * 24 * 60 * 60));
    assert_eq!(bench.open(&bench.ask()).await.status, 302);
}

#[tokio::test]
async fn without_the_tick_it_is_an_ordinary_session() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN).keep_me_signed_in(30);
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    let answer = bench.sign_in(&bench.ask()).await;
    assert!(!answer.header("set-cookie").contains("Max-Age"));
    bench
        .emulator
        .advance_clock(Duration::from_secs(25 * 60 * 60));
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn an_absolute_session_is_not_prolonged() {
    let flow = UserFlow::sign_up_sign_in(SIGN_IN)
        .session_lifetime(Duration::from_secs(900))
        .absolute_sessions();
    let mut bench = Bench::of(Emulator::builder().user_flow(flow)).await;
    bench.sign_in(&bench.ask()).await.code();
    bench.emulator.advance_clock(Duration::from_secs(600));
    assert_eq!(bench.open(&bench.ask()).await.status, 302);
    bench.emulator.advance_clock(Duration::from_secs(600));
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn a_revoked_session_asks_again() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    bench.emulator.advance_clock(Duration::from_secs(5));
    bench.emulator.revoke_sign_ins("ada@emulator.example");
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}
