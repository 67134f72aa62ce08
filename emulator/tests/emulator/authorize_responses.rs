//! The ways an authorization response can travel.

use crate::support::{Bench, Page};

/// The hidden inputs of a `form_post` page: name, id and value.
fn inputs(page: &Page) -> Vec<(String, String, String)> {
    let value_of = |tag: &str, name: &str| {
        let (_, rest) = tag.split_once(&format!(" {name}='")).unwrap();
        rest.split_once('\'').unwrap().0.to_owned()
    };
    let tags = page.body.split("<input type='hidden'").skip(1);
    tags.map(|tag| {
        (
            value_of(tag, "name"),
            value_of(tag, "id"),
            value_of(tag, "value"),
        )
    })
    .collect()
}

#[tokio::test]
async fn fragment_puts_it_behind_the_hash() {
    let mut bench = Bench::new().await;
    let answer = bench
        .sign_in(&bench.ask().with("response_mode", "fragment"))
        .await;
    let start = "http://localhost:5000/getAToken#state=s+t%2f1&code=";
    assert!(
        answer.location().starts_with(start),
        "{}",
        answer.location()
    );
}

#[tokio::test]
async fn form_post_is_a_page_that_submits_itself() {
    let mut bench = Bench::new().await;
    let page = bench
        .sign_in(&bench.ask().with("response_mode", "form_post"))
        .await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("<title>Logging in...</title>"));
    assert!(
        page.body
            .contains("<form id='auto' method='post' action='http://localhost:5000/getAToken'>")
    );
    assert!(page.body.contains("<div id='noJavascript'>"));
    let inputs = inputs(&page);
    assert_eq!(
        (&*inputs[0].0, &*inputs[0].1, &*inputs[0].2),
        ("state", "state_id", "s t/1")
    );
    assert_eq!((&*inputs[1].0, &*inputs[1].1), ("code", "code"));
    assert_eq!(bench.redeem(&inputs[1].2).await.status, 200);
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("script-src 'sha256-") && !policy.contains("unsafe"),
        "{policy}"
    );
}

#[tokio::test]
async fn form_post_carries_errors_too() {
    let mut bench = Bench::new().await;
    let ask = bench
        .ask()
        .with("response_mode", "form_post")
        .with("prompt", "none");
    let page = bench.open(&ask).await;
    let inputs = inputs(&page);
    let names: Vec<&str> = inputs.iter().map(|(name, _, _)| name.as_str()).collect();
    assert_eq!(names, ["error", "error_description", "state"]);
    assert_eq!(inputs[0].2, "interaction_required");
    assert!(
        inputs[1].2.starts_with("AADB2C90077: ") && inputs[1].2.contains("\r\nCorrelation ID: ")
    );
}

#[tokio::test]
async fn values_cannot_break_out_of_the_form() {
    let mut bench = Bench::new().await;
    let ask = bench
        .ask()
        .with("response_mode", "form_post")
        .with("prompt", "none");
    let page = bench
        .open(&ask.with("state", "'/><script>alert(1)</script>"))
        .await;
    assert_eq!(page.body.matches("<script").count(), 1);
    assert_eq!(
        inputs(&page)[2].2,
        "&#39;/&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    );
}

#[tokio::test]
async fn without_a_state_none_is_returned() {
    let mut bench = Bench::new().await;
    let answer = bench.sign_in(&bench.ask().without("state")).await;
    assert!(
        answer
            .location()
            .starts_with("http://localhost:5000/getAToken?code=")
    );
}
