//! Authorization requests that are sent ahead of the browser (RFC 9126).

use http::StatusCode;
use serde_json::json;

use crate::support::Site;

/// A site whose provider takes pushed requests.
pub(crate) async fn offering(more: &str) -> Site {
    let site = Site::new(more).await;
    let endpoint = format!("{}/push", site.op.issuer);
    site.op.behaves(|op| {
        op.metadata = json!({ "pushed_authorization_request_endpoint": endpoint });
    });
    site
}

#[tokio::test]
async fn the_browser_carries_a_reference_and_nothing_else() {
    for more in ["", "pushed_authorization = \"required\""] {
        let site = offering(more).await;
        let page = site.browser().opens("/private?x=1").await;
        assert_eq!(page.body, "ada -", "{more}");
        let [pushed] = &site.op.seen("/push")[..] else {
            panic!("one request is pushed");
        };
        assert_eq!(pushed.form["client_secret"], "s3cret");
        assert_eq!(pushed.form["client_id"], "the client");
        assert_eq!(pushed.form["response_type"], "code");
        assert_eq!(pushed.form["code_challenge_method"], "S256");
        assert_eq!(pushed.form["redirect_uri"], "https://app.example/getAToken");
        let [seen] = &site.op.seen("/authorize")[..] else {
            panic!("one browser arrives");
        };
        let names: Vec<_> = seen.form.keys().map(String::as_str).collect();
        assert_eq!(names, ["client_id", "request_uri"]);
    }
}

#[tokio::test]
async fn a_pushed_request_names_the_client_however_it_proves_itself() {
    for proof in [
        "client_authentication = \"client_secret_basic\"\nclient_secret = { env = \"SECRET\" }",
        "client_authentication = \"none\"\npublic_client = true",
    ] {
        let site = offering(proof).await;
        assert_eq!(site.browser().opens("/private").await.body, "ada -");
        let [pushed] = &site.op.seen("/push")[..] else {
            panic!("one request is pushed");
        };
        assert_eq!(pushed.form["client_id"], "the client", "{proof}");
        assert!(!pushed.form.contains_key("client_secret"), "{proof}");
    }
}

#[tokio::test]
async fn nothing_is_pushed_where_there_is_no_place_or_no_wish() {
    let without = Site::new("").await;
    assert_eq!(without.browser().opens("/private").await.body, "ada -");
    let unwanted = offering("pushed_authorization = \"never\"").await;
    assert_eq!(unwanted.browser().opens("/private").await.body, "ada -");
    assert!(unwanted.op.seen("/push").is_empty());

    let site = Site::new("pushed_authorization = \"required\"").await;
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(page.body.contains("not set up correctly"), "{}", page.body);
    assert!(site.op.seen("/authorize").is_empty());
}

#[tokio::test]
async fn a_push_that_fails_ends_on_a_kind_page_and_begins_nothing() {
    let refusal = |error| json!({ "error": error, "error_description": "<b>no</b>" });
    let cases = [
        (
            StatusCode::BAD_REQUEST,
            refusal("invalid_request"),
            StatusCode::BAD_GATEWAY,
        ),
        (
            StatusCode::UNAUTHORIZED,
            refusal("invalid_client"),
            StatusCode::INTERNAL_SERVER_ERROR,
        ),
        (
            StatusCode::TOO_MANY_REQUESTS,
            json!({}),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (
            StatusCode::CREATED,
            json!({}),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
        (
            StatusCode::FOUND,
            json!([]),
            StatusCode::SERVICE_UNAVAILABLE,
        ),
    ];
    for (status, answer, expected) in cases {
        let site = offering("").await;
        site.op
            .behaves(|op| op.push_refusal = Some((status, answer.clone())));
        let page = site.browser().asks("/private").await;
        assert_eq!(page.status, expected, "{status} {answer}");
        assert!(page.body.contains("Reference") && !page.body.contains("<b>no"));
        let cookies = page.headers.get_all("set-cookie").iter();
        let mut cookies = cookies.map(|cookie| cookie.to_str().unwrap());
        assert!(!cookies.any(|cookie| cookie.contains("b2c-tx")));
    }
}
