//! A claims challenge of an API's own accord, from the refusal to the answer: the emulator's sample API
//! wants an authentication context of Entra ID's.

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Client, Tenant};
use http::StatusCode;
use serde_json::Value;
use tower_b2c::Session;
use tower_b2c::client::DownstreamError;

use crate::providers::GUID;
use crate::support::{APP, OTHER_SECRET, World};

const WEB_APP: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

/// An app of Entra ID's that calls the sample API, with these lines in `[provider]`.
async fn world(lines: &'static str) -> World {
    let client = Client::new(WEB_APP, OTHER_SECRET).redirect_uri(format!("{APP}/getAToken"));
    let tenant = Tenant::entra("fabrikam").id(GUID).client(client);
    World::with()
        .emulator(|builder| builder.add_tenant(tenant))
        .routes(Router::new().route("/strict", get(strict)))
        .settings(move |emulator| {
            let base = emulator.base_url();
            format!(
                r#"
                [app]
                base_url = "{APP}"
                [provider]
                kind = "entra"
                emulator = true
                instance = "{base}"
                tenant = "{GUID}"
                client_id = "{WEB_APP}"
                client_secret = {{ env = "OTHER_SECRET" }}
                {lines}
                [[downstream]]
                name = "demo"
                base_url = "{base}/api"
                resource = "api://{API}"
                scopes = ["demo.read"]
                "#
            )
        })
        .build()
        .await
}

/// What needs more than a password.
async fn strict(session: Session) -> Result<String, DownstreamError> {
    let api = session.downstream("demo")?;
    let answer: Value = api.get_json("/me?acrs=c1").await?;
    Ok(answer["name"].to_string())
}

#[tokio::test]
async fn a_refresh_with_the_claims_is_enough_where_the_provider_asks_nobody() {
    let world = world("client_capabilities = [\"cp1\"]").await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for _ in 0..2 {
        let page = visitor.asks("/strict").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        assert!(page.body.contains("Ada"), "{}", page.body);
    }
    // One for the claims; the token that they are in serves from then on.
    assert_eq!(world.grants("refresh_token"), 1);
}

#[tokio::test]
async fn without_a_refresh_token_the_browser_comes_back_with_the_claims() {
    let world = world("client_capabilities = [\"cp1\"]\nscopes = [\"profile\"]").await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor.asks("/strict").await;
    assert!(page.status.is_redirection(), "{}", page.body);
    assert!(page.location().contains("claims="), "{}", page.location());
    // The provider has a session of its own, so nobody types anything.
    let page = visitor.opens("/strict").await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    assert!(page.body.contains("Ada"), "{}", page.body);
    assert_eq!(world.grants("refresh_token"), 0);
}

#[tokio::test]
async fn who_has_not_said_that_it_understands_gets_no_challenge() {
    let world = world("").await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let page = visitor.asks("/strict").await;
    assert_eq!(page.status, StatusCode::BAD_GATEWAY, "{}", page.body);
    assert_eq!(world.grants("refresh_token"), 0);
}
