//! Metadata and keys, in every spelling of the URL.

use reqwest::Method;

use crate::support::Bench;

#[tokio::test]
async fn metadata_is_b2cs_to_the_letter() {
    let mut bench = Bench::new().await;
    let path =
        "/b2cemulator.onmicrosoft.com/B2C_1_signupsignin1/v2.0/.well-known/openid-configuration";
    let page = bench.visitor.get(path).await;
    assert_eq!(page.status, 200);
    assert_eq!(
        page.header("content-type"),
        "application/json; charset=utf-8"
    );
    assert_eq!(page.header("access-control-allow-origin"), "*");
    let golden = include_str!("golden/openid-configuration.json");
    let golden: String = golden.lines().map(str::trim).collect();
    assert_eq!(
        page.body,
        golden.replace("{base}", bench.emulator.base_url())
    );
    assert_eq!(
        bench.emulator.metadata_url("b2c_1_SIGNUPSIGNIN1"),
        Some(format!(
            "{}{}",
            bench.emulator.base_url(),
            path.to_lowercase()
        ))
    );
}

#[tokio::test]
async fn metadata_answers_in_the_spelling_of_the_question() {
    let mut bench = Bench::new().await;
    let base = bench.emulator.base_url().to_owned();
    for (question, authorize, keys) in [
        (
            "/B2CEmulator.OnMicrosoft.com/b2c_1_SIGNUPSIGNIN1/v2.0/.well-known/openid-configuration",
            "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/oauth2/v2.0/authorize",
            "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys",
        ),
        (
            "/b2cemulator.onmicrosoft.com/v2.0/.well-known/openid-configuration\
             ?x-client-SKU=passport-azure-ad&p=B2C_1_signupsignin1",
            "/b2cemulator.onmicrosoft.com/oauth2/v2.0/authorize?p=b2c_1_signupsignin1",
            "/b2cemulator.onmicrosoft.com/discovery/v2.0/keys?p=b2c_1_signupsignin1",
        ),
        (
            "/aaaabbbb-0000-cccc-1111-dddd2222eeee/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration",
            "/aaaabbbb-0000-cccc-1111-dddd2222eeee/b2c_1_signupsignin1/oauth2/v2.0/authorize",
            "/aaaabbbb-0000-cccc-1111-dddd2222eeee/b2c_1_signupsignin1/discovery/v2.0/keys",
        ),
        (
            "/tfp/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration",
            "/tfp/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/oauth2/v2.0/authorize",
            "/tfp/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys",
        ),
        (
            "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/.well-known/openid-configuration",
            "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/oauth2/authorize",
            "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/keys",
        ),
    ] {
        let document = bench.visitor.get(question).await.json();
        assert_eq!(
            document["authorization_endpoint"],
            format!("{base}{authorize}")
        );
        assert_eq!(document["jwks_uri"], format!("{base}{keys}"));
        let keys = document["jwks_uri"].as_str().unwrap();
        assert_eq!(bench.visitor.get(keys).await.status, 200, "{keys}");
    }
}

#[tokio::test]
async fn the_issuer_has_the_host_that_was_used() {
    let mut bench = Bench::new().await;
    let port = bench.emulator.port();
    let path =
        "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/v2.0/.well-known/openid-configuration";
    let url = format!("http://127.0.0.1:{port}{path}");
    assert_eq!(
        bench.visitor.get(&url).await.json()["issuer"],
        format!("http://127.0.0.1:{port}/aaaabbbb-0000-cccc-1111-dddd2222eeee/v2.0/")
    );
    // A name that somebody pointed at this machine is not served.
    let rebound = [("host", "evil.example")];
    let page = bench
        .visitor
        .request(Method::GET, path, &rebound, Vec::new())
        .await;
    assert_eq!(page.status, 404);
}

#[tokio::test]
async fn what_does_not_exist_is_gone() {
    let mut bench = Bench::new().await;
    for path in [
        "/other.onmicrosoft.com/B2C_1_signupsignin1/v2.0/.well-known/openid-configuration",
        "/b2cemulator.onmicrosoft.com/B2C_1_other/v2.0/.well-known/openid-configuration",
        "/b2cemulator.onmicrosoft.com/v2.0/.well-known/openid-configuration",
        "/b2cemulator.onmicrosoft.com/v2.0/.well-known/openid-configuration?p=B2C_1_other",
        "/b2cemulator.onmicrosoft.com/B2C_1_other/oauth2/v2.0/authorize",
        "/nothing/here",
    ] {
        let page = bench.visitor.get(path).await;
        assert_eq!(page.status, 404, "{path}");
        assert_eq!(page.header("content-type"), "text/html");
        assert_eq!(
            page.body,
            "The resource you are looking for has been removed, had its name changed, or is \
             temporarily unavailable."
        );
    }
}

#[tokio::test]
async fn keys_have_b2cs_members_and_can_be_rotated() {
    let mut bench = Bench::new().await;
    let path = "/b2cemulator.onmicrosoft.com/b2c_1_signupsignin1/discovery/v2.0/keys";
    let before = bench.visitor.get(path).await.json();
    let keys = before["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 1);
    let members: Vec<&String> = keys[0].as_object().unwrap().keys().collect();
    assert_eq!(members, ["kid", "nbf", "use", "kty", "e", "n"]);
    assert_eq!(keys[0]["kid"].as_str().unwrap().len(), 43);

    for number in 2..4 {
        bench.emulator.rotate_signing_key();
        let keys = bench.visitor.get(path).await.json()["keys"].clone();
        assert_eq!(keys.as_array().unwrap().len(), number);
        assert_eq!(keys[number - 1], before["keys"][0]);
    }
    bench.emulator.drop_old_signing_keys();
    let after = bench.visitor.get(path).await.json();
    assert_eq!(after["keys"].as_array().unwrap().len(), 1);
    assert_ne!(after["keys"][0]["kid"], before["keys"][0]["kid"]);
}
