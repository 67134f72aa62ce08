//! The emulator's clock moves when told.

use std::time::Duration;

use b2c_emulator::Emulator;

use crate::support::{Bench, claims};

#[tokio::test]
async fn codes_expire_after_five_minutes() {
    let mut bench = Bench::new().await;
    let code = bench.sign_in(&bench.ask()).await.code();
    bench.emulator.advance_clock(Duration::from_secs(301));
    let (error, line) = bench.redeem(&code).await.token_error();
    assert_eq!(error, "invalid_grant");
    let (text, times) = line.split_once("Current time: ").unwrap();
    assert_eq!(
        text,
        "AADB2C90080: The provided grant has expired. Please re-authenticate and try again. "
    );
    let (now, rest) = times.split_once(", Grant issued time: ").unwrap();
    let (issued, expired) = rest.split_once(", Grant expiration time: ").unwrap();
    let number = |text: &str| text.parse::<i64>().unwrap();
    assert_eq!(number(expired) - number(issued), 300);
    assert!(number(now) > number(expired));
}

#[tokio::test]
async fn a_clock_that_is_wrong_shows_in_the_tokens() {
    let mut bench = Bench::new().await;
    bench.emulator.set_clock_offset(-3600);
    let machine = || std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let before = machine();
    let tokens = bench.tokens(&bench.ask()).await;
    let issued = claims(&tokens["id_token"])["iat"].as_u64().unwrap();
    assert!((before..=machine()).contains(&(issued + 3600)));
}

#[tokio::test]
async fn the_lifetime_of_tokens_is_a_setting() {
    let builder = Emulator::builder().access_token_lifetime(Duration::from_secs(90));
    let mut bench = Bench::of(builder).await;
    let tokens = bench.tokens(&bench.ask()).await;
    assert_eq!(tokens["expires_in"], 90);
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(bench.me(token).await.status, 200);
    bench.emulator.advance_clock(Duration::from_secs(91));
    assert_eq!(bench.me(token).await.status, 401);
}

#[tokio::test]
async fn a_page_that_was_left_alone_is_forgotten() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    bench.emulator.advance_clock(Duration::from_secs(3601));
    let ada = [
        ("signInName", "ada@emulator.example"),
        ("password", "Passw0rd!"),
    ];
    let lost = bench.visitor.submit(&page, &ada).await;
    assert_eq!(lost.status, 400);
    assert!(lost.body.contains("AADB2C90046"));
}
