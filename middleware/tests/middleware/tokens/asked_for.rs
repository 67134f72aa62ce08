//! What a token is asked for with.

use tower_b2c::TokenError;

use super::held::Held;
use crate::support::World;

#[tokio::test]
async fn an_api_is_asked_for_by_its_name() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let by_name = session.token_for("demo").await.unwrap();
    let by_scope = session.access_token(&["demo.read"]).await.unwrap();
    assert_eq!(by_name.secret(), by_scope.secret());
    let unknown = session.token_for("nonesuch").await;
    let message = unknown.as_ref().unwrap_err().to_string();
    assert!(
        matches!(unknown, Err(TokenError::UnknownDownstream { .. }))
            && message.contains("nonesuch"),
        "{message}"
    );
}

#[tokio::test]
async fn an_api_of_another_providers_users_is_none() {
    let held = Held::default();
    let world = World::with()
        .routes(held.routes())
        .settings(|emulator| {
            let own = crate::support::own_tenant(emulator);
            own.replace("[provider]", "[providers.staff]")
                .replace("[provider.user_flows]", "[providers.staff.user_flows]")
                + r#"
            provider = "partners"
            [providers.partners]
            emulator = true
            "# + &format!(
                "instance = \"{}\"\ntenant = \"{}\"\nclient_id = \"{}\"\n",
                emulator.base_url(),
                emulator.tenant(),
                emulator.client().client_id()
            ) + r#"
            client_secret = { env = "SECRET" }
            user_flows = { sign_up_sign_in = "B2C_1_signupsignin1" }
            "#
        })
        .config(|file| file.set("app.default_provider", "staff"))
        .registered_redirect_uri("http://localhost:5000/getAToken/staff")
        .build()
        .await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let token = session.token_for("demo").await;
    let Err(TokenError::UnknownDownstream { provider, .. }) = &token else {
        panic!("{token:?}");
    };
    assert_eq!(provider, "staff");
}

#[tokio::test]
async fn scopes_of_two_apis_are_refused_before_the_provider_does() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let session = held.of(&mut visitor).await;
    let both = ["demo.read", "https://elsewhere.example/api/read"];
    let token = session.access_token(&both).await;
    let Err(error @ TokenError::SeveralResources { scopes }) = &token else {
        panic!("{token:?}");
    };
    assert!(scopes[0].ends_with("/demo-api/demo.read"), "{scopes:?}");
    assert!(error.challenge().is_none());
    assert_eq!(world.grants("refresh_token"), 0);
}

#[tokio::test]
async fn without_scopes_b2c_has_a_token_for_the_app_itself() {
    let held = Held::default();
    let world = World::with().routes(held.routes()).build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/api").await;
    let session = held.of(&mut visitor).await;
    let api = session.access_token(&["demo.read"]).await.unwrap();
    let own = session.access_token(&[]).await.unwrap();
    assert_ne!(own.secret(), api.secret(), "never just any token");
    let client_id = world.emulator.client().client_id().to_owned();
    let named = session.access_token(&[client_id.as_str()]).await.unwrap();
    assert_eq!(named.secret(), own.secret());
    let again = session.access_token(&[]).await.unwrap();
    assert_eq!(again.secret(), own.secret());
    let refreshes = world.grants("refresh_token");
    assert!(refreshes <= 2, "{refreshes}");
}
