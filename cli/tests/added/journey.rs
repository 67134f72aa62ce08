//! What was added runs, and people sign in. It is ended by a signal.

use crate::existing::{AXUM, Existing, target};
use crate::running::Running;
use crate::visitor::Visitor;

#[tokio::test]
async fn people_sign_in_at_what_was_a_page_for_all() {
    let shop = Existing::axum();
    let guarded = AXUM.replace("async fn home() -> &'static str {\n    \"Welcome\"", "async fn home(session: tower_b2c::Session) -> String {\n    format!(\"Hello, {}\", session.claims().name().unwrap_or(\"you\"))");
    let shop = shop.to_build("journey");
    let [port, emulator_port] = [(); 2].map(|()| loopback::free_port());
    shop.write("src/main.rs", AXUM.replace("3210", &port.to_string()));
    shop.says(&[
        "add",
        "--wire",
        "--offline",
        "--emulator-port",
        &emulator_port.to_string(),
    ]);
    // Then the handler asks for who is signed in.
    let wired = shop.read("src/main.rs");
    let body = guarded.split("async fn home").nth(1).expect("the handler");
    let before = wired.split("async fn home").next().expect("the rest");
    shop.write("src/main.rs", format!("{before}async fn home{body}"));

    let _run = Running::start(shop.root(), &target());

    let mut ada = Visitor::new();
    let form = ada.get(&format!("http://localhost:{port}/")).await;
    assert_eq!(form.url.port(), Some(emulator_port), "{}", form.body);
    let page = ada.signs_in(form).await;
    assert_eq!(
        (page.status, page.url.port()),
        (200, Some(port)),
        "{}",
        page.body
    );
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
}
