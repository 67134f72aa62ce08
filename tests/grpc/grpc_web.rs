//! gRPC-Web of a page's script: the session's cookie, and statuses that such a client reads.

use e2e::Person;
use reqwest::Response;

use crate::web::WebApp;

/// A message in its frame.
fn frame(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], &length.to_be_bytes()[..], message].concat()
}

/// Calls a method as a browser does for a page of `site` (Fetch Metadata), with these cookies.
async fn calls(web: &WebApp, method: &str, message: &[u8], site: &str, cookies: &str) -> Response {
    let request = reqwest::Client::new()
        .post(format!("{}/notes.v1.Notes/{method}", web.base_url))
        .header("content-type", "application/grpc-web+proto")
        .header("x-grpc-web", "1")
        .header("sec-fetch-site", site)
        .header("sec-fetch-mode", "cors")
        .header("sec-fetch-dest", "empty")
        .header("cookie", cookies);
    request.body(frame(message)).send().await.unwrap()
}

/// The status of an answer of a status alone: among the headers, and no body.
async fn status_alone(answer: Response) -> String {
    assert_eq!(answer.status(), 200);
    let headers = answer.headers().clone();
    assert_eq!(headers["content-type"], "application/grpc-web+proto");
    assert!(answer.bytes().await.unwrap().is_empty());
    headers["grpc-status"].to_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_session_calls_the_service_and_nobody_else_does() {
    let web = WebApp::start().await;
    let mut ada = Person::new(&web.base_url).unwrap();
    let answer = calls(&web, "List", b"", "same-origin", "").await;
    assert_eq!(status_alone(answer).await, "16", "without a session");

    ada.signs_in("/board").await.unwrap();
    let cookies = ada.cookies_for(&web.base_url).unwrap();
    let written = calls(&web, "Write", b"\x0a\x04milk", "same-origin", &cookies).await;
    assert!(written.headers().get("grpc-status").is_none());
    let body = written.bytes().await.unwrap();
    let told = String::from_utf8_lossy(&body);
    assert!(told.contains("milk"), "{told}");
    assert!(
        told.contains("grpc-status:0"),
        "trailers end the body: {told}"
    );
    assert!(!told.contains("eyJ"), "no token comes to the browser");

    for site in ["cross-site", "same-site"] {
        let forged = calls(&web, "Write", b"\x0a\x05money", site, &cookies).await;
        assert_eq!(status_alone(forged).await, "7", "{site}");
    }
    let listed = calls(&web, "List", b"", "same-origin", &cookies).await;
    let body = listed.bytes().await.unwrap();
    let told = String::from_utf8_lossy(&body);
    assert!(told.contains("milk") && !told.contains("money"), "{told}");

    ada.signs_out().await.unwrap();
    let late = calls(&web, "List", b"", "same-origin", &cookies).await;
    assert_eq!(status_alone(late).await, "16", "after the sign-out");
}

#[tokio::test]
async fn a_client_that_reads_base64_gets_its_status_alike() {
    let web = WebApp::start().await;
    let request = reqwest::Client::new()
        .post(format!("{}/notes.v1.Notes/List", web.base_url))
        .header("content-type", "application/grpc-web-text+proto")
        .header("sec-fetch-site", "same-origin");
    let answer = request.body("AAAAAAA=").send().await.unwrap();
    assert_eq!(answer.headers()["grpc-status"], "16");
    let kind = &answer.headers()["content-type"];
    assert_eq!(kind, "application/grpc-web-text+proto");
}
