//! How the app proves itself.

use std::fs;

use libtest_mimic::Failed;
use rcgen::KeyPair;
use serde_json::json;

use super::bench::{BY_SECRET, Bench, Setting};

pub(super) async fn private_key_jwt() -> Result<(), Failed> {
    let directory = tempfile::tempdir()?;
    let file = directory.path().join("client.pem");
    let key = KeyPair::generate()?;
    fs::write(&file, key.serialize_pem())?;
    for audience in ["token-endpoint", "issuer"] {
        let bench = Bench::new(&Setting {
            provider: format!(
                "client_authentication = \"private_key_jwt\"\nclient_key = {{ file = \"{}\" }}\n\
                 client_key_id = \"first\"\nclient_assertion_algorithm = \"ES256\"\n\
                 client_assertion_audience = \"{audience}\"",
                file.display()
            ),
            client: json!({
                "client_secret": null,
                "token_endpoint_auth_method": "private_key_jwt",
                "token_endpoint_auth_signing_alg": "ES256",
                "jwks_of": { "first": key.public_key_pem() },
            }),
            ..Setting::default()
        })
        .await?;
        bench.signed_in().await?;
        let token = "token 200 authorization_code private_key_jwt";
        bench.server.tells(token, 1)?;
    }
    Ok(())
}

pub(super) async fn client_secret_basic() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\nclient_authentication = \"client_secret_basic\""),
        client: json!({ "token_endpoint_auth_method": "client_secret_basic" }),
        ..Setting::default()
    })
    .await?;
    bench.signed_in().await?;
    let token = "token 200 authorization_code client_secret_basic";
    bench.server.tells(token, 1)
}

pub(super) async fn public_client() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: "client_authentication = \"none\"\npublic_client = true".to_owned(),
        client: json!({ "client_secret": null, "token_endpoint_auth_method": "none" }),
        ..Setting::default()
    })
    .await?;
    bench.signed_in().await?;
    bench.server.tells("token 200 authorization_code none", 1)
}
