//! Streams of the server, and the end of the token that opened them.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use example_tonic_grpc::notes::{WatchRequest, WriteRequest};
use tonic::Code;

use crate::bench::{Bench, token};

#[tokio::test]
async fn a_stream_ends_when_its_token_does() {
    let bench = Bench::whole().await;
    let scopes = ["demo.read", "demo.write"];
    // Whatever is fetched first takes its time.
    let text = "before".to_owned();
    let request = bench.with(&token(&scopes), WriteRequest { text });
    bench.client().write(request).await.unwrap();
    let now = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    // Clocks may differ by 120 seconds: this one is good for some thirty more.
    let brief = token(&scopes).claim("exp", now - 90);
    let mut client = bench.client();
    let watching = client.watch(bench.with(&brief, WatchRequest {})).await;
    let mut stream = watching.unwrap().into_inner();
    let first = stream.message().await.unwrap().unwrap();
    assert_eq!(first.text, "before");
    for number in 0..12 {
        let text = format!("note {number}");
        let request = bench.with(&token(&scopes), WriteRequest { text });
        bench.client().write(request).await.unwrap();
        let note = stream.message().await.unwrap().unwrap();
        assert_eq!(note.text, format!("note {number}"));
    }
    let end = tokio::time::timeout(Duration::from_secs(60), stream.message()).await;
    let status = end.expect("an end").unwrap_err();
    assert_eq!(status.code(), Code::Unauthenticated);
    let details = String::from_utf8_lossy(status.details());
    assert!(details.contains("TOKEN_EXPIRED"), "{status:?}");
    let left = now + 29;
    let ended = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs();
    assert!(ended >= left, "{ended} is before {left}");
}
