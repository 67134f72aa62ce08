//! Settings that change while callers come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use b2c_emulator::{Client, Emulator, Endpoint, Forgery, Misbehaviour, Tenant};
use http::StatusCode;
use tower_b2c::{ApiConfig, BearerLayer, Config, HealthStatus};
use tracing::Level;

use super::{ADA, AUDIENCE, Api, app, own_tenant, send};
use crate::reload::{Project, QUICKLY, until};
use crate::support::{Heard, Log};

const STAFF: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";

fn settings(text: &str) -> ApiConfig {
    let file = Config::from_text(text).environment::<&str, &str>([]);
    file.load_api().unwrap()
}

impl Api {
    /// Takes these settings over; returns what has changed.
    fn reloads(&self, text: &str) -> Vec<String> {
        let reloaded = self.layer.reload_with(settings(text)).unwrap();
        reloaded.changes().map(str::to_owned).collect()
    }

    async fn status(&self, forgery: &Forgery) -> StatusCode {
        self.gets("/", &self.forge(forgery)).await.status
    }
}

#[tokio::test]
async fn a_token_for_an_audience_that_is_gone_is_refused_at_once_though_it_was_verified() {
    let api = Api::new().await;
    let token = api.token();
    for _ in 0..2 {
        assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    }
    let asked = api.fetches();
    let old = own_tenant(&api.emulator, "");
    let new = old.replace(AUDIENCE, "api://moved");
    assert_eq!(api.reloads(&new), ["tokens of provider default"]);
    let refused = api.gets("/", &token).await;
    assert_eq!(refused.reason(), "invalid_token", "{}", refused.body);
    let moved = Forgery::access_token(ADA).claim("aud", "api://moved");
    assert_eq!(api.status(&moved).await, StatusCode::OK);
    // And back: what was refused meanwhile is judged anew.
    let back = api.reloads(&old);
    assert_eq!(back, ["tokens of provider default"]);
    assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    assert_eq!(api.status(&moved).await, StatusCode::UNAUTHORIZED);
    assert_eq!(api.fetches(), asked, "the provider's keys are known");
}

#[tokio::test]
async fn each_rule_counts_from_the_next_request_on() {
    let api = Api::new().await;
    let token = api.token();
    let text = own_tenant(&api.emulator, "");
    for rule in [
        "clients = [\"somebody else\"]",
        "require_at_jwt = true",
        "user_flows = [\"B2C_1_passwordreset1\"]",
    ] {
        assert_eq!(api.gets("/", &token).await.status, StatusCode::OK, "{rule}");
        api.reloads(&own_tenant(&api.emulator, rule));
        let answer = api.gets("/", &token).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{rule}");
        api.reloads(&text);
    }
}

#[tokio::test]
async fn tokens_of_an_issuer_that_is_taken_out_are_refused_and_those_of_the_other_remembered() {
    let heard = Heard::default();
    let _guard = heard.listen();
    let build = |emulator: &Emulator| both(emulator);
    let api = Api::build(
        |builder| {
            let staff = Tenant::entra("staff").id(STAFF);
            builder.add_tenant(staff.client(Client::new("spa", "secret")))
        },
        build,
        |builder| builder,
    )
    .await;
    let customer = api.token();
    let tenant = api.emulator.in_tenant(STAFF).unwrap();
    let staff = tenant.forge(&Forgery::access_token(ADA)).unwrap();
    for token in [&customer, &staff] {
        let answer = api.gets("/", token).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    }
    let all = both(&api.emulator);
    let without = all.split("[providers.staff]").next().unwrap();
    let without = format!("{without}\n[api]\naudiences = [\"{AUDIENCE}\"]");
    assert_eq!(
        api.reloads(&without),
        ["tokens of provider staff (removed)"]
    );
    let answer = api.gets("/", &staff).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{}", answer.body);
    let asked = api.fetches();
    assert_eq!(api.gets("/", &customer).await.status, StatusCode::OK);
    assert_eq!(api.fetches(), asked);
    let named = |layer: &BearerLayer| layer.readiness().providers().len();
    assert_eq!(named(&api.layer), 1);

    assert_eq!(api.reloads(&all), ["tokens of provider staff (added)"]);
    assert_eq!(named(&api.layer), 2);
    assert_eq!(api.gets("/", &staff).await.status, StatusCode::OK);
    // Where the rules are as they were, what was verified stays verified.
    let found = || heard.of("tower_b2c_bearer_cache_lookups_total{found=yes}");
    let before = found();
    assert_eq!(api.reloads(&all), [""; 0]);
    assert_eq!(
        api.reloads(&all.replace("[api]", "[api]\nscopes = \"x\"")),
        ["api.scopes"]
    );
    assert_eq!(api.gets("/", &staff).await.status, StatusCode::OK);
    assert_eq!(found(), before + 1);
}

fn both(emulator: &Emulator) -> String {
    let (base, tenant) = (emulator.base_url(), emulator.tenant());
    format!(
        r#"
        [providers.customers]
        emulator = true
        instance = "{base}"
        tenant = "{tenant}"
        user_flows = {{ sign_up_sign_in = "B2C_1_signupsignin1" }}
        [providers.staff]
        kind = "entra"
        emulator = true
        instance = "{base}"
        tenant = "{STAFF}"
        [api]
        audiences = ["{AUDIENCE}"]
        "#
    )
}

#[tokio::test]
async fn keys_of_a_user_flow_that_stays_are_kept_while_the_provider_is_away() {
    let api = Api::new().await;
    let token = api.token();
    assert_eq!(api.gets("/", &token).await.status, StatusCode::OK);
    for endpoint in [Endpoint::Metadata, Endpoint::Keys] {
        api.emulator.misbehave(endpoint, Misbehaviour::Status(503));
    }
    let flows = "user_flows = [\"B2C_1_profileediting1\", \"B2C_1_signupsignin1\"]";
    api.reloads(&own_tenant(&api.emulator, flows));
    let answer = api.gets("/", &token).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let edit = Forgery::access_token(ADA).user_flow("B2C_1_profileediting1");
    assert_eq!(api.status(&edit).await, StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn the_api_describes_itself_by_the_new_settings() {
    let api = Api::with("base_url = \"http://localhost:5000\"", |builder| builder).await;
    let lines = "base_url = \"http://localhost:5000/v2\"\nscopes = [\"demo.read\"]";
    let changes = api.reloads(&own_tenant(&api.emulator, lines));
    assert_eq!(changes, ["api.base_url", "api.scopes"]);
    let path = "/.well-known/oauth-protected-resource/v2";
    let answer = api.sends(path, &[]).await;
    assert!(answer.body.contains("demo.read"), "{}", answer.body);
    let challenge = api.sends("/", &[]).await;
    assert!(
        challenge.challenge().contains(path),
        "{}",
        challenge.challenge()
    );
}

#[tokio::test]
async fn nobody_is_dropped_while_a_file_changes_again_and_again() {
    let emulator = Emulator::builder().start().await.unwrap();
    let listing = |number: usize| {
        let audiences = format!("[\"{AUDIENCE}\", \"api://{number}\"]");
        own_tenant(&emulator, "").replace(&format!("[\"{AUDIENCE}\"]"), &audiences)
    };
    let project = Project::new(&listing(0), "");
    let layer = BearerLayer::new(project.api()).unwrap();
    layer.reload_on_change(QUICKLY);
    let token = emulator.forge(&Forgery::access_token(ADA)).unwrap();
    let (over, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let callers = (0..4).map(|_| {
        let app = app().layer(layer.clone());
        let (token, over, done) = (token.clone(), Arc::clone(&over), Arc::clone(&done));
        tokio::spawn(async move {
            let authorization = format!("Bearer {token}");
            while !over.load(Ordering::SeqCst) {
                let headers = [("authorization", authorization.as_bytes())];
                let answer = send(&app, "/", &headers).await;
                assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
                done.fetch_add(1, Ordering::SeqCst);
                tokio::task::yield_now().await;
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    let accepts = async |number: usize| {
        let claim = format!("api://{number}");
        let token = emulator.forge(&Forgery::access_token(ADA).claim("aud", claim));
        let authorization = format!("Bearer {}", token.unwrap());
        let headers = [("authorization", authorization.as_bytes())];
        let app = app().layer(layer.clone());
        send(&app, "/", &headers).await.status == StatusCode::OK
    };
    for number in 1..4 {
        project.has("b2c.toml", &listing(number));
        for _ in 0..3000 {
            if accepts(number).await {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(accepts(number).await, "the file was not noticed");
        assert!(!accepts(number - 1).await, "the last audience is gone");
    }
    let since = done.load(Ordering::SeqCst);
    until("they go on", || done.load(Ordering::SeqCst) > since + 20).await;
    over.store(true, Ordering::SeqCst);
    for caller in callers {
        caller
            .await
            .expect("each of them was let through, each time");
    }
}

#[tokio::test]
async fn a_broken_file_keeps_the_old_settings_and_says_so_until_it_is_mended() {
    let emulator = Emulator::builder().start().await.unwrap();
    let good = own_tenant(&emulator, "");
    let project = Project::new(&good, "");
    let layer = BearerLayer::new(project.api()).unwrap();
    // Probes wait for a provider for less than a second.
    layer.readiness().ready().await;
    let (log, _open) = Log::open(Level::INFO);
    let token = emulator.forge(&Forgery::access_token(ADA)).unwrap();
    let authorization = format!("Bearer {token}");
    for (broken, named) in [
        ("this is = = no TOML", "b2c.toml"),
        (&*good.replace("audiences", "audience"), "api.audience"),
        (
            &*own_tenant(&emulator, "dpop_nonce_secret = { env = \"NONE\" }"),
            "NONE",
        ),
    ] {
        project.has("b2c.toml", broken);
        for _ in 0..3 {
            let error = layer.reload().await.unwrap_err().to_string();
            assert!(
                error.contains(named) && error.contains("old settings"),
                "{error}"
            );
        }
        let told = log.take();
        assert_eq!(told.matches("old settings stay").count(), 1, "once: {told}");
        let report = layer.health().report().await;
        assert_eq!(report.status(), HealthStatus::Warn, "nobody is turned away");
        let mut checks = report.checks().iter();
        let check = checks
            .find(|check| check.name() == "configuration")
            .unwrap();
        assert!(check.problem().unwrap().contains(named), "{report:?}");
        let headers = [("authorization", authorization.as_bytes())];
        let app = app().layer(layer.clone());
        assert_eq!(send(&app, "/", &headers).await.status, StatusCode::OK);
    }
    project.has("b2c.toml", &good);
    assert!(layer.reload().await.unwrap().is_empty());
    let report = layer.health().report().await;
    assert_eq!(report.status(), HealthStatus::Ok, "{report:?}");
}

#[tokio::test]
async fn the_sign_in_layer_of_the_same_file_leaves_the_api_to_its_own_layer() {
    let world = crate::support::World::new().await;
    let text = crate::support::own_tenant(&world.emulator);
    let load = |audience: &str| {
        let text = format!("{text}\n[api]\naudiences = [\"{audience}\"]");
        let secret = world.emulator.client().client_secret();
        let file = Config::from_text(text);
        let file = file.environment([("SECRET", secret), ("KEY", crate::support::KEY)]);
        file.load().unwrap()
    };
    world.layer.reload_with(load(AUDIENCE)).unwrap();
    let api = BearerLayer::new(load(AUDIENCE).api().unwrap().clone()).unwrap();
    let reloaded = world.layer.reload_with(load("api://moved")).unwrap();
    let changes: Vec<_> = reloaded.changes().collect();
    assert!(
        changes.len() == 1 && changes[0].contains("BearerLayer"),
        "{changes:?}"
    );
    // It reads the same text again, as an API does.
    assert!(api.reload().await.unwrap().is_empty());
    let reloaded = api.reload_with(load("api://moved").api().unwrap().clone());
    assert!(
        reloaded
            .unwrap()
            .changes()
            .eq(["tokens of provider default"])
    );
}
