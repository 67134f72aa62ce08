//! What a store that is asked for a diagnosis says of itself.

use libtest_mimic::{Failed, Trial};
use tower_b2c::{B2cLayer, Config, RedisStore, Secret, SessionStore, StoreCheck, StoreConcern};

use crate::postgres_server::Postgres;
use crate::server::{Redis, needs};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let redis = [
        trial("check_of_redis_leaves_nothing_behind", redis),
        trial("check_of_redis_finds_what_loses_sessions", evicting),
        trial("check_of_redis_finds_that_it_takes_nothing", read_only),
        trial("check_of_redis_finds_that_it_is_away", away),
    ];
    let postgres = [trial(
        "check_of_postgres_finds_that_tables_are_missing",
        tables,
    )];
    let redis = redis.map(|trial| needs("redis-server", "apt-get install redis-server", trial));
    let postgres = postgres.map(crate::postgres::needs);
    redis.into_iter().chain(postgres).collect()
}

async fn check(store: impl SessionStore) -> Result<StoreCheck, Failed> {
    let layer = B2cLayer::builder(config().load()?).store(store);
    Ok(layer.discover_at_start(false).build()?.check_store().await)
}

fn config() -> tower_b2c::ConfigFile {
    Config::from_text(
        r#"
        [app]
        base_url = "http://localhost:5000"
        [session]
        cookie_key = { env = "KEY" }
        [provider]
        kind = "entra"
        tenant = "contoso.onmicrosoft.com"
        client_id = "00001111-aaaa-2222-bbbb-3333cccc4444"
        client_secret = { env = "KEY" }
        "#,
    )
    .environment([("KEY", "a key of these tests, never of anything else")])
}

fn store(server: &Redis) -> Result<RedisStore, Failed> {
    Ok(RedisStore::new(&Secret::new(server.url()))?)
}

async fn redis() -> Result<(), Failed> {
    let server = Redis::start_with(["--appendonly", "yes"])?;
    let check = check(store(&server)?).await?;
    assert_eq!(check.problem(), None);
    assert_eq!(check.concerns(), []);
    // The counter of fencing tokens may stay, what it was tried with may not.
    let left = server.dump()?;
    assert!(
        left.iter().all(|(key, _)| !key.contains("b2c:s:")),
        "{left:?}"
    );
    Ok(())
}

async fn evicting() -> Result<(), Failed> {
    let server = Redis::start_with(["--maxmemory-policy", "allkeys-lru"])?;
    let check = check(store(&server)?).await?;
    let policy = "allkeys-lru".to_owned();
    assert_eq!(check.problem(), None);
    assert_eq!(
        check.concerns(),
        [StoreConcern::Evicts { policy }, StoreConcern::Forgets]
    );
    Ok(())
}

async fn read_only() -> Result<(), Failed> {
    // A replica of a server that is not there.
    let server = Redis::start_with(["--replicaof", "127.0.0.1 1"])?;
    let problem = check(store(&server)?).await?.problem();
    assert!(problem.is_some(), "a replica takes writes");
    Ok(())
}

async fn away() -> Result<(), Failed> {
    let mut server = Redis::start()?;
    server.kill()?;
    let problem = check(store(&server)?)
        .await?
        .problem()
        .ok_or("it is gone")?;
    assert!(problem.contains("not available"), "{problem}");
    Ok(())
}

async fn tables() -> Result<(), Failed> {
    let server = Postgres::start()?;
    for (migrate, works) in [(false, false), (true, true), (false, true)] {
        let config = config()
            .set("session.store", "postgres")
            .set("session.postgres.url.file", server.url_file()?)
            .set("session.postgres.migrate", migrate);
        let layer = B2cLayer::builder(config.load()?)
            .discover_at_start(false)
            .build()?;
        let problem = layer.check_store().await.problem();
        assert_eq!(problem.is_none(), works, "{problem:?}");
    }
    Ok(())
}
