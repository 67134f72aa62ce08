//! How the app proves itself to a provider, and how its credentials are exchanged while it runs.

use std::path::PathBuf;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{self, ParsedPublicKey, UnparsedPublicKey, VerificationAlgorithm};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::StatusCode;
use rcgen::{CertificateParams, KeyPair, PublicKeyData as _, SignatureAlgorithm};
use serde_json::Value;
use tower_b2c::Config;

use crate::support::{Seen, Site};

/// A folder of the test's own, gone with it.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("tower-b2c-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    /// Writes a file and returns the reference to it, as a configuration has it.
    pub fn file(&self, name: &str, contents: &str) -> String {
        let path = self.path(name);
        std::fs::write(&path, contents).unwrap();
        format!("{{ file = '{}' }}", path.display())
    }

    /// Where a file of this name is.
    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A key, with a certificate of it.
pub struct Registered {
    pub key: KeyPair,
    pub certificate: rcgen::Certificate,
}

impl Registered {
    pub fn new(algorithm: &'static SignatureAlgorithm) -> Self {
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = CertificateParams::new(["app.example".to_owned()]).unwrap();
        let certificate = certificate.self_signed(&key).unwrap();
        Self { key, certificate }
    }

    fn thumbprint(&self) -> String {
        URL_SAFE_NO_PAD.encode(digest(&SHA256, self.certificate.der()))
    }

    /// Whether this key made the signature of a compact JWS.
    fn signed(&self, jws: &str, by: &'static dyn VerificationAlgorithm) -> bool {
        let (signed, signature) = jws.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        let spki = self.key.subject_public_key_info();
        match ParsedPublicKey::new(by, &spki) {
            Ok(key) => key.verify_sig(signed.as_bytes(), &signature).is_ok(),
            Err(_) => UnparsedPublicKey::new(by, spki)
                .verify(signed.as_bytes(), &signature)
                .is_ok(),
        }
    }
}

fn json(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// The header and the claims of a compact JWS.
fn parts(jws: &str) -> (Value, Value) {
    let mut parts = jws.split('.').map(str::to_owned);
    (json(&parts.next().unwrap()), json(&parts.next().unwrap()))
}

async fn token_request(site: &Site) -> Seen {
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    site.op.seen("/token").pop().unwrap()
}

#[tokio::test]
async fn a_secret_goes_into_the_form_or_into_the_header() {
    let post = token_request(&Site::new("").await).await;
    assert_eq!(post.form["client_id"], "the client");
    assert_eq!(post.form["client_secret"], "s3cret");
    assert_eq!(post.authorization, None);

    let folder = Folder::new("basic");
    let secret = folder.file("secret", "p%s:+ ü\n");
    let site = Site::new(format!(
        "client_authentication = \"client_secret_basic\"\nclient_secret = {secret}"
    ));
    let basic = token_request(&site.await).await;
    let header = basic.authorization.unwrap();
    let header = STANDARD.decode(header.strip_prefix("Basic ").unwrap());
    // RFC 6749 §2.3.1: each part is form-encoded first.
    assert_eq!(header.unwrap(), b"the+client:p%25s%3A%2B+%C3%BC");
    assert!(!basic.form.contains_key("client_secret"));
    assert!(!basic.form.contains_key("client_id"));

    let public = "client_authentication = \"none\"\npublic_client = true";
    let public = token_request(&Site::new(public).await).await;
    assert_eq!(public.form["client_id"], "the client");
    assert!(!public.form.contains_key("client_secret"));
    assert_eq!(public.authorization, None);
}

#[tokio::test]
async fn a_key_signs_an_assertion_by_each_algorithm() {
    let rsa = Registered::new(&rcgen::PKCS_RSA_SHA256);
    let elliptic = Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let folder = Folder::new("assertions");
    let cases: [(_, &Registered, &'static dyn VerificationAlgorithm); 3] = [
        ("RS256", &rsa, &signature::RSA_PKCS1_2048_8192_SHA256),
        ("PS256", &rsa, &signature::RSA_PSS_2048_8192_SHA256),
        ("ES256", &elliptic, &signature::ECDSA_P256_SHA256_FIXED),
    ];
    for (name, registered, algorithm) in cases {
        let key = folder.file("key.pem", &registered.key.serialize_pem());
        let certificate = folder.file("certificate.pem", &registered.certificate.pem());
        let site = Site::new(format!(
            "client_authentication = \"private_key_jwt\"\nclient_key = {key}\n\
             client_certificate = {certificate}\nclient_key_id = \"our-kid\"\n\
             client_assertion_algorithm = \"{name}\""
        ));
        let site = site.await;
        let (first, second) = (token_request(&site).await, token_request(&site).await);
        assert_eq!(first.form["client_id"], "the client");
        assert_eq!(
            first.form["client_assertion_type"],
            "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
        );
        assert!(!first.form.contains_key("client_secret"));
        let assertion = &first.form["client_assertion"];
        assert!(registered.signed(assertion, algorithm), "{name}");
        let (header, claims) = parts(assertion);
        assert_eq!(header["alg"], name);
        assert_eq!(header["x5t#S256"], registered.thumbprint());
        assert_eq!(header["kid"], "our-kid");
        assert_eq!(claims["iss"], "the client");
        assert_eq!(claims["sub"], "the client");
        assert_eq!(claims["aud"], format!("{}/token", site.op.issuer));
        let life = claims["exp"].as_u64().unwrap() - claims["iat"].as_u64().unwrap();
        assert!(life <= 600, "{life}");
        let (_, again) = parts(&second.form["client_assertion"]);
        assert_ne!(claims["jti"], again["jti"], "one use each");
    }
}

#[tokio::test]
async fn a_key_in_one_file_with_its_certificate_addresses_the_issuer_if_told_so() {
    let registered = Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let folder = Folder::new("combined");
    let both = registered.key.serialize_pem() + &registered.certificate.pem();
    let key = folder.file("both.pem", &both);
    let site = Site::new(format!(
        "client_authentication = \"private_key_jwt\"\nclient_key = {key}\n\
         client_assertion_audience = \"issuer\""
    ));
    let site = site.await;
    let (header, claims) = parts(&token_request(&site).await.form["client_assertion"]);
    assert_eq!(header["x5t#S256"], registered.thumbprint());
    assert_eq!(claims["aud"], site.op.issuer);
}

#[tokio::test]
async fn a_secret_file_is_read_again_and_a_broken_one_keeps_the_old_secret() {
    let folder = Folder::new("rotation");
    let site = Site::new(format!(
        "client_secret = {}",
        folder.file("secret", "the first")
    ));
    let site = site.await;
    let secret = async |seconds| {
        site.clock.advance(Duration::from_secs(seconds));
        token_request(&site).await.form["client_secret"].clone()
    };
    assert_eq!(secret(0).await, "the first");
    folder.file("secret", "the second one");
    assert_eq!(
        secret(1).await,
        "the first",
        "not looked at with every request"
    );
    // A disk may take longer than a request waits for it; then what was read is in use a moment later.
    let comes = async |wanted: &str| {
        let mut sent = secret(6).await;
        for _ in 0..100 {
            if sent == wanted {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
            sent = secret(0).await;
        }
        panic!("{wanted:?} never came, but {sent}");
    };
    comes("the second one").await;
    // As a mounted volume is exchanged: neither the time nor the length tells.
    let path = folder.path("secret");
    let written = std::fs::metadata(&path).unwrap().modified().unwrap();
    folder.file("secret", "the other one.");
    let file = std::fs::File::options().write(true).open(&path).unwrap();
    file.set_modified(written).unwrap();
    assert_eq!(
        std::fs::metadata(&path).unwrap().modified().unwrap(),
        written
    );
    comes("the other one.").await;
    folder.file("secret", "  \n");
    assert_eq!(secret(6).await, "the other one.");
    std::fs::remove_file(folder.0.join("secret")).unwrap();
    assert_eq!(secret(6).await, "the other one.");
    folder.file("secret", "the third");
    comes("the third").await;
}

#[tokio::test]
async fn a_key_is_exchanged_with_its_certificate_and_never_mixed_with_another() {
    let (old, new) = (
        Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256),
        Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256),
    );
    let folder = Folder::new("exchange");
    let key = folder.file("key.pem", &old.key.serialize_pem());
    let certificate = folder.file("certificate.pem", &old.certificate.pem());
    let site = Site::new(format!(
        "client_authentication = \"private_key_jwt\"\nclient_key = {key}\nclient_certificate = {certificate}"
    ));
    let site = site.await;
    let assertion = async || {
        site.clock.advance(Duration::from_secs(6));
        token_request(&site).await.form["client_assertion"].clone()
    };
    let by = &signature::ECDSA_P256_SHA256_FIXED;
    assert!(old.signed(&assertion().await, by));
    folder.file("key.pem", &new.key.serialize_pem());
    let between = assertion().await;
    assert!(
        old.signed(&between, by),
        "the certificate is still the old one"
    );
    assert_eq!(parts(&between).0["x5t#S256"], old.thumbprint());
    folder.file("certificate.pem", &new.certificate.pem());
    let after = assertion().await;
    assert!(new.signed(&after, by));
    assert_eq!(parts(&after).0["x5t#S256"], new.thumbprint());
}

#[tokio::test]
async fn the_other_of_two_secrets_is_tried_once() {
    let folder = Folder::new("overlap");
    let (first, second) = (folder.file("a", "expired"), folder.file("b", "valid"));
    let more = format!("client_secret = {first}\nsecond_client_secret = {second}");
    let site = Site::new(&more).await;
    let secrets = || {
        let requests = site.op.seen("/token");
        let secrets = requests
            .iter()
            .map(|seen| seen.form["client_secret"].clone());
        secrets.collect::<Vec<_>>()
    };
    site.op.behaves(|op| {
        op.knows = Box::new(|seen| seen.form["client_secret"] == "valid");
    });
    token_request(&site).await;
    assert_eq!(secrets(), ["expired", "valid"]);
    token_request(&site).await;
    assert_eq!(
        secrets(),
        ["expired", "valid", "valid"],
        "what worked comes first"
    );

    site.op.behaves(|op| op.knows = Box::new(|_| false));
    let page = site.browser().opens("/private").await;
    assert_eq!(page.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(secrets().len(), 5, "two tries, and no more");
}

#[tokio::test]
async fn a_refused_secret_is_looked_up_again_at_once() {
    let folder = Folder::new("refused");
    let site = Site::new(format!("client_secret = {}", folder.file("s", "old"))).await;
    token_request(&site).await;
    folder.file("s", "a newer one");
    site.op.behaves(|op| {
        op.knows = Box::new(|seen| seen.form["client_secret"] == "a newer one");
    });
    token_request(&site).await;
}

#[test]
fn mistakes_are_told_one_by_one() {
    let folder = Folder::new("mistakes");
    let rsa = Registered::new(&rcgen::PKCS_RSA_SHA256);
    let elliptic = Registered::new(&rcgen::PKCS_ECDSA_P256_SHA256);
    let big = Registered::new(&rcgen::PKCS_ECDSA_P384_SHA384);
    let pem = |pair: &Registered| pair.key.serialize_pem();
    let (rsa_key, elliptic_key) = (
        folder.file("rsa", &pem(&rsa)),
        folder.file("p256", &pem(&elliptic)),
    );
    let other = folder.file("other", &rsa.certificate.pem());
    let p384 = folder.file("p384", &pem(&big));
    let no_pem = folder.file("text", "no PEM at all");
    let locked = pem(&rsa).replace("PRIVATE KEY", "ENCRYPTED PRIVATE KEY");
    let locked = folder.file("locked", &locked);
    let jwt = "client_authentication = \"private_key_jwt\"\n";
    let cases = [
        ("oidc", "client_authentication = \"mtls\"".to_owned(), "found \"mtls\""),
        ("oidc", "client_authentication = \"none\"".to_owned(), "public_client = true says so"),
        (
            "oidc",
            "client_secret = { env = \"S\" }\npublic_client = true".to_owned(),
            "provider.public_client: found true",
        ),
        (
            "oidc",
            "client_authentication = \"none\"\npublic_client = true\nclient_secret = { env = \"S\" }".to_owned(),
            "provider.client_secret: found a value, expected nothing",
        ),
        (
            "oidc",
            format!("client_secret = {{ env = \"S\" }}\nclient_key = {rsa_key}"),
            "provider.client_key: found a value, expected nothing",
        ),
        ("oidc", String::new(), "provider.client_secret: found nothing"),
        ("oidc", jwt.to_owned(), "provider.client_key: found nothing"),
        ("oidc", format!("{jwt}client_key = {no_pem}"), "no private key in PEM"),
        ("oidc", format!("{jwt}client_key = {locked}"), "with a passphrase"),
        ("oidc", format!("{jwt}client_key = {p384}"), "neither RSA nor on the curve P-256"),
        (
            "oidc",
            format!("{jwt}client_key = {elliptic_key}\nclient_certificate = {other}"),
            "a certificate that belongs to another key",
        ),
        (
            "oidc",
            format!("{jwt}client_key = {elliptic_key}\nclient_certificate = {no_pem}"),
            "no certificate in PEM",
        ),
        (
            "oidc",
            format!("{jwt}client_key = {elliptic_key}\nclient_assertion_algorithm = \"PS256\""),
            "a key that cannot sign by PS256",
        ),
        (
            "oidc",
            format!("{jwt}client_key = {rsa_key}\nclient_assertion_algorithm = \"HS256\""),
            "found \"HS256\"",
        ),
        (
            "oidc",
            format!("{jwt}client_key = {rsa_key}\nclient_assertion_audience = \"me\""),
            "found \"me\"",
        ),
        (
            "entra",
            format!("{jwt}client_key = {rsa_key}"),
            "provider.client_certificate: found nothing",
        ),
        ("b2c", format!("{jwt}client_key = {rsa_key}"), "B2C takes no assertions"),
    ];
    for (kind, more, expected) in cases {
        let place = match kind {
            "oidc" => "issuer = \"https://op.example\"",
            "entra" => "tenant = \"contoso.com\"",
            _ => "tenant = \"contoso\"\nuser_flows = { sign_up_sign_in = \"B2C_1_susi\" }",
        };
        let text = format!(
            "[app]\nbase_url = \"https://app.example\"\n[provider]\nkind = \"{kind}\"\n{place}\n\
             client_id = \"00001111-aaaa-2222-bbbb-3333cccc4444\"\n{more}"
        );
        let config = Config::from_text(text).environment([("S", "s")]);
        let error = config.load().expect_err(expected);
        assert_eq!(error.problems().len(), 1, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}
