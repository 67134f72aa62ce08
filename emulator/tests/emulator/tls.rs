use std::{fs, net::Ipv4Addr, time::Duration};

use b2c_emulator::{Emulator, StartError, Tls, TlsError};
use serde_json::Value;
use tempfile::tempdir;
use tokio::{io::AsyncWriteExt, net::TcpStream};

use crate::support::{Bench, SIGN_IN, Visitor, claims};

async fn bench() -> Bench {
    Bench::of(Emulator::builder().tls(Tls::ephemeral())).await
}

#[tokio::test]
async fn a_whole_sign_in_over_https() {
    let mut bench = bench().await;
    let base = bench.emulator.base_url().to_owned();
    assert_eq!(base, format!("https://localhost:{}", bench.emulator.port()));
    let tokens = bench.tokens(&bench.ask()).await;
    let issuer = format!("{base}/{}/v2.0/", bench.emulator.tenant_id());
    assert_eq!(claims(&tokens["id_token"])["iss"], *issuer);
    assert_eq!(
        bench
            .me(tokens["access_token"].as_str().unwrap())
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn metadata_says_https() {
    let bench = bench().await;
    let url = bench.emulator.metadata_url(SIGN_IN).unwrap();
    let document = Visitor::of(&bench.emulator).get(&url).await.json();
    for name in [
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
    ] {
        let value = document[name].as_str().unwrap();
        assert!(
            value.starts_with(bench.emulator.base_url()),
            "{name}: {value}"
        );
    }
}

#[tokio::test]
async fn cookies_are_those_of_b2c() {
    let mut bench = bench().await;
    let page = bench.open(&bench.ask()).await;
    assert!(
        page.header("set-cookie")
            .ends_with("; HttpOnly; SameSite=None; Secure; Path=/"),
        "{}",
        page.header("set-cookie")
    );
}

#[tokio::test]
async fn every_loopback_address_and_name_is_certified() {
    let bench = bench().await;
    let port = bench.emulator.port();
    for host in ["localhost", "127.0.0.1"] {
        let base = format!("https://{host}:{port}");
        let mut visitor = Visitor::at(&base, &bench.emulator);
        assert_eq!(visitor.get("/").await.status, 200, "{host}");
    }
    // The certificate is right; who is served by these names is another question.
    for host in [
        "anything.b2clogin.com",
        "anything.ciamlogin.com",
        "login.microsoftonline.com",
    ] {
        let base = format!("https://{host}:{port}");
        let mut visitor = Visitor::at(&base, &bench.emulator);
        assert_eq!(visitor.get("/").await.status, 404, "{host}");
    }
}

#[tokio::test]
async fn nobody_trusts_it_unasked() {
    let bench = bench().await;
    let url = bench.emulator.metadata_url(SIGN_IN).unwrap();
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let error = http.get(url).send().await.unwrap_err();
    assert!(error.is_connect(), "{error:?}");
}

#[tokio::test]
async fn an_authority_is_kept_and_used_again() {
    let directory = tempdir().unwrap();
    let tls = || Tls::kept_in(directory.path());
    let first = Bench::of(Emulator::builder().tls(tls())).await;
    let certificate = first.emulator.ca_certificate_pem().unwrap().to_owned();
    let path = first.emulator.ca_certificate_path().unwrap().to_owned();
    assert!(path.starts_with(directory.path()));
    assert_eq!(fs::read_to_string(&path).unwrap(), certificate);

    let second = Bench::of(Emulator::builder().tls(tls())).await;
    assert_eq!(second.emulator.ca_certificate_pem().unwrap(), certificate);
    // Who trusts the first one trusts the second one, too.
    let mut visitor = Visitor::at(second.emulator.base_url(), &first.emulator);
    let url = second.emulator.metadata_url(SIGN_IN).unwrap();
    assert!(matches!(visitor.get(&url).await.json(), Value::Object(_)));

    let authority = tls().certificate_authority().unwrap();
    assert_eq!(authority.certificate_pem(), certificate);
    let instructions = authority.trust_instructions();
    assert!(instructions.contains(path.to_str().unwrap()));
    for word in [
        "REQUESTS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS",
        "SSL_CERT_FILE",
        "keytool",
    ] {
        assert!(instructions.contains(word), "{word}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn the_private_key_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let directory = tempdir().unwrap();
    let authority = Tls::kept_in(directory.path()).certificate_authority();
    let certificate = authority.unwrap().certificate_path().unwrap().to_owned();
    let key = certificate.with_file_name("private-key.pem");
    assert_eq!(
        fs::metadata(&key).unwrap().permissions().mode() & 0o777,
        0o600
    );
    assert!(fs::read_to_string(&key).unwrap().contains("PRIVATE KEY"));
    assert!(
        !fs::read_to_string(&certificate)
            .unwrap()
            .contains("PRIVATE")
    );
}

#[tokio::test]
async fn a_damaged_authority_is_named() {
    let directory = tempdir().unwrap();
    let authority = Tls::kept_in(directory.path()).certificate_authority();
    let certificate = authority.unwrap().certificate_path().unwrap().to_owned();
    fs::write(certificate.with_file_name("private-key.pem"), "nonsense").unwrap();
    let builder = Emulator::builder().tls(Tls::kept_in(directory.path()));
    let error = builder.start().await.unwrap_err();
    assert!(
        matches!(error, StartError::Tls(TlsError::Damaged { .. })),
        "{error}"
    );
    assert!(error.to_string().contains("delete it"));
}

#[tokio::test]
async fn parallel_first_starts_agree() {
    let directory = tempdir().unwrap();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let tls = Tls::kept_in(directory.path());
            std::thread::spawn(move || {
                let authority = tls.certificate_authority().unwrap();
                authority.certificate_pem().to_owned()
            })
        })
        .collect();
    let mut seen: Vec<String> = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .collect();
    seen.dedup();
    assert_eq!(seen.len(), 1);
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 1);
}

#[tokio::test]
async fn a_client_that_never_shakes_hands_delays_nobody() {
    let bench = bench().await;
    let mut silent = Vec::new();
    for _ in 0..20 {
        let address = (Ipv4Addr::LOCALHOST, bench.emulator.port());
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"\x16\x03").await.unwrap();
        silent.push(stream);
    }
    let mut visitor = Visitor::of(&bench.emulator);
    let answer = tokio::time::timeout(Duration::from_secs(30), visitor.get("/")).await;
    assert_eq!(answer.unwrap().status, 200);
}

#[tokio::test]
async fn plain_http_is_told_what_to_do() {
    let bench = bench().await;
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let url = format!("http://localhost:{}/", bench.emulator.port());
    let response = http.get(url).send().await.unwrap();
    assert_eq!(response.status(), 400);
    assert!(response.text().await.unwrap().contains("https://"));
}
