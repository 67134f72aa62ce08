//! The sign-in page.

use b2c_emulator::{Emulator, User};

use crate::support::{Bench, claims};

const ADA: (&str, &str) = ("signInName", "ada@emulator.example");
const PASSWORD: (&str, &str) = ("password", "Passw0rd!");

#[tokio::test]
async fn mistakes_stay_on_the_page() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    for (fields, text) in [
        ([ADA, ("password", "wrong")], "Your password is incorrect."),
        (
            [("signInName", "nobody@emulator.example"), PASSWORD],
            "We can't seem to find your account.",
        ),
        ([ADA, ("password", "")], "Please enter your password"),
        (
            [("signInName", ""), PASSWORD],
            "Please enter your Email Address",
        ),
        (
            [("signInName", ""), ("password", "")],
            "One or more fields are filled out incorrectly.",
        ),
    ] {
        let page = bench.visitor.submit(&page, &fields).await;
        assert_eq!(page.status, 200);
        let alert = page.text_of("error").unwrap();
        assert!(alert.starts_with(text), "{alert}");
        assert_eq!(page.attribute("error", "role").as_deref(), Some("alert"));
    }
    // What was typed is still there, except the password.
    let page = bench
        .visitor
        .submit(&page, &[("signInName", "<\"Ada\"> & Co"), PASSWORD])
        .await;
    assert_eq!(
        page.attribute("signInName", "value").as_deref(),
        Some("<\"Ada\"> & Co")
    );
    assert!(!page.body.contains("Passw0rd!"));
    let answer = bench
        .visitor
        .submit(&page, &[("signInName", " ADA@Emulator.example "), PASSWORD])
        .await;
    assert!(answer.code().starts_with("eyJraWQiOi"));
}

#[tokio::test]
async fn cancel_and_forgot_password_go_back_to_the_application() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let cancelled = bench.visitor.submit(&page, &[("action", "cancel")]).await;
    let location = cancelled.location();
    let start = "http://localhost:5000/getAToken?error=access_denied&error_description=AADB2C90091%3a+The+user+has+cancelled+entering+self-asserted+information.%0d%0aCorrelation+ID%3a+";
    assert!(location.starts_with(start), "{location}");
    assert!(location.ends_with("Z%0d%0a&state=s+t%2f1"), "{location}");

    let page = bench.open(&bench.ask()).await;
    let forgotten = bench.visitor.click(&page, "forgotPassword").await;
    let location = forgotten.location();
    let start = "http://localhost:5000/getAToken?error=access_denied&error_description=AADB2C90118%3a+The+user+has+forgotten+their+password.%0d%0aCorrelation+ID%3a+";
    assert!(location.starts_with(start), "{location}");
}

#[tokio::test]
async fn one_click_signs_a_seeded_user_in() {
    let mut bench = Bench::of(
        Emulator::builder()
            .user(User::new("katherine@emulator.example", "pw").display_name("Katherine Johnson")),
    )
    .await;
    let page = bench.open(&bench.ask()).await;
    for name in ["Ada Lovelace", "Grace Hopper", "Katherine Johnson"] {
        assert!(page.body.contains(&format!("Sign in as {name}</button>")));
    }
    let grace = bench.emulator.users()[1].object_id().to_owned();
    let code = bench
        .visitor
        .submit(&page, &[("signInAs", &grace)])
        .await
        .code();
    let tokens = bench.redeem(&code).await.json();
    assert_eq!(claims(&tokens["id_token"])["name"], "Grace Hopper");

    let page = bench.open(&bench.ask().with("prompt", "login")).await;
    let page = bench.visitor.submit(&page, &[("signInAs", "nobody")]).await;
    assert_eq!(
        page.text_of("error").as_deref(),
        Some("We can't seem to find your account.")
    );
}

#[tokio::test]
async fn login_hint_fills_in_the_address() {
    let mut bench = Bench::new().await;
    let page = bench
        .open(&bench.ask().with("login_hint", "grace@emulator.example"))
        .await;
    assert_eq!(
        page.attribute("signInName", "value").as_deref(),
        Some("grace@emulator.example")
    );
    assert!(page.attribute("password", "type").is_some());
}

#[tokio::test]
async fn a_double_click_gets_one_answer_twice_and_a_step_back_gets_none() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let first = bench.visitor.submit(&page, &[ADA, PASSWORD]).await;
    let second = bench.visitor.submit(&page, &[ADA, PASSWORD]).await;
    assert_eq!(first.location(), second.location());
    bench
        .emulator
        .advance_clock(std::time::Duration::from_secs(30));
    let late = bench.visitor.submit(&page, &[ADA, PASSWORD]).await;
    assert_eq!(late.status, 400);
    assert!(
        late.body
            .contains("AADB2C90046: We are having trouble loading your current state.")
    );
}

#[tokio::test]
async fn a_journey_belongs_to_one_browser() {
    let mut bench = Bench::new().await;
    let page = bench.open(&bench.ask()).await;
    let mut stranger = crate::support::Visitor::new(bench.emulator.base_url());
    let lost = stranger.submit(&page, &[ADA, PASSWORD]).await;
    assert!(lost.body.contains("AADB2C90046"), "{}", lost.body);
    let lost = stranger.click(&page, "forgotPassword").await;
    assert!(lost.body.contains("AADB2C90046"), "{}", lost.body);
    // A form without the token is nobody's.
    let (action, _) = page.form();
    let lost = bench.visitor.post(&action, &[ADA, PASSWORD]).await;
    assert!(lost.body.contains("AADB2C90046"), "{}", lost.body);
    // Another user flow does not know the journey either.
    let elsewhere = action.replace("b2c_1_signupsignin1", "b2c_1_passwordreset1");
    let (_, token) = page.form();
    let lost = bench
        .visitor
        .post(&elsewhere, &[("csrf_token", &token), ADA, PASSWORD])
        .await;
    assert!(lost.body.contains("AADB2C90046"), "{}", lost.body);
    assert_eq!(
        bench.visitor.submit(&page, &[ADA, PASSWORD]).await.status,
        302
    );
}

#[tokio::test]
async fn two_tabs_do_not_disturb_each_other() {
    let mut bench = Bench::new().await;
    let first = bench.open(&bench.ask().with("state", "first")).await;
    let second = bench.open(&bench.ask().with("state", "second")).await;
    let answer = bench.visitor.submit(&first, &[ADA, PASSWORD]).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("first"));
    let answer = bench.visitor.submit(&second, &[ADA, PASSWORD]).await;
    assert_eq!(answer.parameter("state").as_deref(), Some("second"));
}
