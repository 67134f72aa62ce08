//! Credentials that are rotated: the app's at its provider, the app's at its store.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use tower_b2c::{B2cLayer, Config};
use tracing::Level;

use super::{Project, app};
use crate::support::{Browser, KEY, Log, Op, SITE, settings};

#[tokio::test]
async fn a_certificate_is_exchanged_by_naming_other_files() {
    let op = Op::start().await;
    let project = Project::new("", &format!("KEY={KEY}\n"));
    let registered = |name: &str| {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(["app.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        project.has(&format!("{name}.key"), &key.serialize_pem());
        project.has(&format!("{name}.pem"), &certificate.pem());
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate.der());
        URL_SAFE_NO_PAD.encode(digest)
    };
    let (old, new) = (registered("old"), registered("new"));
    let text = |name: &str| {
        let more = format!(
            "client_authentication = \"private_key_jwt\"\n\
             client_key = {{ file = \"{name}.key\" }}\n\
             client_certificate = {{ file = \"{name}.pem\" }}"
        );
        settings(&op, &more)
    };
    project.has("b2c.toml", &text("old"));
    let layer = project.layer();
    let shown = async || {
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let seen = op.seen("/token").pop().unwrap();
        let header = seen.form["client_assertion"]
            .split('.')
            .next()
            .unwrap()
            .to_owned();
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        header["x5t#S256"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown().await, old);
    project.has("b2c.toml", &text("new"));
    assert!(
        layer
            .reload()
            .await
            .unwrap()
            .changes()
            .eq(["provider default"])
    );
    assert_eq!(shown().await, new);
    // One whose key is another's is refused, and the good one stays.
    project.has("old.pem", "no certificate");
    project.has("b2c.toml", &text("old"));
    assert!(layer.reload().await.is_err());
    assert_eq!(shown().await, new);
}

#[tokio::test]
async fn a_credential_of_the_store_that_was_rotated_is_for_the_next_start() {
    let op = Op::start().await;
    for (url, table) in [
        ("redis://app:{}@127.0.0.1:1/2", "redis"),
        ("postgres://app:{}@127.0.0.1:1/app", "postgres"),
        (
            "postgres://127.0.0.1:1/app?user=app&password={}",
            "postgres",
        ),
    ] {
        let load = |url: &str, label: &str| {
            let text = settings(&op, &format!("label = \"{label}\""));
            let file = Config::from_text(text)
                .environment([("KEY", KEY), ("SECRET", "s3cret"), ("URL", url)])
                .set("session.store", table)
                .set(format!("session.{table}.url.env"), "URL");
            file.load().unwrap()
        };
        let layer = B2cLayer::new(load(&url.replace("{}", "one"), "a")).unwrap();
        let rotated = url.replace("{}", "two");
        let (log, _open) = Log::open(Level::WARN);
        let reloaded = layer.reload_with(load(&rotated, "b")).unwrap();
        let changes: Vec<_> = reloaded.changes().collect();
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(changes[0].contains("credential"), "{changes:?}");
        assert_eq!(changes[1], "provider default");
        let told = log.take();
        assert!(told.contains("until a restart"), "{told}");
        assert!(!told.contains("two"), "{told}");
        // Another place is another store.
        let moved = rotated.replace("127.0.0.1:1", "127.0.0.1:2");
        let error = layer.reload_with(load(&moved, "b")).unwrap_err();
        assert!(error.needs_restart()[0].starts_with("session.store"));
    }
}
