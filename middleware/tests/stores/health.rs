//! What probes are told of a Redis that goes away and comes back.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use tower_b2c::{HealthReport, HealthStatus, RedisStore, Secret};

use crate::server::{Redis, needs};
use crate::support::{Heard, World};
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let away = trial("health_of_redis_goes_red_and_green_again", away);
    // On one thread, which is the one that the recorder hears.
    let frozen = Trial::test("health_of_a_redis_that_is_frozen_is_counted", || {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build()?.block_on(frozen())
    });
    let needs_redis = |trial| needs("redis-server", "apt-get install redis-server", trial);
    vec![needs_redis(away), needs_redis(frozen)]
}

/// It stays connected and answers nobody; nothing but probes asks it.
async fn frozen() -> Result<(), Failed> {
    let heard = Heard::default();
    let _guard = heard.listen();
    let server = Redis::start()?;
    let url = Secret::new(server.url());
    let world = World::with()
        .parts(move |builder| {
            let store = RedisStore::new(&url).expect("a URL");
            builder.store(store.timeout(Duration::from_secs(5)))
        })
        .build()
        .await;
    let loads = |outcome: &str| {
        let labels = format!("backend=redis,operation=load,outcome={outcome}");
        heard.of(&format!("tower_b2c_store_commands_total{{{labels}}}"))
    };
    // The first one may be cut short: a probe waits less than a second, and Redis is connected to.
    for _ in 0..100 {
        world.layer.health().report().await;
        if loads("ok") > 0 {
            break;
        }
    }
    let before = (loads("ok"), loads("cancelled"));
    server.pause()?;
    let report = world.layer.health().report().await;
    let after = (loads("ok"), loads("cancelled"));
    server.go_on()?;
    assert_eq!(report.status(), HealthStatus::Warn, "{report:?}");
    assert!(before.0 > 0, "it was never there");
    assert_eq!(after, (before.0, before.1 + 1));
    Ok(())
}

async fn away() -> Result<(), Failed> {
    let mut server = Redis::start()?;
    let url = Secret::new(server.url());
    let world = World::with()
        .parts(move |builder| builder.store(RedisStore::new(&url).expect("a URL")))
        .build()
        .await;
    let of_store = |report: &HealthReport| {
        let check = report.checks().iter().find(|check| check.name() == "store");
        check.map(tower_b2c::HealthCheck::status)
    };
    let look = || async { world.layer.health().report().await };
    // The first one tells what is known after 0.9 seconds.
    look().await;
    world.layer.readiness().ready().await;
    let report = look().await;
    assert_eq!(report.status(), HealthStatus::Ok, "{report:?}");

    server.kill()?;
    let report = look().await;
    assert_eq!(of_store(&report), Some(HealthStatus::Warn), "{report:?}");
    assert_eq!(
        report.status(),
        HealthStatus::Warn,
        "sessions in memory go on"
    );
    world.wait(Duration::from_secs(301));
    let report = look().await;
    assert_eq!(of_store(&report), Some(HealthStatus::Fail), "{report:?}");
    assert_eq!(report.status(), HealthStatus::Fail);

    server.restart()?;
    // The clock has been moved, of which there is a warning of its own.
    for _ in 0..400 {
        if of_store(&look().await) == Some(HealthStatus::Ok) {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    Err(format!("it stays red: {:?}", look().await).into())
}
