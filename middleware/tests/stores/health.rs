//! What probes are told of a Redis that goes away and comes back.

use std::time::Duration;

use libtest_mimic::{Failed, Trial};
use tower_b2c::{HealthReport, HealthStatus, RedisStore, Secret};

use crate::server::{Redis, needs};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let away = trial("health_of_redis_goes_red_and_green_again", away);
    vec![needs("redis-server", "apt-get install redis-server", away)]
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
