//! Starting and stopping.

use std::time::{Duration, Instant};

use b2c_emulator::{Client, Emulator, StartError};

use crate::support::{Bench, Visitor};

#[tokio::test]
async fn it_is_ready_at_once() {
    let mut fastest = Duration::MAX;
    // What nothing has optimized may take longer, on whatever machine.
    let budget = Duration::from_millis(if cfg!(debug_assertions) { 250 } else { 50 });
    // The best of some: the machine has other things to do.
    for _ in 0..50 {
        let start = Instant::now();
        let emulator = Emulator::builder().start().await.unwrap();
        fastest = fastest.min(start.elapsed());
        emulator.shutdown().await;
        if fastest < budget {
            return;
        }
    }
    panic!("{fastest:?}");
}

#[tokio::test]
async fn several_live_side_by_side() {
    let first = Emulator::builder().start().await.unwrap();
    let second = Emulator::builder().tenant("Contoso").start().await.unwrap();
    assert_ne!(first.port(), second.port());
    assert_eq!(second.tenant(), "contoso.onmicrosoft.com");
    assert_eq!(
        second.api_scope("demo.read"),
        "https://contoso.onmicrosoft.com/demo-api/demo.read"
    );
    for emulator in [&first, &second] {
        let base = format!("http://localhost:{}", emulator.port());
        assert_eq!(emulator.base_url(), base);
        assert_eq!(Visitor::new(&base).get("/").await.status, 200);
    }
}

#[tokio::test]
async fn both_loopback_addresses_answer() {
    let bench = Bench::new().await;
    let port = bench.emulator.port();
    let mut visitor = bench.visitor.clone();
    assert_eq!(
        visitor
            .get(&format!("http://127.0.0.1:{port}/"))
            .await
            .status,
        200
    );
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        assert_eq!(
            visitor.get(&format!("http://[::1]:{port}/")).await.status,
            200
        );
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_named() {
    let port = loopback::free_port();
    let first = Emulator::builder().port(port).start().await.unwrap();
    match Emulator::builder().port(port).start().await {
        Err(StartError::PortTaken { port: taken }) => assert_eq!(taken, port),
        other => panic!("{other:?}"),
    }
    first.shutdown().await;
    let again = Emulator::builder().port(port).start().await.unwrap();
    assert_eq!(again.port(), port);
}

#[tokio::test]
async fn dropping_it_gives_the_port_back() {
    let port = loopback::free_port();
    {
        let mut bench = Bench::of(Emulator::builder().port(port)).await;
        bench.visitor.get("/").await;
    }
    for _ in 0..1000 {
        if Emulator::builder().port(port).start().await.is_ok() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("port {port} is still taken");
}

#[tokio::test]
async fn a_tenant_name_is_a_domain() {
    for name in ["", ".", "a/b", "a b", "a..b", "<x>"] {
        match Emulator::builder().tenant(name).start().await {
            Err(error @ StartError::InvalidTenant { .. }) => {
                assert_eq!(error.to_string(), format!("'{name}' is not a tenant name"));
            }
            other => panic!("{name}: {other:?}"),
        }
    }
    let emulator = Emulator::builder()
        .tenant("login.contoso.example")
        .start()
        .await
        .unwrap();
    assert_eq!(emulator.tenant(), "login.contoso.example");
}

#[tokio::test]
async fn the_seeds_are_as_documented() {
    let emulator = Emulator::builder().start().await.unwrap();
    assert_eq!(emulator.tenant(), "b2cemulator.onmicrosoft.com");
    assert_eq!(
        emulator.client().client_id(),
        "00001111-aaaa-2222-bbbb-3333cccc4444"
    );
    assert_eq!(
        emulator.client().client_secret(),
        "emulator-secret-not-for-production"
    );
    assert_eq!(
        emulator.client().redirect_uris(),
        ["http://localhost:5000/getAToken"]
    );
    let users: Vec<String> = emulator
        .users()
        .iter()
        .map(|user| user.sign_in_name().to_owned())
        .collect();
    assert_eq!(users, ["ada@emulator.example", "grace@emulator.example"]);

    let emulator = Emulator::builder()
        .redirect_uri("http://localhost:1/a")
        .redirect_uri("http://localhost:1/b")
        .client(Client::new("other", "secret"))
        .start()
        .await
        .unwrap();
    assert_eq!(
        emulator.client().redirect_uris(),
        ["http://localhost:1/a", "http://localhost:1/b"]
    );
    assert_eq!(
        emulator.client().client_id(),
        "00001111-aaaa-2222-bbbb-3333cccc4444"
    );
}
