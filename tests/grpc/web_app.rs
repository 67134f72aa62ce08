//! The web app of the example, in a person's hands.

use b2c_emulator::Emulator;
use e2e::Person;
use example_tonic_grpc::web;
use tower_b2c::Config;

use crate::bench::{Bench, listener, provider};

#[tokio::test]
async fn a_signed_in_person_writes_notes_through_the_grpc_api() {
    let (listener, address) = listener().await;
    let base_url = format!("http://localhost:{}", address.port());
    let emulator = Emulator::builder().redirect_uri(format!("{base_url}/getAToken"));
    let bench = Bench::beside(emulator.start().await.unwrap()).await;
    let (provider, tenant) = (provider(&bench.emulator), bench.emulator.tenant());
    let text = format!(
        r#"
        [app]
        base_url = "{base_url}"
        {provider}
        [[downstream]]
        name = "notes"
        base_url = "http://{}"
        resource = "https://{tenant}/demo-api"
        scopes = ["demo.read", "demo.write"]
        "#,
        bench.address
    );
    let secret = bench.emulator.client().client_secret();
    let config = Config::from_text(text).environment([("SECRET", secret)]);
    let app = web::app(config.load().unwrap()).unwrap();
    tokio::spawn(async move { axum::serve(listener, app).await });

    let mut ada = Person::new(&base_url).unwrap();
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
    let mut nobody = Person::new(&base_url).unwrap();
    let page = nobody.opens("/notes").await.unwrap();
    assert!(page.has("signInName"), "{}", page.body);
}
