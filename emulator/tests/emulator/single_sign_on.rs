//! The emulator's own session.

use std::time::Duration;

use crate::support::{Bench, claims};

#[tokio::test]
async fn a_session_answers_at_once_with_the_old_auth_time() {
    let mut bench = Bench::new().await;
    let first = bench.tokens(&bench.ask()).await;
    assert!(
        bench
            .visitor
            .cookies
            .contains_key("x-ms-cpim-sso:b2cemulator.onmicrosoft.com_0")
    );
    bench.emulator.advance_clock(Duration::from_secs(600));
    let answer = bench.open(&bench.ask().with("prompt", "none")).await;
    let second = bench.redeem(&answer.code()).await.json();
    let (first, second) = (claims(&first["id_token"]), claims(&second["id_token"]));
    assert_eq!(first["auth_time"], second["auth_time"]);
    assert!(second["iat"].as_i64() >= first["iat"].as_i64().map(|at| at + 600));
}

#[tokio::test]
async fn prompt_login_and_max_age_ask_again() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    bench.emulator.advance_clock(Duration::from_secs(600));
    assert_eq!(
        bench
            .open(&bench.ask().with("prompt", "login"))
            .await
            .status,
        200
    );
    assert_eq!(
        bench.open(&bench.ask().with("max_age", "300")).await.status,
        200
    );
    assert_eq!(
        bench.open(&bench.ask().with("max_age", "900")).await.status,
        302
    );
    let silent = bench.ask().with("max_age", "300").with("prompt", "none");
    assert_eq!(bench.open(&silent).await.error_code(), "AADB2C90121");
    for prompt in ["consent", "select_account"] {
        assert_eq!(
            bench.open(&bench.ask().with("prompt", prompt)).await.status,
            302
        );
    }
}

#[tokio::test]
async fn a_session_lasts_a_day_after_its_last_use() {
    let mut bench = Bench::new().await;
    bench.sign_in(&bench.ask()).await.code();
    for _ in 0..3 {
        bench
            .emulator
            .advance_clock(Duration::from_secs(23 * 60 * 60));
        assert_eq!(bench.open(&bench.ask()).await.status, 302);
    }
    bench
        .emulator
        .advance_clock(Duration::from_secs(25 * 60 * 60));
    assert_eq!(bench.open(&bench.ask()).await.status, 200);
}

#[tokio::test]
async fn a_forged_session_is_none() {
    let mut bench = Bench::new().await;
    let name = "x-ms-cpim-sso:b2cemulator.onmicrosoft.com_0";
    for value in ["", "x", "../../etc", "\"quoted\""] {
        bench
            .visitor
            .cookies
            .insert(name.to_owned(), value.to_owned());
        assert_eq!(bench.open(&bench.ask()).await.status, 200);
    }
}
