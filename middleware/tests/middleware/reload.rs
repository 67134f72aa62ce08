//! Settings that change while people sign in.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use b2c_emulator::{Client, Emulator};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use tower_b2c::{
    B2cLayer, Config, ConfigFile, HealthStatus, ReloadError, RequireSignInLayer, TokenError,
};
use tracing::Level;

use crate::key_ring::begins;
use crate::providers::{customers_and_staff, side_by_side};
use crate::support::{APP, Browser, KEY, Log, Op, SITE, World, own_tenant, settings, who};

const NEXT: &str = "a new key, of thirty-two characters and more";

/// The settings of a world, to be changed.
fn config_of(world: &World, text: &str, change: impl FnOnce(ConfigFile) -> ConfigFile) -> Config {
    let file = Config::from_text(text).environment([
        ("SECRET", world.emulator.client().client_secret()),
        ("OTHER_SECRET", crate::support::OTHER_SECRET),
        ("KEY", KEY),
        ("NEXT", NEXT),
    ]);
    change(file).load().unwrap()
}

/// A folder with `b2c.toml` and `.env` in it, gone with the test.
struct Project(PathBuf);

impl Project {
    fn new(text: &str, env: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("b2c-reload-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let project = Self(folder);
        project.has("b2c.toml", text);
        project.has(".env", env);
        project
    }

    fn has(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).unwrap();
    }

    fn layer(&self) -> B2cLayer {
        let config = Config::from_file(self.0.join("b2c.toml")).load();
        B2cLayer::new(config.unwrap()).unwrap()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn app(layer: &B2cLayer) -> Router {
    Router::new()
        .route("/private", get(who))
        .route_layer(RequireSignInLayer::new())
        .layer(layer.clone())
}

/// Waits until something is so.
async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

const QUICKLY: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_secret_is_rotated_under_load_and_nobody_notices() {
    let op = Op::start().await;
    let secret = "client_secret = { env = \"ROTATED\" }";
    let env = |secret: &str| format!("KEY={KEY}\nROTATED={secret}\n");
    let project = Project::new(&settings(&op, secret), &env("old"));
    let layer = project.layer();
    layer.reload_on_change(QUICKLY);
    op.behaves(|op| op.knows = Box::new(|seen| seen.form["client_secret"] != "wrong"));

    let (over, done) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicUsize::new(0)),
    );
    let visits = (0..8).map(|_| {
        let (app, over, done) = (app(&layer), Arc::clone(&over), Arc::clone(&done));
        tokio::spawn(async move {
            while !over.load(Ordering::SeqCst) {
                let page = Browser::new(app.clone(), SITE).opens("/private").await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                done.fetch_add(1, Ordering::SeqCst);
            }
        })
    });
    let visits: Vec<_> = visits.collect();
    until("people sign in", || done.load(Ordering::SeqCst) >= 20).await;
    project.has(".env", &env("new"));
    let sends = |secret: &str| {
        let last = op.seen("/token").pop();
        last.is_some_and(|seen| seen.form["client_secret"] == secret)
    };
    until("the new secret is in use", || sends("new")).await;
    // Requests that began before have ended when twice as many as there are visitors have since.
    let since = done.load(Ordering::SeqCst);
    until("they go on", || done.load(Ordering::SeqCst) >= since + 16).await;
    op.behaves(|op| op.knows = Box::new(|seen| seen.form["client_secret"] == "new"));
    let since = done.load(Ordering::SeqCst);
    until("they go on", || done.load(Ordering::SeqCst) >= since + 20).await;
    over.store(true, Ordering::SeqCst);
    for visit in visits {
        visit.await.expect("each of them signed in, each time");
    }
}

#[tokio::test]
async fn sign_ins_go_on_while_settings_are_exchanged_again_and_again() {
    let op = Op::start().await;
    let project = Project::new(&settings(&op, ""), &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let layer = project.layer();
    let visits = (0..4).map(|_| {
        let app = app(&layer);
        tokio::spawn(async move {
            for _ in 0..15 {
                let mut browser = Browser::new(app.clone(), SITE);
                let page = browser.opens("/private").await;
                assert_eq!(page.status, StatusCode::OK, "{}", page.body);
                assert_eq!(browser.asks("/private").await.status, StatusCode::OK);
            }
        })
    });
    let visits: Vec<_> = visits.collect();
    let mut exchanges = 0;
    while !visits.iter().all(tokio::task::JoinHandle::is_finished) {
        exchanges += 1;
        let more = format!("label = \"number {exchanges}\"");
        project.has("b2c.toml", &settings(&op, &more));
        let reloads = (layer.reload(), layer.reload());
        let (one, other) = tokio::join!(reloads.0, reloads.1);
        let changed = [one.unwrap(), other.unwrap()];
        assert_eq!(changed.iter().filter(|one| !one.is_empty()).count(), 1);
    }
    for visit in visits {
        visit.await.expect("each of them signed in, each time");
    }
    assert!(exchanges > 3, "{exchanges}");
    assert_eq!(op.seen("/authorize").len(), 60, "nobody had to begin again");
}

#[tokio::test]
async fn a_cookie_key_is_added_and_the_old_one_goes_when_nothing_is_sealed_with_it_any_more() {
    let world = World::new().await;
    let text = own_tenant(&world.emulator);
    let keys = |keys: &str| {
        let text = text.replace("cookie_key = { env = \"KEY\" }", keys);
        config_of(&world, &text, |file| file)
    };
    let mut signed_in = world.visitor();
    signed_in.signs_in("/private").await;
    let (mut begun, mut late) = (world.visitor(), world.visitor());
    let callback = begins(&mut begun).await;
    let late_callback = begins(&mut late).await;

    let both = keys("cookie_keys = [{ env = \"NEXT\" }, { env = \"KEY\" }]");
    let reloaded = world.layer.reload_with(both).unwrap();
    assert!(reloaded.changes().eq(["session.cookie_keys"]));
    let page = begun.opens(&callback).await;
    assert_eq!(
        page.app_path(),
        Some("/private?x=1"),
        "begun with the old key"
    );
    assert_eq!(signed_in.asks("/").await.body, "Hello, Ada Lovelace");

    let new = keys("cookie_key = { env = \"NEXT\" }");
    world.layer.reload_with(new).unwrap();
    let page = late.asks(&late_callback).await;
    assert!(
        page.status.is_redirection(),
        "it begins once more: {}",
        page.body
    );
    assert_eq!(signed_in.asks("/").await.body, "Hello, Ada Lovelace");
    assert_eq!(begun.asks("/").await.body, "Hello, Ada Lovelace");
}

#[tokio::test]
async fn a_provider_is_taken_out_and_put_in_again() {
    let world = side_by_side("").build().await;
    let mut customer = world.visitor();
    let page = customer.opens("/login?provider=customers").await;
    let page = customer
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
    let all = customers_and_staff(&world.emulator, "");
    let at = |table: &str| all.find(table).unwrap();
    let staff = &all[at("[providers.staff]")..at("[[downstream]]")];
    let without = all[..at("[providers.customers]")].to_owned() + staff;

    let reloaded = world
        .layer
        .reload_with(config_of(&world, &without, |file| file));
    let reloaded = reloaded.unwrap();
    let changes: Vec<_> = reloaded.changes().collect();
    assert_eq!(changes, ["provider customers (removed)", "downstream"]);
    assert_eq!(customer.asks("/").await.body, "Hello, stranger");
    let page = customer.asks("/login?provider=customers").await;
    assert!(!page.location().contains("b2c_1"), "{}", page.location());

    let reloaded = world
        .layer
        .reload_with(config_of(&world, &all, |file| file));
    let added = ["provider customers (added)", "downstream"];
    assert!(reloaded.unwrap().changes().eq(added));
    let mut another = world.visitor();
    let page = another.opens("/login?provider=customers").await;
    let page = another
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await;
    assert!(page.body.starts_with("Hello, Ada"), "{}", page.body);
}

#[tokio::test]
async fn users_are_routed_by_another_rule_from_then_on() {
    let default = "default_provider = \"customers\"";
    let world = side_by_side(default).build().await;
    let leads_to = async || {
        let page = world.visitor().asks("/private").await;
        page.location().to_ascii_lowercase()
    };
    assert!(leads_to().await.contains("b2c_1_signupsignin1"));
    let rule = "\n[routing]\nto = \"staff\"\npercent = 100\n";
    let text = customers_and_staff(&world.emulator, default) + rule;
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    assert!(reloaded.unwrap().changes().eq(["routing"]));
    let staff = crate::providers::GUID.to_ascii_lowercase();
    assert!(leads_to().await.contains(&staff), "{}", leads_to().await);
}

#[tokio::test]
async fn what_is_known_of_a_provider_is_kept_and_handles_of_the_app_follow() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let tokens = world.layer.app_tokens();
    let error = tokens.token_for("other").await.unwrap_err();
    assert!(
        matches!(error, TokenError::UnknownDownstream { .. }),
        "{error}"
    );
    let fetched = |path: &str| {
        let requests = world.emulator.requests();
        requests
            .iter()
            .filter(|seen| seen.path().contains(path))
            .count()
    };
    let before = fetched("openid-configuration");

    let base = world.emulator.base_url();
    let tenant = world.emulator.tenant();
    let text = own_tenant(&world.emulator).replace("[provider]", "[provider]\nlabel = \"New\"")
        + &format!(
            "[[downstream]]\nname = \"other\"\nbase_url = \"{base}/api\"\n\
             resource = \"https://{tenant}/demo-api\"\nscopes = [\"demo.write\"]\n"
        );
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    let changes: Vec<_> = reloaded.as_ref().unwrap().changes().collect();
    assert_eq!(changes, ["provider default", "downstream"]);
    // It is known now, and it is the provider that has given the app nothing there.
    let error = tokens.token_for("other").await.unwrap_err();
    assert!(matches!(error, TokenError::Refused { .. }), "{error}");
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    assert!(visitor.asks("/api").await.body.starts_with("200 "));
    let mut another = world.visitor();
    another.signs_in("/private").await;
    assert_eq!(fetched("openid-configuration"), before);
}

#[tokio::test]
async fn a_certificate_is_exchanged_by_naming_other_files() {
    let op = Op::start().await;
    let project = Project::new("", &format!("KEY={KEY}\n"));
    let registered = |name: &str| {
        let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
        let params = rcgen::CertificateParams::new(["app.example".to_owned()]).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        project.has(&format!("{name}.key"), &key.serialize_pem());
        project.has(&format!("{name}.pem"), &certificate.pem());
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, certificate.der());
        URL_SAFE_NO_PAD.encode(digest)
    };
    let (old, new) = (registered("old"), registered("new"));
    let text = |name: &str| {
        let more = format!(
            "client_authentication = \"private_key_jwt\"\n\
             client_key = {{ file = \"{name}.key\" }}\n\
             client_certificate = {{ file = \"{name}.pem\" }}"
        );
        settings(&op, &more)
    };
    project.has("b2c.toml", &text("old"));
    let layer = project.layer();
    let shown = async || {
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        let seen = op.seen("/token").pop().unwrap();
        let header = seen.form["client_assertion"]
            .split('.')
            .next()
            .unwrap()
            .to_owned();
        let header = URL_SAFE_NO_PAD.decode(header).unwrap();
        let header: serde_json::Value = serde_json::from_slice(&header).unwrap();
        header["x5t#S256"].as_str().unwrap().to_owned()
    };
    assert_eq!(shown().await, old);
    project.has("b2c.toml", &text("new"));
    assert!(
        layer
            .reload()
            .await
            .unwrap()
            .changes()
            .eq(["provider default"])
    );
    assert_eq!(shown().await, new);
    // One whose key is another's is refused, and the good one stays.
    project.has("old.pem", "no certificate");
    project.has("b2c.toml", &text("old"));
    assert!(layer.reload().await.is_err());
    assert_eq!(shown().await, new);
}

#[tokio::test]
async fn a_broken_file_keeps_the_old_settings_and_says_so_until_it_is_mended() {
    let op = Op::start().await;
    let good = settings(&op, "");
    let project = Project::new(&good, &format!("KEY={KEY}\nSECRET=s3cret\n"));
    let layer = project.layer();
    let (log, _open) = Log::open(Level::INFO);
    layer.reload_on_change(QUICKLY);
    for (broken, named) in [
        ("this is = = no TOML", "b2c.toml"),
        (
            &*good.replace("client_id", "cleint_id"),
            "provider.cleint_id",
        ),
        (
            &*good.replace("\"SECRET\"", "\"NO_SUCH_SECRET\""),
            "NO_SUCH_SECRET",
        ),
    ] {
        log.take();
        project.has("b2c.toml", broken);
        let mut told = String::new();
        for _ in 0..500 {
            told += &log.take();
            if told.contains("old settings stay") {
                break;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        assert!(told.contains(named) && told.contains("b2c.toml"), "{told}");
        // It is looked at again and again, and told of once.
        for _ in 0..3 {
            assert!(layer.reload().await.is_err());
        }
        assert!(!log.take().contains("old settings stay"));
        let report = layer.health().report().await;
        let check = report
            .checks()
            .iter()
            .find(|check| check.name() == "configuration");
        let problem = check.unwrap().problem().unwrap_or_default();
        assert!(problem.contains(named), "{problem}");
        assert_eq!(report.status(), HealthStatus::Warn, "nobody is turned away");
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
    }
    project.has("b2c.toml", &settings(&op, "label = \"mended\""));
    for _ in 0..500 {
        if log.take().contains("the configuration was reloaded") {
            let report = layer.health().report().await;
            assert_eq!(report.status(), HealthStatus::Ok, "{report:?}");
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("the mended file was not taken over");
}

#[tokio::test]
async fn what_only_a_restart_takes_over_is_named_and_nothing_else_is_taken_over_with_it() {
    let world = World::new().await;
    let text = own_tenant(&world.emulator);
    let refused = |change: &dyn Fn(ConfigFile) -> ConfigFile| -> ReloadError {
        let config = config_of(&world, &text, change);
        world.layer.reload_with(config).unwrap_err()
    };
    for (key, value, named) in [
        ("app.base_url", "http://localhost:5001", "app.base_url"),
        ("app.redirect_path", "/callback", "app.redirect_path"),
        ("app.sign_out_path", "/bye", "app.sign_out_path"),
        ("session.store", "cookie", "session.store"),
        ("session.cache_sessions", "7", "session.cache_sessions"),
    ] {
        let error = refused(&|file: ConfigFile| match value.parse::<u32>() {
            Ok(number) => file.set(key, number),
            Err(_) => file.set(key, value),
        });
        assert!(
            error
                .needs_restart()
                .iter()
                .any(|one| one.starts_with(named)),
            "{error}"
        );
        assert!(error.to_string().contains(named), "{error}");
    }
    // A change that could be made comes with one that cannot: neither is.
    let error = refused(&|file| {
        file.set("app.base_url", "http://localhost:5001")
            .set("provider.user_flows.sign_up_sign_in", "B2C_1_other")
    });
    assert_eq!(error.needs_restart().len(), 1, "{error}");
    let mut visitor = world.visitor();
    let page = visitor.signs_in("/private").await;
    assert_eq!(page.url, format!("{APP}/private"));
    assert!(
        world
            .layer
            .reload_with(config_of(&world, &text, |file| file))
            .unwrap()
            .is_empty()
    );
}

#[tokio::test]
async fn how_long_sessions_last_changes_for_those_that_are_there() {
    let world = World::new().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let text = own_tenant(&world.emulator);
    let shorter = config_of(&world, &text, |file| file.set("session.idle_minutes", 5));
    assert!(
        world
            .layer
            .reload_with(shorter)
            .unwrap()
            .changes()
            .eq(["session"])
    );
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    // The store hears of it with a visit of the session's.
    world.wait(Duration::from_secs(31));
    assert_eq!(visitor.asks("/").await.body, "Hello, Ada Lovelace");
    assert!(world.layer.finish(Duration::from_secs(10)).await);
    world.wait(Duration::from_secs(301));
    assert_eq!(visitor.asks("/").await.body, "Hello, stranger");
}

/// Kubernetes mounts a Secret or a ConfigMap as links to a folder, and exchanges the link to that.
#[cfg(unix)]
#[tokio::test]
async fn a_mounted_volume_whose_link_is_exchanged_is_noticed() {
    use std::os::unix::fs::symlink;

    let op = Op::start().await;
    let project = Project::new("", "");
    let at = |name: &str| project.0.join(name);
    let version = |name: &str, label: &str| {
        std::fs::create_dir(at(name)).unwrap();
        let more = format!("client_secret = {{ file = \"secret\" }}\nlabel = \"{label}\"");
        project.has(&format!("{name}/b2c.toml"), &settings(&op, &more));
        project.has(&format!("{name}/secret"), label);
        // The times of files say nothing: both are as old as each other.
        let then = std::time::UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        for file in ["b2c.toml", "secret"] {
            let file = std::fs::File::open(at(name).join(file)).unwrap();
            file.set_modified(then).unwrap();
        }
    };
    version("..2026_01", "one");
    version("..2026_02", "two");
    symlink("..2026_01", at("..data")).unwrap();
    std::fs::remove_file(at("b2c.toml")).unwrap();
    for file in ["b2c.toml", "secret"] {
        symlink(format!("..data/{file}"), at(file)).unwrap();
    }
    project.has(".env", &format!("KEY={KEY}\n"));
    let layer = project.layer();
    layer.reload_on_change(QUICKLY);
    let secret = async || {
        let page = Browser::new(app(&layer), SITE).opens("/private").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        op.seen("/token").pop().unwrap().form["client_secret"].clone()
    };
    assert_eq!(secret().await, "one");
    symlink("..2026_02", at("..data_tmp")).unwrap();
    std::fs::rename(at("..data_tmp"), at("..data")).unwrap();
    for _ in 0..100 {
        if secret().await == "two" {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the volume that was exchanged went unnoticed");
}

#[tokio::test]
async fn the_same_cookie_key_in_another_file_is_looked_for_there_from_then_on() {
    let world = World::new().await;
    let project = Project::new("", "");
    let file = project.0.join("keys");
    project.has("keys", KEY);
    let listed = format!("cookie_keys = [{{ file = '{}' }}]", file.display());
    let text = own_tenant(&world.emulator).replace("cookie_key = { env = \"KEY\" }", &listed);
    let reloaded = world
        .layer
        .reload_with(config_of(&world, &text, |file| file));
    assert!(reloaded.unwrap().changes().eq(["session.cookie_keys"]));
    project.has("keys", &format!("{NEXT}\n{KEY}\n"));
    assert!(world.layer.reload_keys().unwrap(), "it is that file's now");
}

#[tokio::test]
async fn tokens_of_one_tenant_are_not_the_next_ones() {
    let daemon = "22223333-cccc-4444-dddd-5555eeee6666";
    let client = Client::new(daemon, NEXT).app_roles(["demo.all"]);
    let emulator = Emulator::builder().client(client).start().await.unwrap();
    let text = own_tenant(&emulator).replace(emulator.client().client_id(), daemon);
    let load = |text: &str| {
        let file = Config::from_text(text).environment([("SECRET", NEXT), ("KEY", KEY)]);
        file.load().unwrap()
    };
    let layer = B2cLayer::new(load(&text)).unwrap();
    let tokens = layer.app_tokens();
    tokens.token_for("demo").await.unwrap();
    let tenant = format!("tenant = \"{}\"", emulator.tenant());
    let moved = text.replace(&tenant, "tenant = \"northwind\"");
    layer.reload_with(load(&moved)).unwrap();
    // The emulator has no such tenant, so that there is no token of it.
    let error = tokens.token_for("demo").await.unwrap_err();
    assert!(matches!(error, TokenError::Unavailable { .. }), "{error:?}");
}

#[tokio::test]
async fn a_credential_of_the_store_that_was_rotated_is_for_the_next_start() {
    let op = Op::start().await;
    for (url, table) in [
        ("redis://app:{}@127.0.0.1:1/2", "redis"),
        ("postgres://app:{}@127.0.0.1:1/app", "postgres"),
        (
            "postgres://127.0.0.1:1/app?user=app&password={}",
            "postgres",
        ),
    ] {
        let load = |url: &str, label: &str| {
            let text = settings(&op, &format!("label = \"{label}\""));
            let file = Config::from_text(text)
                .environment([("KEY", KEY), ("SECRET", "s3cret"), ("URL", url)])
                .set("session.store", table)
                .set(format!("session.{table}.url.env"), "URL");
            file.load().unwrap()
        };
        let layer = B2cLayer::new(load(&url.replace("{}", "one"), "a")).unwrap();
        let rotated = url.replace("{}", "two");
        let (log, _open) = Log::open(Level::WARN);
        let reloaded = layer.reload_with(load(&rotated, "b")).unwrap();
        let changes: Vec<_> = reloaded.changes().collect();
        assert_eq!(changes.len(), 2, "{changes:?}");
        assert!(changes[0].contains("credential"), "{changes:?}");
        assert_eq!(changes[1], "provider default");
        let told = log.take();
        assert!(told.contains("until a restart"), "{told}");
        assert!(!told.contains("two"), "{told}");
        // Another place is another store.
        let moved = rotated.replace("127.0.0.1:1", "127.0.0.1:2");
        let error = layer.reload_with(load(&moved, "b")).unwrap_err();
        assert!(error.needs_restart()[0].starts_with("session.store"));
    }
}

/// A pipe in the place of a file: whoever reads it waits for a writer, as on a disk that hangs.
#[cfg(unix)]
pub(crate) fn pipe(path: &std::path::Path) {
    let _ = std::fs::remove_file(path);
    let made = std::process::Command::new("mkfifo").arg(path).status();
    assert!(made.unwrap().success());
}

#[cfg(unix)]
#[tokio::test]
async fn of_two_reloads_at_once_the_newer_contents_stay() {
    use std::io::Write as _;

    let op = Op::start().await;
    let of_file = "client_secret = { file = \"secret\" }";
    let project = Project::new(&settings(&op, of_file), &format!("KEY={KEY}\nSECRET=new\n"));
    project.has("secret", "first");
    let layer = project.layer();
    let secret = project.0.join("secret");
    pipe(&secret);
    let reload = || {
        let layer = layer.clone();
        tokio::spawn(async move { layer.reload().await })
    };
    let older = reload();
    // It is open once somebody reads it, who has read the rest by then.
    let opened = tokio::task::spawn_blocking(|| {
        let mut file = std::fs::OpenOptions::new();
        file.write(true).open(secret).unwrap()
    });
    let mut writer = opened.await.unwrap();
    project.has("b2c.toml", &settings(&op, ""));
    let mut newer = reload();
    let early = tokio::time::timeout(Duration::from_millis(500), &mut newer).await;
    writer.write_all(b"second").unwrap();
    drop(writer);
    older.await.unwrap().unwrap();
    if early.is_err() {
        newer.await.unwrap().unwrap();
    }
    let again = layer.reload().await.unwrap();
    assert!(again.is_empty(), "what the file says is in use: {again:?}");
}
