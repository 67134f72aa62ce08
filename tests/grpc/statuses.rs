//! What a client is told that has no token, or the wrong one.

use b2c_emulator::Forgery;
use example_tonic_grpc::notes::{ListRequest, WriteRequest};
use tonic::{Code, Status};

use crate::bench::{Bench, token};

/// Whether the details say this, as `google.rpc.ErrorInfo` in `google.rpc.Status`.
fn tells(status: &Status, reason: &str) -> bool {
    let details = String::from_utf8_lossy(status.details());
    details.contains("type.googleapis.com/google.rpc.ErrorInfo") && details.contains(reason)
}

fn challenge(status: &Status) -> &str {
    let value = status.metadata().get("www-authenticate");
    value.map_or("", |value| value.to_str().unwrap())
}

#[tokio::test]
async fn the_whole_server_is_protected() {
    let bench = Bench::whole().await;
    let mut client = bench.client();
    let status = client.list(ListRequest {}).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(tells(&status, "TOKEN_MISSING"), "{status:?}");
    assert_eq!(challenge(&status), "Bearer realm=\"api\"");

    let expired = Forgery::access_token("ada@emulator.example").expired();
    let request = bench.with(&expired, ListRequest {});
    let status = client.list(request).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    assert!(tells(&status, "TOKEN_EXPIRED"), "{status:?}");
    assert!(challenge(&status).contains("error=\"invalid_token\""));

    let read = token(&["demo.read"]);
    let reply = client.list(bench.with(&read, ListRequest {})).await;
    assert!(reply.unwrap().into_inner().notes.is_empty());
}

#[tokio::test]
async fn a_method_says_which_scope_it_needs() {
    let bench = Bench::whole().await;
    let text = "a note".to_owned();
    let write = token(&["demo.read"]);
    let request = bench.with(&write, WriteRequest { text: text.clone() });
    let status = bench.client().write(request).await.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert!(tells(&status, "INSUFFICIENT_SCOPE") && tells(&status, "demo.write"));
    assert!(challenge(&status).contains("scope=\"demo.write\""));

    let both = token(&["demo.read", "demo.write"]);
    let request = bench.with(&both, WriteRequest { text });
    assert_eq!(
        bench
            .client()
            .write(request)
            .await
            .unwrap()
            .into_inner()
            .text,
        "a note"
    );
    let reply = bench.client().list(bench.with(&both, ListRequest {})).await;
    assert_eq!(reply.unwrap().into_inner().notes.len(), 1);
}

#[tokio::test]
async fn a_single_service_is_protected_by_itself() {
    let bench = Bench::single().await;
    let status = bench.client().list(ListRequest {}).await.unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let other = token(&["demo.write"]);
    let status = bench
        .client()
        .list(bench.with(&other, ListRequest {}))
        .await;
    let status = status.unwrap_err();
    assert_eq!(status.code(), Code::PermissionDenied);
    assert!(tells(&status, "demo.read"), "{status:?}");
    let read = token(&["demo.read"]);
    let reply = bench.client().list(bench.with(&read, ListRequest {})).await;
    assert!(reply.is_ok(), "{reply:?}");
}
