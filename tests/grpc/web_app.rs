//! The web app of the example, in a person's hands.

use e2e::Person;

use crate::web::WebApp;

#[tokio::test]
async fn a_signed_in_person_writes_notes_through_the_grpc_api() {
    let web = WebApp::start().await;
    let base_url = &web.base_url;

    let mut ada = Person::new(base_url).unwrap();
    let page = ada.signs_in("/notes").await.unwrap();
    assert_eq!(page.status, 200, "{}", page.body);
    let page = ada
        .submits(&page, "text", &[("text", "buy <b>milk</b>")])
        .await;
    let page = page.unwrap();
    assert!(
        page.body.contains("<li>buy &lt;b>milk&lt;/b>"),
        "{}",
        page.body
    );

    // Somebody else has notes of their own.
    let mut nobody = Person::new(base_url).unwrap();
    let page = nobody.opens("/notes").await.unwrap();
    assert!(page.has("signInName"), "{}", page.body);
}
