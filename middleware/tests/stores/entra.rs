//! Redis whose passwords are tokens of Entra ID, which end.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::extract::Request;
use axum::routing::any;
use b2c_emulator::{Client, Emulator, Tenant};
use http::StatusCode;
use libtest_mimic::{Failed, Trial};
use redis::cmd;
use serde_json::{Value, json};
use tower_b2c::{LockKey, RedisStore, RedisToken, Secret, SessionStore as _, StoreError};
use tracing::Level;

use crate::azure::{Azure, claims};
use crate::instances::{SIGNED_IN, STRANGER, ask, sign_out_elsewhere};
use crate::server::{Redis, TOLD_WITHIN, eventually, needs};
use crate::support::{KEY, Log, Page, World, own_tenant};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("redis_entra_tokens_are_renewed_in_time", renewed),
        alone("redis_entra_token_of_somebody_else"),
        trial("redis_tokens_are_issued_once_for_all", single_flight),
        trial("redis_tokens_are_not_issued_for_a_while", no_tokens),
        trial("redis_entra_managed_identity", managed),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

/// On one thread, whose log is read.
fn alone(name: &str) -> Trial {
    Trial::test(name, || {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        builder.enable_all().build()?.block_on(somebody_else())
    })
}

/// Entra ID, with a service whose tokens are short-lived.
async fn entra() -> Emulator {
    let daemon = Client::new(DAEMON, SECRET).app_roles(["demo.all"]);
    let tenant = Tenant::entra("fabrikam").id(TENANT).client(daemon);
    let builder = Emulator::builder().add_tenant(tenant);
    builder
        .access_token_lifetime(LIFETIME)
        .start()
        .await
        .unwrap()
}

/// A token as anybody gets it who has the secret.
async fn token(entra: &Emulator) -> Result<String, Failed> {
    let url = format!("{}/{TENANT}/oauth2/v2.0/token", entra.base_url());
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", DAEMON),
        ("client_secret", SECRET),
        ("scope", SCOPE),
    ];
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let asked = reqwest::Client::new().post(url).body(body);
    let asked = asked.header("content-type", "application/x-www-form-urlencoded");
    let answer: Value = serde_json::from_slice(&asked.send().await?.bytes().await?)?;
    Ok(answer["access_token"]
        .as_str()
        .ok_or("no token")?
        .to_owned())
}

async fn object_id(entra: &Emulator) -> Result<String, Failed> {
    let claims = claims(&token(entra).await?).ok_or("no JWT")?;
    Ok(claims["oid"].as_str().ok_or("no oid")?.to_owned())
}

/// Two instances with the configuration that an operator would write.
async fn world(azure: &Azure, entra: &Emulator, object_id: &str) -> Result<World, Failed> {
    let url = format!(
        "{}/entra-{}.url",
        env!("CARGO_TARGET_TMPDIR"),
        azure.redis.port()
    );
    let secret = format!("{url}.secret");
    std::fs::write(&url, azure.url())?;
    std::fs::write(&secret, SECRET)?;
    let (instance, object_id) = (entra.base_url().to_owned(), object_id.to_owned());
    let world = World::with().config(move |file| {
        file.set("session.store", "redis")
            .set("session.redis.url.file", url)
            .set("session.redis.entra.object_id", object_id)
            .set("session.redis.entra.scope", SCOPE)
            .set("session.redis.entra.instance", instance)
            .set("session.redis.entra.tenant", TENANT)
            .set("session.redis.entra.client_id", DAEMON)
            .set("session.redis.entra.client_secret.file", secret)
    });
    Ok(world.build().await)
}

async fn renewed() -> Result<(), Failed> {
    let entra = entra().await;
    let object_id = object_id(&entra).await?;
    let azure = Azure::start(&object_id, API).await?;
    let world = world(&azure, &entra, &object_id).await?;
    signs_in_at_last(&world).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for app in [&world.app, &world.second] {
        eventually("the instance knows the visitor", async || {
            ask(app, &mut visitor).await.1 == SIGNED_IN
        })
        .await?;
    }
    eventually("both instances listen", async || {
        azure.redis.subscribers().is_ok_and(|count| count >= 2)
    })
    .await?;
    let listeners = listeners(&azure.redis)?;
    let opened = azure.opened();

    // One that does not renew its token, as a witness.
    let forgetful = token(&entra).await?;
    let url = azure
        .url()
        .replace("redis://", &format!("redis://{object_id}:{forgetful}@"));
    let client = redis::Client::open(url)?;
    let mut witness = client.get_multiplexed_async_connection().await?;
    let pong: String = cmd("PING").query_async(&mut witness).await?;
    assert_eq!(pong, "PONG");

    let started = Instant::now();
    while started.elapsed() < LIFETIME * 2 {
        // Needs the store, unlike those whom the instance remembers.
        world.visitor().signs_in("/private").await;
        for app in [&world.app, &world.second] {
            assert_eq!(ask(app, &mut visitor).await.1, SIGNED_IN);
        }
    }
    let ended = cmd("PING").query_async::<String>(&mut witness).await;
    assert!(ended.is_err(), "the witness is still connected");
    let again = client.get_multiplexed_async_connection().await;
    assert!(again.is_err(), "the old token is still a password");
    assert_eq!(azure.ended(), 1, "the witness alone");
    assert_eq!(azure.opened(), opened + 1, "the witness alone");
    assert!(
        azure.renewed() >= 2 * opened,
        "{} of {opened}",
        azure.renewed()
    );
    assert_eq!(self::listeners(&azure.redis)?, listeners);
    sign_out_elsewhere(&mut visitor).await;
    eventually("the other instance hears of a sign-out", async || {
        ask(&world.second, &mut visitor).await.1 == STRANGER
    })
    .await
}

/// Who listens, by the server's own numbers. Redis turns its list of clients while it looks after them.
fn listeners(redis: &Redis) -> Result<BTreeSet<String>, Failed> {
    let list: String = redis.ask(cmd("CLIENT").arg("LIST").arg("TYPE").arg("PUBSUB"))?;
    let ids = list.lines().filter_map(|line| line.split(' ').next());
    Ok(ids.map(str::to_owned).collect())
}

/// The first token may take longer than a request may wait.
async fn signs_in_at_last(world: &World) -> Result<(), Failed> {
    eventually("a sign-in works", async || {
        tries_to_sign_in(world).await.status == StatusCode::OK
    })
    .await
}

async fn tries_to_sign_in(world: &World) -> Page {
    let mut visitor = world.visitor();
    let page = visitor.opens("/private").await;
    visitor
        .enters(&page, "ada@emulator.example", "Passw0rd!")
        .await
}

async fn somebody_else() -> Result<(), Failed> {
    let (log, _guard) = Log::open(Level::TRACE);
    let entra = entra().await;
    let azure = Azure::start(&object_id(&entra).await?, API).await?;
    let other = "00001111-aaaa-2222-bbbb-3333cccc4444";
    let world = world(&azure, &entra, other).await?;
    let mut logged = String::new();
    eventually("the refusal is told", async || {
        let started = Instant::now();
        let page = tries_to_sign_in(&world).await;
        assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(page.headers.contains_key("retry-after"), "{page:?}");
        assert!(started.elapsed() < TOLD_WITHIN, "{:?}", started.elapsed());
        logged.push_str(&log.take());
        logged.contains("WRONGPASS")
    })
    .await?;
    for part in [other, "object id", "access policy"] {
        assert!(logged.contains(part), "{part} in {logged}");
    }
    assert!(!logged.contains("eyJ"), "{logged}");
    assert!(!logged.contains(SECRET), "{logged}");
    Ok(())
}

/// A server that takes what this source issues.
struct Issuer {
    redis: Arc<Redis>,
    asked: Arc<AtomicUsize>,
    is_away: Arc<AtomicBool>,
}

impl Issuer {
    fn start() -> Result<Self, Failed> {
        Ok(Self {
            redis: Arc::new(Redis::start_with(["--requirepass", "key"])?.password("key")),
            asked: Arc::default(),
            is_away: Arc::default(),
        })
    }

    fn store(&self, lifetime: Duration) -> Result<RedisStore, Failed> {
        let (redis, asked) = (Arc::clone(&self.redis), Arc::clone(&self.asked));
        let is_away = Arc::clone(&self.is_away);
        let source = move || {
            let number = asked.fetch_add(1, Ordering::SeqCst);
            let issued = if is_away.load(Ordering::SeqCst) {
                Err(StoreError::new("the provider is away"))
            } else {
                allows(&redis, &format!("token-{number}")).map_err(|error| {
                    StoreError::new(error.message().unwrap_or_default().to_owned())
                })
            };
            async move {
                tokio::time::sleep(Duration::from_millis(100)).await;
                issued?;
                let token = Secret::new(format!("token-{number}"));
                Ok(RedisToken::new(token, SystemTime::now() + lifetime))
            }
        };
        Ok(RedisStore::new(&Secret::new(self.redis.url()))?.tokens("app", source))
    }
}

/// This password, and no other.
fn allows(redis: &Redis, password: &str) -> Result<(), Failed> {
    let mut set = cmd("ACL");
    set.arg("SETUSER").arg("app");
    set.arg(&["on", "resetpass", "~*", "&*", "+@all"]);
    redis.ask(set.arg(format!(">{password}")))
}

async fn locks(store: &RedisStore, name: &str) -> Result<(), StoreError> {
    let lease = store.lock(LockKey::named(name), Duration::from_secs(60));
    lease.await.map(drop)
}

async fn single_flight() -> Result<(), Failed> {
    let issuer = Issuer::start()?;
    // None gives up, however busy the machine is.
    let store = issuer.store(Duration::from_secs(3600))?;
    let store = Arc::new(store.timeout(Duration::from_secs(10)));
    let asking = (0..50).map(|number| {
        let store = Arc::clone(&store);
        tokio::spawn(async move { locks(&store, &number.to_string()).await })
    });
    for asked in asking.collect::<Vec<_>>() {
        asked.await??;
    }
    let _listener = store.invalidations().await?;
    assert_eq!(issuer.asked.load(Ordering::SeqCst), 1);
    Ok(())
}

async fn no_tokens() -> Result<(), Failed> {
    let issuer = Issuer::start()?;
    let lifetime = Duration::from_secs(2);
    // Long enough for a machine that is busy, and less than a refusal may take.
    let store = issuer.store(lifetime)?.timeout(Duration::from_secs(4));
    locks(&store, "first").await?;
    issuer.is_away.store(true, Ordering::SeqCst);
    let before = issuer.asked.load(Ordering::SeqCst);
    let started = Instant::now();
    while started.elapsed() < lifetime * 2 {
        locks(&store, "living").await?;
    }
    let asked = issuer.asked.load(Ordering::SeqCst) - before;
    assert!((1..=5).contains(&asked), "asked {asked} times");

    issuer
        .redis
        .ask::<i64>(cmd("CLIENT").arg("KILL").arg("USER").arg("app"))?;
    eventually("there is no connection without a token", async || {
        let started = Instant::now();
        let refused = locks(&store, "killed").await;
        assert!(started.elapsed() < TOLD_WITHIN);
        refused.is_err_and(|error| {
            let told = format!("{error} {error:?}");
            assert!(!told.contains("token-"), "{told}");
            told.contains("no token for Redis: the provider is away")
        })
    })
    .await?;
    issuer.is_away.store(false, Ordering::SeqCst);
    eventually("it goes on without a restart", async || {
        locks(&store, "back").await.is_ok()
    })
    .await
}

/// An endpoint as machines and platforms have them, whose tokens Redis takes.
async fn platform(redis: Arc<Redis>) -> Result<String, Failed> {
    let answer = move |request: Request| {
        let redis = Arc::clone(&redis);
        async move {
            let header = |name: &str| {
                request
                    .headers()
                    .get(name)
                    .is_some_and(|value| value == "true")
            };
            let query = request.uri().query().unwrap_or_default();
            let is_right = match request.uri().path() {
                "/metadata/identity/oauth2/token" => {
                    header("metadata") && query == format!("api-version=2018-02-01&{RESOURCE}")
                }
                "/msi/token" => {
                    header("x-identity-header")
                        && query == format!("api-version=2019-08-01&{RESOURCE}&client_id={DAEMON}")
                }
                _ => false,
            };
            if !is_right || allows(&redis, "managed").is_err() {
                return (
                    StatusCode::BAD_REQUEST,
                    json!({ "error": "no" }).to_string(),
                );
            }
            let ends = SystemTime::now() + Duration::from_secs(3600);
            let ends = ends
                .duration_since(SystemTime::UNIX_EPOCH)
                .unwrap()
                .as_secs();
            let body = json!({ "access_token": "managed", "expires_on": ends.to_string() });
            (StatusCode::OK, body.to_string())
        }
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let url = format!("http://{}", listener.local_addr()?);
    let routes = Router::new().fallback(any(answer));
    tokio::spawn(async move { axum::serve(listener, routes).await });
    Ok(url)
}

async fn managed() -> Result<(), Failed> {
    for is_of_platform in [false, true] {
        let redis = Arc::new(Redis::start_with(["--requirepass", "key"])?.password("key"));
        let platform = platform(Arc::clone(&redis)).await?;
        let url = redis.url_file()?;
        let world = World::with().settings(move |emulator| {
            let own = own_tenant(emulator);
            own.replace(
                "{ env = \"SECRET\" }",
                &format!("{{ file = \"{}\" }}", secret_file(emulator)),
            )
        });
        let world = world.config(move |file| {
            let mut variables = vec![("KEY".to_owned(), KEY.to_owned())];
            let mut file = file
                .set("session.store", "redis")
                .set("session.redis.url.file", url)
                .set(
                    "session.redis.entra.object_id",
                    "00001111-aaaa-2222-bbbb-3333cccc4444",
                )
                .set("session.redis.entra.managed_identity", true);
            if is_of_platform {
                file = file.set("session.redis.entra.client_id", DAEMON);
                variables.push((
                    "IDENTITY_ENDPOINT".to_owned(),
                    format!("{platform}/msi/token"),
                ));
                variables.push(("IDENTITY_HEADER".to_owned(), "true".to_owned()));
            } else {
                variables.push(("AZURE_POD_IDENTITY_AUTHORITY_HOST".to_owned(), platform));
            }
            file.environment(variables)
        });
        let world = world.build().await;
        // The name of the user is the object id.
        redis.ask::<()>(
            cmd("ACL")
                .arg("SETUSER")
                .arg("00001111-aaaa-2222-bbbb-3333cccc4444")
                .arg(&["on", "~*", "&*", "+@all", ">managed"]),
        )?;
        signs_in_at_last(&world).await?;
    }
    Ok(())
}

fn secret_file(emulator: &Emulator) -> String {
    let port = emulator.port();
    let path = format!("{}/client-{port}.secret", env!("CARGO_TARGET_TMPDIR"));
    std::fs::write(&path, emulator.client().client_secret()).unwrap();
    path
}

const TENANT: &str = "ccccdddd-2222-eeee-3333-ffff4444aaaa";
const DAEMON: &str = "22223333-cccc-4444-dddd-5555eeee6666";
const SECRET: &str = "the secret of the daemon";
/// The demo API's application id at the emulator.
const API: &str = "11112222-bbbb-3333-cccc-4444dddd5555";
const SCOPE: &str = "api://11112222-bbbb-3333-cccc-4444dddd5555/.default";
const RESOURCE: &str = "resource=https%3A%2F%2Fredis.azure.com";
const LIFETIME: Duration = Duration::from_secs(20);
