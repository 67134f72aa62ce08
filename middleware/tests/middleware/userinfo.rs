//! Claims from the userinfo endpoint.

use http::StatusCode;
use serde_json::json;

use crate::support::Site;

#[tokio::test]
async fn its_claims_are_added_to_those_of_the_id_token() {
    let site = Site::new("userinfo = true").await;
    site.op.behaves(|op| {
        op.userinfo = json!({ "sub": "ada", "email": "ada@op.example", "aud": "nobody" });
    });
    assert_eq!(
        site.browser().opens("/private").await.body,
        "ada ada@op.example"
    );
    let [seen] = &site.op.seen("/userinfo")[..] else {
        panic!("one request");
    };
    assert_eq!(seen.authorization.as_deref(), Some("Bearer opaque"));

    // What is signed goes before what is not.
    site.op.behaves(|op| {
        op.claims = Box::new(|_, claims| claims["email"] = "signed@op.example".into());
    });
    assert_eq!(
        site.browser().opens("/private").await.body,
        "ada signed@op.example"
    );
}

#[tokio::test]
async fn it_is_not_asked_unless_it_is_wanted() {
    let site = Site::new("").await;
    assert_eq!(site.browser().opens("/private").await.body, "ada -");
    assert!(site.op.seen("/userinfo").is_empty());
}

#[tokio::test]
async fn an_answer_about_somebody_else_or_about_nothing_ends_the_sign_in() {
    for answer in [
        json!({ "sub": "bob", "email": "bob@op.example" }),
        json!({ "email": "ada@op.example" }),
        json!({ "sub": null }),
        json!(["sub", "ada"]),
        json!("eyJhbGciOiJub25lIn0.e30."),
    ] {
        let site = Site::new("userinfo = true").await;
        site.op.behaves(|op| op.userinfo = answer.clone());
        let mut browser = site.browser();
        let page = browser.opens("/private").await;
        assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{answer}");
        assert_eq!(browser.cookie("__Host-b2c-session"), None);
    }
    let site = Site::new("userinfo = true").await;
    site.op
        .behaves(|op| op.metadata = json!({ "userinfo_endpoint": null }));
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
}
