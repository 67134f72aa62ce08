//! `examples/hyper-plain`.

use std::future::pending;

use e2e::Person;
use tower_b2c::B2cLayer;

use crate::bench::place;

#[tokio::test]
async fn a_person_signs_in_at_a_server_of_hyper_alone() {
    let (listener, base_url, _emulator, config) = place(|_| String::new()).await;
    let layer = B2cLayer::new(config).unwrap();
    tokio::spawn(example_hyper_plain::serve(listener, layer, pending()));

    let mut ada = Person::new(&base_url).unwrap();
    assert!(ada.opens("/").await.unwrap().body.contains("/login"));
    let page = ada.signs_in("/private").await.unwrap();
    assert_eq!(
        (page.status, page.body.as_str()),
        (200, "Hello, Ada Lovelace")
    );
    for probe in ["/health/live", "/health/ready"] {
        let page = ada.opens(probe).await.unwrap();
        assert_eq!((page.status, &*page.body), (200, r#"{"status":"ok"}"#));
    }
    ada.signs_out().await.unwrap();
    assert!(ada.opens("/private").await.unwrap().has("signInName"));
}
