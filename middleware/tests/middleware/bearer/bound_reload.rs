//! Proofs of possession while settings are exchanged.

use std::time::Duration;

use http::StatusCode;
use serde_json::json;
use tower_b2c::{ApiConfig, BearerLayer, Clock as _, Config, ConfigError};

use super::own_provider::{Kind, OwnProvider};
use super::{Answer, app, send};
use crate::reload::{Project, QUICKLY};
use crate::support::Prover;

const URL: &str = "https://api.example.com/";
const ONE: &str = "a secret of all instances, 32 characters";
const OTHER: &str = "another secret, of 32 characters as well";

struct Bench {
    provider: OwnProvider,
    layer: BearerLayer,
    client: Prover,
    token: String,
}

fn text(lines: &str) -> String {
    format!(
        "[provider]\nkind = \"oidc\"\nissuer = \"https://id.example.com\"\n\
         signing_algorithms = [\"ES256\"]\n[api]\nbase_url = \"{URL}\"\n\
         audiences = [\"https://api.example.com\"]\n{lines}"
    )
}

/// Settings whose secret for nonces is this one.
fn with_secret(secret: &str) -> Result<ApiConfig, ConfigError> {
    let text = text("dpop_nonce_secret = { env = \"NONCES\" }");
    Config::from_text(text)
        .environment([("NONCES", secret)])
        .load_api()
}

impl Bench {
    fn new(config: ApiConfig) -> Self {
        let (provider, client) = (OwnProvider::new(Kind::Es256), Prover::new());
        let cnf = json!({ "jkt": client.thumbprint() });
        let token = provider.token("at+jwt", |claims| claims["cnf"] = cnf);
        let builder = BearerLayer::builder(config).discover_at_start(false);
        let builder = builder.http_client(provider.clone());
        let layer = builder.clock(provider.clock().clone()).build().unwrap();
        Self {
            provider,
            layer,
            client,
            token,
        }
    }

    fn proof(&self, nonce: &str) -> String {
        let now = self.provider.clock().now();
        let (header, mut claims) = self.client.proof(URL, &self.token, now);
        claims["nonce"] = json!(nonce);
        self.client.signs(&header, &claims)
    }

    async fn sends(&self, proof: &str) -> Answer {
        let authorization = format!("DPoP {}", self.token);
        let headers = [
            ("authorization", authorization.as_bytes()),
            ("dpop", proof.as_bytes()),
        ];
        send(&app().layer(self.layer.clone()), "/", &headers).await
    }

    /// What comes of a new proof with this nonce, and the nonce of the answer.
    async fn comes(&self, nonce: &str) -> (StatusCode, Option<String>) {
        let answer = self.sends(&self.proof(nonce)).await;
        let next = answer.headers.get("dpop-nonce");
        (
            answer.status,
            next.map(|next| next.to_str().unwrap().to_owned()),
        )
    }
}

#[tokio::test]
async fn a_proof_that_was_used_is_used_after_a_reload_too() {
    let load = |lines: &str| {
        let file = Config::from_text(text(lines)).environment::<&str, &str>([]);
        file.load_api().unwrap()
    };
    let bench = Bench::new(load(""));
    let proof = bench.proof("");
    assert_eq!(bench.sends(&proof).await.status, StatusCode::OK);
    for lines in ["scopes = [\"x\"]", "clients = [\"job\"]", ""] {
        assert!(!bench.layer.reload_with(load(lines)).unwrap().is_empty());
        let replayed = bench.sends(&proof).await;
        assert_eq!(replayed.reason(), "invalid_dpop_proof", "{lines}");
        assert_eq!(bench.sends(&bench.proof("")).await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn nonces_of_a_secret_that_was_exchanged_are_good_for_the_rest_of_their_time() {
    let bench = Bench::new(with_secret(ONE).unwrap());
    let (asked, nonce) = bench.comes("").await;
    let old = nonce.unwrap();
    assert_eq!(asked, StatusCode::UNAUTHORIZED);
    assert_eq!(
        bench.comes(&old).await,
        (StatusCode::OK, None),
        "it is fresh"
    );

    let reloaded = bench.layer.reload_with(with_secret(OTHER).unwrap());
    assert!(reloaded.unwrap().changes().eq(["api.dpop_nonce_secret"]));
    let (status, next) = bench.comes(&old).await;
    let new = next.expect("the next one comes with the answer");
    assert_eq!(status, StatusCode::OK);
    assert_eq!(bench.comes(&new).await, (StatusCode::OK, None));
    // An instance that has the new secret alone knows the one, and not the other.
    let late = Bench::new(with_secret(OTHER).unwrap());
    late.provider.clock().set(bench.provider.clock().now());
    assert_eq!(late.comes(&new).await.0, StatusCode::OK);
    assert_eq!(late.comes(&old).await.0, StatusCode::UNAUTHORIZED);

    // Another exchange does not make it last any longer.
    let third = "yet another secret, of 32 characters too";
    bench
        .layer
        .reload_with(with_secret(third).unwrap())
        .unwrap();
    assert_eq!(bench.comes(&old).await.0, StatusCode::OK);
    bench.provider.clock().advance(Duration::from_secs(300));
    for gone in [&old, &new] {
        assert_eq!(bench.comes(gone).await.0, StatusCode::UNAUTHORIZED);
    }
}

/// Settings with several secrets, of which the first issues.
fn with_secrets(secrets: &[&str]) -> Result<ApiConfig, ConfigError> {
    let names = ["FIRST", "SECOND"];
    let variables: Vec<_> = names.into_iter().zip(secrets.iter().copied()).collect();
    let listed = variables
        .iter()
        .map(|(name, _)| format!("{{ env = \"{name}\" }}"));
    let listed = listed.collect::<Vec<_>>().join(", ");
    let text = text(&format!("dpop_nonce_secret = [{listed}]"));
    Config::from_text(text).environment(variables).load_api()
}

#[tokio::test]
async fn no_instance_refuses_the_nonces_of_another_while_the_secret_is_exchanged_in_steps() {
    let steps: [&[&str]; 4] = [&[ONE], &[ONE, OTHER], &[OTHER, ONE], &[OTHER]];
    let mut instances = [(); 3].map(|()| Bench::new(with_secrets(steps[0]).unwrap()));
    let now = instances[0].provider.clock().now();
    let mut nonces = Vec::new();
    for step in &steps[1..] {
        for reloading in 0..instances.len() {
            let config = with_secrets(step).unwrap();
            let reloaded = instances[reloading].layer.reload_with(config);
            assert!(reloaded.unwrap().changes().eq(["api.dpop_nonce_secret"]));
            nonces.clear();
            for instance in &instances {
                instance.provider.clock().set(now);
                nonces.push(instance.comes("").await.1.unwrap());
            }
            for instance in &instances {
                for nonce in &nonces {
                    let (status, _) = instance.comes(nonce).await;
                    assert_eq!(status, StatusCode::OK, "{reloading} of {}", step.len());
                }
            }
        }
        // One that starts now knows those of the others, too.
        instances[0] = Bench::new(with_secrets(step).unwrap());
        instances[0].provider.clock().set(now);
        for nonce in &nonces {
            assert_eq!(instances[0].comes(nonce).await.0, StatusCode::OK);
        }
    }
}

#[tokio::test]
async fn a_secret_of_the_apps_own_code_stays_and_no_change_is_told() {
    let mut bench = Bench::new(with_secret(ONE).unwrap());
    let builder = BearerLayer::builder(with_secret(ONE).unwrap()).discover_at_start(false);
    let builder = builder.http_client(bench.provider.clone());
    let builder = builder.clock(bench.provider.clock().clone());
    let own = builder.dpop_nonces(tower_b2c::Secret::new(
        "of the app's own code, 32 characters",
    ));
    bench.layer = own.build().unwrap();
    let nonce = bench.comes("").await.1.unwrap();
    let reloaded = bench.layer.reload_with(with_secret(OTHER).unwrap());
    assert!(reloaded.unwrap().is_empty());
    assert_eq!(bench.comes(&nonce).await, (StatusCode::OK, None));
}

#[tokio::test]
async fn a_list_of_secrets_has_one_at_least_and_none_too_short() {
    for (secrets, said) in [
        (&[][..], "no secret"),
        (&[ONE, "short"][..], "5 characters"),
    ] {
        let error = with_secrets(secrets).unwrap_err().to_string();
        assert!(error.contains("api.dpop_nonce_secret"), "{error}");
        assert!(error.contains(said) && !error.contains("short"), "{error}");
    }
}

#[tokio::test]
async fn a_secret_that_is_too_short_is_a_mistake_of_the_configuration() {
    let bench = Bench::new(with_secret(ONE).unwrap());
    let error = with_secret("of no use").unwrap_err().to_string();
    assert!(
        error.contains("api.dpop_nonce_secret") && error.contains("32"),
        "{error}"
    );
    assert!(!error.contains("of no use"), "{error}");
    let (_, nonce) = bench.comes("").await;
    assert_eq!(bench.comes(&nonce.unwrap()).await.0, StatusCode::OK);
    // Without the setting no nonce is asked for any more.
    let without = Config::from_text(text("")).environment::<&str, &str>([]);
    bench
        .layer
        .reload_with(without.load_api().unwrap())
        .unwrap();
    assert_eq!(bench.comes("").await, (StatusCode::OK, None));
}

#[tokio::test]
async fn a_secret_in_a_file_is_noticed_when_it_changes() {
    let project = Project::new(&text("dpop_nonce_secret = { file = \"nonces\" }"), "");
    project.has("nonces", ONE);
    let bench = Bench::new(project.api());
    let other = Bench::new(with_secret(OTHER).unwrap());
    other.provider.clock().set(bench.provider.clock().now());
    bench.layer.reload_on_change(QUICKLY);
    project.has("nonces", OTHER);
    for _ in 0..3000 {
        let (_, nonce) = bench.comes("").await;
        if other.comes(&nonce.unwrap()).await.0 == StatusCode::OK {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the secret that was exchanged went unnoticed");
}
