//! The app beside the emulator, in containers.

use b2c_emulator::Emulator;
use cargo_b2c_init::{Kind, Store, Template};
use serde_json::Value;

use super::{Generated, yaml};

#[tokio::test]
async fn compose_has_the_emulator_that_the_app_is_configured_for() {
    for kind in Kind::ALL {
        for store in Store::ALL {
            let generated = Generated::of(Template::WebApp, Some(store), kind);
            let compose = yaml::document(generated.text("compose.yaml"));
            let services = &compose["services"];
            let app = &services["app"];
            assert_eq!(app["network_mode"], "service:b2c");
            assert_eq!(app["env_file"], ".env");
            assert_eq!(app["environment"]["LISTEN"], "0.0.0.0:5005");
            assert_eq!(services["b2c"]["ports"][1], "127.0.0.1:5005:5005");
            assert_eq!(app["depends_on"]["b2c"]["condition"], "service_healthy");
            let emulator = &services["b2c"];
            let probe = &emulator["healthcheck"]["test"];
            assert_eq!(probe[1], "/b2c-emulator", "the image has no other program");
            assert_eq!(probe[2], "health");
            assert_eq!(port_of(probe), port_of(&emulator["command"]));
            let ports = services["b2c"]["ports"].as_array().expect("ports");
            let local = |it: &Value| it.as_str().is_some_and(|it| it.starts_with("127.0.0.1:"));
            assert!(ports.iter().all(local), "for this machine alone");
            assert_eq!(services["redis"].is_null(), store != Store::Redis);
            assert_eq!(services["postgres"].is_null(), store != Store::Postgres);
            for (name, dependency) in app["depends_on"].as_object().expect("a table") {
                assert!(services[name].is_object(), "{name}");
                let healthy = dependency["condition"] == "service_healthy";
                assert_eq!(healthy, !services[name]["healthcheck"].is_null(), "{name}");
            }
            if store != Store::Memory {
                continue;
            }
            let emulator = Emulator::builder().start().await.expect("started");
            emulator
                .import(generated.text("deploy/emulator.toml"))
                .expect("a seed");
            let clients = emulator.clients();
            let client = clients.first().expect("one");
            assert!(
                client
                    .redirect_uris()
                    .contains(&"http://localhost:5005/getAToken".to_owned())
            );
            let config: toml::Table = generated.text("b2c.toml").parse().expect("TOML");
            let provider = &config["profile"]["emulator"]["provider"];
            assert_eq!(provider["client_id"].as_str(), Some(client.client_id()));
            let seeded = Emulator::builder().start().await.expect("started");
            assert_eq!(client.client_secret(), seeded.client().client_secret());
        }
    }
}

/// The port that a command names.
fn port_of(command: &Value) -> &Value {
    let arguments = command.as_array().expect("a list");
    let at = arguments.iter().position(|it| it == "--port");
    &arguments[at.expect("--port") + 1]
}

#[test]
fn compose_hands_over_secrets_where_there_are_any() {
    for (store, generated) in Generated::all() {
        let compose = yaml::document(generated.text("compose.yaml"));
        assert_eq!(
            compose["services"]["app"]["env_file"].is_null(),
            store.is_none()
        );
        let test = compose["services"]["app"]["healthcheck"]["test"].to_string();
        assert!(test.contains("http://127.0.0.1:5005/"), "{test}");
    }
}
