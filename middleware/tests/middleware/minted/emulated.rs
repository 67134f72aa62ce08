//! The emulator's own settings, as the layer reads them.

use b2c_emulator::{Emulator, Endpoint, Misbehaviour, Tenant, User, UserFlow};
use http::HeaderValue;
use tower_b2c::testing::challenge;
use tower_b2c::{B2cLayer, BearerLayer, Config, ConfigFile};

use super::routes;

fn settings(emulator: &Emulator) -> ConfigFile {
    Config::from_text(emulator.b2c_toml()).environment(emulator.environment())
}

async fn reaches_all(layer: &B2cLayer) -> bool {
    let checks = layer.check_providers().await;
    checks.iter().all(|check| check.problem().is_none())
}

#[tokio::test]
async fn an_app_goes_to_the_emulator_that_wrote_its_settings() {
    let emulator = Emulator::for_app("http://localhost:5017/")
        .user(User::new("mary@emulator.example", "Passw0rd!"))
        .user_flow(UserFlow::sign_up_sign_in("B2C_1A_stepup"))
        .start()
        .await
        .unwrap();
    let config = settings(&emulator).load().unwrap();
    assert_eq!(config.base_url(), "http://localhost:5017");
    assert!(config.can_edit_profile() && config.can_reset_password());
    let downstream = config.downstream("demo").unwrap();
    assert_eq!(downstream.scopes(), ["demo.read", "demo.write"]);

    let layer = B2cLayer::new(config).unwrap();
    assert!(reaches_all(&layer).await);
    let router = routes().layer(layer.clone());
    let app = super::App {
        provider: tower_b2c::testing::Provider::new(),
        layer,
        router,
    };
    let cookie = HeaderValue::from_static("a=b");
    let asked = challenge(app.opens("/private", &cookie).await).await;
    let redirect = asked
        .redirect()
        .assert_authority(emulator.base_url())
        .assert_protected();
    redirect.assert_redirect_uri("http://localhost:5017/getAToken");
    redirect.assert_user_flow("B2C_1_signupsignin1");
    let cookie = tower_b2c::testing::sign_in(&app.layer).user_flow("b2c_1a_stepup");
    let cookie = cookie.cookie().await.unwrap();
    assert!(app.reads("/", &cookie).await.ends_with("B2C_1A_stepup"));
}

#[tokio::test]
async fn the_other_kinds_and_an_api_are_settings_too() {
    for tenant in [Tenant::external_id("woodgrove"), Tenant::entra("contoso")] {
        let emulator = Emulator::for_app("http://localhost:5000");
        let tenant = tenant.redirect_uri("http://localhost:5000/getAToken");
        let emulator = emulator.default_tenant(tenant).start().await.unwrap();
        let config = settings(&emulator).load().unwrap();
        assert!(!config.can_edit_profile());
        let layer = B2cLayer::new(config).unwrap();
        assert!(reaches_all(&layer).await);
        emulator.misbehave(Endpoint::Metadata, Misbehaviour::Status(503));
        let layer = B2cLayer::new(settings(&emulator).load().unwrap()).unwrap();
        assert!(!reaches_all(&layer).await);
    }
    let emulator = Emulator::for_app("http://localhost:5000")
        .start()
        .await
        .unwrap();
    let api = settings(&emulator).load_api().unwrap();
    assert_eq!(api.base_url(), Some("http://localhost:5000"));
    BearerLayer::new(api).unwrap();
}
