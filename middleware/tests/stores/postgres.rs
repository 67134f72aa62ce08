//! Sessions in PostgreSQL: the suite, the tables, and what instances hear of each other.

use std::time::{Duration, SystemTime};

use libtest_mimic::{Failed, Trial};
use sqlx::Executor as _;
use tower_b2c::testing::store_conformance;
use tower_b2c::{
    IndexEntry, IndexKey, LockKey, PostgresStore, Secret, SessionKey, SessionStore as _,
    StoredRecord,
};

use crate::instances::{SIGNED_IN, STRANGER, ask, sign_out_elsewhere};
use crate::pooler::Pooler;
use crate::postgres_process::program;
use crate::postgres_server::Postgres;
use crate::server::{PATIENT, eventually, needs_found};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("postgres_keeps_every_rule", conformance),
        trial(
            "postgres_keeps_every_rule_without_prepared_statements",
            unprepared,
        ),
        trial(
            "postgres_instances_that_start_together_make_the_tables_once",
            together,
        ),
        trial("postgres_tables_can_be_made_beforehand", beforehand),
        trial("postgres_apps_do_not_see_each_others_sessions", prefixes),
        trial("postgres_a_sign_out_is_seen_everywhere_at_once", sign_out),
        trial("postgres_listener_that_was_cut_off_listens_again", cut_off),
        trial("postgres_one_instance_removes_what_has_expired", expired),
        trial("postgres_url_is_wrong", wrong_url),
    ];
    let behind = trial("postgres_keeps_every_rule_behind_a_pooler", behind_a_pooler);
    let found = program("pgbouncer").is_some();
    let behind = needs_found(found, "pgbouncer", "apt-get install pgbouncer", behind);
    trials.into_iter().chain([behind]).map(needs).collect()
}

/// Ignored without the server's programs, but for CI.
pub fn needs(trial: Trial) -> Trial {
    let install = "apt-get install postgresql";
    needs_found(program("initdb").is_some(), "postgres", install, trial)
}

pub fn store(server: &Postgres) -> Result<PostgresStore, Failed> {
    Ok(PostgresStore::new(&Secret::new(server.url()))?)
}

/// Two instances with the configuration that an operator would write.
pub async fn world(server: &Postgres) -> Result<World, Failed> {
    let url = server.url_file()?;
    let world = World::with().config(move |file| {
        let file = file.set("session.store", "postgres");
        file.set("session.postgres.url.file", url)
    });
    Ok(world.build().await)
}

/// A connection that listens. After some seconds of silence it looks whether it is still there.
const LISTENS: &str = "(query LIKE 'LISTEN%' OR query = 'SELECT 1')";

/// Waits until that many instances hear of each other's writes.
pub async fn listening(server: &Postgres, instances: i64) -> Result<(), Failed> {
    let listeners = format!("SELECT count(*) FROM pg_stat_activity WHERE {LISTENS}");
    eventually("the instances listen", async || {
        server
            .count(&listeners)
            .await
            .is_ok_and(|count| count == instances)
    })
    .await
}

async fn conformance() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let store = || Ok::<_, Failed>(store(&server)?.timeout(PATIENT));
    Ok(store_conformance(store()?, store()?).await?)
}

async fn unprepared() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let store = || -> Result<_, Failed> {
        let store = store(&server)?.prepared_statements(false);
        let store = store.timeout(PATIENT);
        Ok(store.schema("shop")?.prefix("web_")?)
    };
    store_conformance(store()?, store()?).await?;
    let tables =
        "SELECT count(*) FROM pg_tables WHERE schemaname = 'shop' AND tablename LIKE 'web%'";
    assert_eq!(server.count(tables).await?, 2);
    Ok(())
}

/// PgBouncer gives each transaction another connection.
async fn behind_a_pooler() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let pooler = Pooler::start(&server)?;
    let store = || -> Result<_, Failed> {
        let store = PostgresStore::new(&Secret::new(pooler.url()))?.prepared_statements(false);
        let store = store.timeout(PATIENT);
        Ok(store.listen_url(&Secret::new(server.url()))?)
    };
    Ok(store_conformance(store()?, store()?).await?)
}

async fn together() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let patient = |store: PostgresStore| store.timeout(PATIENT).connections(1);
    let mut starting = Vec::new();
    for number in 0..12 {
        let store = patient(store(&server)?).schema("sessions")?;
        starting.push(tokio::spawn(async move {
            let added = store.insert(key(number), record(60), nowhere()).await;
            added.map_err(|error| error.to_string())
        }));
    }
    for starting in starting {
        assert_eq!(starting.await?, Ok(true));
    }
    let rows = "SELECT count(*) FROM sessions.b2c_session";
    assert_eq!(server.count(rows).await?, 12);
    Ok(())
}

async fn beforehand() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let store = store(&server)?.migrate(false);
    let missing = store.load(key(1)).await.unwrap_err().to_string();
    assert!(missing.contains("b2c_session"), "{missing}");
    for _ in 0..2 {
        server
            .connect()
            .await?
            .execute(store.migration().as_str())
            .await?;
    }
    assert!(store.load(key(1)).await?.is_none());
    let page = include_str!("../../docs/sql.md");
    let statements = store.migration();
    for line in statements
        .lines()
        .filter(|line| !line.starts_with("SELECT"))
    {
        assert!(page.contains(line), "docs/sql.md has no {line}");
    }
    Ok(())
}

async fn prefixes() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let shop = store(&server)?.prefix("shop_")?;
    let blog = store(&server)?.prefix("blog_")?;
    let lock = LockKey::named("both");
    let minute = Duration::from_secs(60);
    assert!(shop.lock(lock, minute).await?.is_some());
    assert!(blog.lock(lock, minute).await?.is_some());
    assert!(shop.insert(key(1), record(60), nowhere()).await?);
    assert!(blog.load(key(1)).await?.is_none());
    Ok(())
}

async fn sign_out() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    for app in [&world.app, &world.second] {
        assert_eq!(ask(app, &mut visitor).await.1, SIGNED_IN);
    }
    listening(&server, 2).await?;
    sign_out_elsewhere(&mut visitor).await;
    // The clock stands still, so nobody looks again by himself.
    eventually("the other instance hears of it", async || {
        ask(&world.second, &mut visitor).await.1 == STRANGER
    })
    .await
}

/// What is written while an instance does not listen, it hears of when it listens again.
async fn cut_off() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(ask(&world.second, &mut visitor).await.1, SIGNED_IN);
    listening(&server, 2).await?;
    let cut =
        format!("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE {LISTENS}");
    assert_eq!(server.count(&cut).await?, 2);
    sign_out_elsewhere(&mut visitor).await;
    eventually("the other instance hears of the sign-out", async || {
        ask(&world.second, &mut visitor).await.1 == STRANGER
    })
    .await?;
    listening(&server, 2).await
}

async fn expired() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let every = Duration::from_secs(4);
    let store = || Ok::<_, Failed>(store(&server)?.timeout(PATIENT));
    let first = store()?.remove_expired_every(every);
    let second = store()?.remove_expired_every(every);
    assert!(first.insert(key(1), record(3600), nowhere()).await?);
    let rows = "SELECT count(*) FROM b2c_session";
    let token = "SELECT token FROM b2c_lock";
    eventually("the first is elected", async || {
        server.count(token).await.is_ok()
    })
    .await?;
    let elected = server.count(token).await?;
    assert!(second.load(key(1)).await?.is_some());
    // More than one batch, and some that are past their time by less than clocks may differ.
    let fill = "INSERT INTO b2c_session \
                SELECT sha256(n::text::bytea), 1, extract(epoch FROM now()) * 1000 - 120000, '', '' \
                FROM generate_series(1, 2500) AS n";
    server.rows(fill).await?;
    let just_over = SystemTime::now() - Duration::from_secs(10);
    let just_over = StoredRecord {
        expires_at: just_over,
        ..record(0)
    };
    assert!(second.insert(key(2), just_over, nowhere()).await?);
    let kept = async |what: &str| {
        eventually(what, async || {
            server.count(rows).await.is_ok_and(|rows| rows == 2)
        })
        .await
    };
    kept("what has expired is removed").await?;
    assert_eq!(server.count(token).await?, elected, "another was elected");

    drop(first);
    server.rows(fill).await?;
    kept("the other takes over").await?;
    assert!(
        server.count(token).await? > elected,
        "nobody else was elected"
    );
    assert!(second.load(key(1)).await?.is_some());
    Ok(())
}

async fn wrong_url() -> Result<(), Failed> {
    let urls = [
        "http://127.0.0.1/shop",
        "postgres",
        "mysql://user:s3cret@localhost/shop",
        "postgres://user:s3cret@localhost:port/shop",
        "postgres://user:s3cret@localhost/shop?sslmode=perhaps",
    ];
    for url in urls {
        let Err(error) = PostgresStore::new(&Secret::new(url)) else {
            return Err(format!("{url} was taken").into());
        };
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
    let nobody = PostgresStore::new(&Secret::new("postgres://user:s3cret@127.0.0.1:1/shop"))?;
    let error = nobody.load(key(1)).await.unwrap_err();
    assert!(!format!("{error} {error:?} {nobody:?}").contains("s3cret"));
    // Names go into statements as they are.
    assert!(nobody.prefix("x; DROP").is_err());
    Ok(())
}

pub fn key(number: u8) -> SessionKey {
    SessionKey::from_bytes([number; 32])
}

pub fn record(seconds: u64) -> StoredRecord {
    StoredRecord {
        version: 0,
        expires_at: SystemTime::now() + Duration::from_secs(seconds),
        bytes: b"sealed".to_vec(),
    }
}

pub fn nowhere() -> IndexEntry {
    let keys: Vec<IndexKey> = Vec::new();
    let summary = Vec::new();
    IndexEntry { keys, summary }
}
