//! Sessions in Redis: the suite, the journeys of two instances, and the days when the server is away.

use std::time::{Duration, Instant};

use http::StatusCode;
use libtest_mimic::{Failed, Trial};
use tower_b2c::testing::store_conformance;
use tower_b2c::{LockKey, RedisStore, Secret, SessionStore as _};

use crate::instances::{SIGNED_IN, STRANGER, ask, sign_out_elsewhere};
use crate::server::{FROM_MEMORY, PATIENT, Redis, TOLD_WITHIN, eventually, needs};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("redis_keeps_every_rule", conformance),
        trial("redis_apps_do_not_see_each_others_sessions", prefixes),
        trial("redis_a_sign_out_is_seen_everywhere_at_once", sign_out),
        trial("redis_is_killed_and_restarted_empty", killed),
        trial("redis_stops_answering", paused),
        trial("redis_url_is_wrong", wrong_url),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

fn store(server: &Redis) -> Result<RedisStore, Failed> {
    Ok(RedisStore::new(&Secret::new(server.url()))?)
}

/// Two instances with the configuration that an operator would write.
async fn world(server: &Redis) -> Result<World, Failed> {
    let url = server.url_file()?;
    let world = World::with().config(move |file| {
        let file = file.set("session.store", "redis");
        file.set("session.redis.url.file", url)
    });
    Ok(world.build().await)
}

async fn conformance() -> Result<(), Failed> {
    let server = Redis::start()?;
    let store = || Ok::<_, Failed>(store(&server)?.timeout(PATIENT));
    Ok(store_conformance(store()?, store()?).await?)
}

async fn prefixes() -> Result<(), Failed> {
    let server = Redis::start()?;
    let (shop, blog) = (
        store(&server)?.prefix("shop:"),
        store(&server)?.prefix("blog:"),
    );
    let lock = LockKey::named("both");
    let minute = Duration::from_secs(60);
    let held = shop.lock(lock, minute).await?.is_some() && blog.lock(lock, minute).await?.is_some();
    held.then_some(())
        .ok_or_else(|| "one app's lock is the other's".into())
}

async fn sign_out() -> Result<(), Failed> {
    let server = Redis::start()?;
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

async fn killed() -> Result<(), Failed> {
    let mut server = Redis::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    listening(&server, 1).await?;
    // What was in memory before is looked up once.
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    server.kill()?;
    for _ in 0..20 {
        assert_eq!(
            ask(&world.app, &mut visitor).await.1,
            SIGNED_IN,
            "from memory"
        );
    }
    let started = Instant::now();
    let (status, _) = ask(&world.second, &mut visitor).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(started.elapsed() < TOLD_WITHIN, "{:?}", started.elapsed());

    server.restart()?;
    eventually(
        "the session that the store lost is over everywhere",
        async || {
            ask(&world.app, &mut visitor).await.1 == STRANGER
                && ask(&world.second, &mut visitor).await.1 == STRANGER
        },
    )
    .await?;
    // The provider still knows the visitor.
    visitor.opens("/private").await;
    for app in [&world.app, &world.second] {
        assert_eq!(
            ask(app, &mut visitor).await.1,
            SIGNED_IN,
            "without a restart"
        );
    }
    Ok(())
}

async fn paused() -> Result<(), Failed> {
    let server = Redis::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    listening(&server, 1).await?;
    // What was in memory before is looked up once.
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    server.pause()?;
    let started = Instant::now();
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    assert!(started.elapsed() < FROM_MEMORY, "{:?}", started.elapsed());
    for _ in 0..3 {
        let started = Instant::now();
        let (status, _) = ask(&world.second, &mut visitor).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(started.elapsed() < TOLD_WITHIN, "{:?}", started.elapsed());
    }
    server.go_on()?;
    eventually("the other instance finds the session", async || {
        ask(&world.second, &mut visitor).await.1 == SIGNED_IN
    })
    .await
}

/// Waits until so many instances listen: each begins with its first visitor.
async fn listening(server: &Redis, instances: usize) -> Result<(), Failed> {
    eventually("instances listen", async || {
        server.subscribers().is_ok_and(|count| count >= instances)
    })
    .await
}

async fn wrong_url() -> Result<(), Failed> {
    for url in ["http://127.0.0.1", "redis", "redis://user:s3cret@/x/y"] {
        let Err(error) = RedisStore::new(&Secret::new(url)) else {
            return Err(format!("{url} was taken").into());
        };
        assert!(
            !format!("{error} {error:?}").contains("s3cret"),
            "{error:?}"
        );
    }
    Ok(())
}
