//! The days when PostgreSQL is stopped, stuck, busy or without its tables.

use std::time::{Duration, Instant};

use axum::Router;
use http::StatusCode;
use libtest_mimic::{Failed, Trial};
use sqlx::{Connection as _, Executor as _};
use tower_b2c::SessionStore as _;

use crate::instances::{SIGNED_IN, STRANGER, ask};
use crate::postgres::{key, listening, needs, nowhere, record, store, world};
use crate::postgres_server::Postgres;
use crate::server::{FROM_MEMORY, TOLD_WITHIN, eventually};
use crate::support::Visitor;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("postgres_is_stopped_and_comes_back", stopped),
        trial("postgres_is_restarted_under_load", under_load),
        trial("postgres_stops_answering", paused),
        trial("postgres_connections_are_all_in_use", exhausted),
        trial("postgres_has_lost_its_tables", dropped),
    ];
    trials.map(needs).into()
}

async fn stopped() -> Result<(), Failed> {
    let mut server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    listening(&server, 1).await?;
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    server.stop()?;
    for _ in 0..20 {
        assert_eq!(
            ask(&world.app, &mut visitor).await.1,
            SIGNED_IN,
            "from memory"
        );
    }
    is_refused_soon(&world.second, &mut visitor).await;
    server.restart()?;
    for app in [&world.second, &world.app] {
        eventually("nothing is lost", async || {
            ask(app, &mut visitor).await.1 == SIGNED_IN
        })
        .await?;
    }
    listening(&server, 2).await
}

/// Whoever comes while it is away is refused or served, never a stranger and never kept waiting; all
/// are signed in when it is back.
async fn under_load() -> Result<(), Failed> {
    let mut server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitors = Vec::new();
    for _ in 0..4 {
        let mut visitor = world.visitor();
        visitor.signs_in("/private").await;
        visitors.push(visitor);
    }
    // On a thread of its own: it waits for the process, and the visitors are not to.
    let restarting = tokio::task::spawn_blocking(move || {
        std::thread::sleep(Duration::from_millis(200));
        server.stop()?;
        std::thread::sleep(Duration::from_millis(500));
        server.restart().map(|()| server)
    });
    let asking = async {
        let started = Instant::now();
        let mut refused = 0;
        while started.elapsed() < Duration::from_secs(3) {
            for visitor in &mut visitors {
                for app in [&world.app, &world.second] {
                    let began = Instant::now();
                    let (status, body) = ask(app, visitor).await;
                    assert!(began.elapsed() < TOLD_WITHIN, "{:?}", began.elapsed());
                    refused += usize::from(status == StatusCode::SERVICE_UNAVAILABLE);
                    assert_ne!(body, STRANGER, "a session was taken for lost");
                }
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        refused
    };
    let (restarted, _refused) = tokio::join!(restarting, asking);
    let _server = restarted??;
    for visitor in &mut visitors {
        for app in [&world.app, &world.second] {
            eventually("nothing is lost", async || {
                ask(app, visitor).await.1 == SIGNED_IN
            })
            .await?;
        }
    }
    Ok(())
}

async fn paused() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    let mut other = world.visitor();
    other.signs_in("/private").await;
    // The second instance has connections that were in use.
    assert_eq!(ask(&world.second, &mut other).await.1, SIGNED_IN);
    listening(&server, 2).await?;
    // What was in memory before is looked up once.
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    server.pause()?;
    let started = Instant::now();
    assert_eq!(ask(&world.app, &mut visitor).await.1, SIGNED_IN);
    assert!(started.elapsed() < FROM_MEMORY, "{:?}", started.elapsed());
    for _ in 0..3 {
        is_refused_soon(&world.second, &mut visitor).await;
    }
    server.go_on()?;
    eventually("the other instance finds the session", async || {
        ask(&world.second, &mut visitor).await.1 == SIGNED_IN
    })
    .await
}

/// Somebody holds a lock on the table: those who came first have all connections, and nobody waits.
async fn exhausted() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let store = std::sync::Arc::new(store(&server)?.connections(2));
    assert!(store.insert(key(1), record(60), nowhere()).await?);
    let mut holder = server.connect().await?;
    holder.execute("BEGIN; LOCK TABLE b2c_session").await?;
    let began = Instant::now();
    let mut waiting = Vec::new();
    for _ in 0..20 {
        let store = std::sync::Arc::clone(&store);
        waiting.push(tokio::spawn(async move {
            store.load(key(1)).await.map_err(|error| error.to_string())
        }));
    }
    for waiting in waiting {
        let refused = waiting.await?.unwrap_err();
        assert!(
            refused.contains("within 1000 ms") || refused.contains("timeout"),
            "{refused}"
        );
    }
    assert!(began.elapsed() < TOLD_WITHIN, "{:?}", began.elapsed());
    let stuck = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
    eventually("the server has given them up", async || {
        server.count(stuck).await.is_ok_and(|stuck| stuck == 0)
    })
    .await?;
    holder.close().await?;
    eventually("the store is back", async || {
        store.load(key(1)).await.is_ok()
    })
    .await
}

async fn dropped() -> Result<(), Failed> {
    let server = Postgres::start()?;
    let world = world(&server).await?;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    server.rows("DROP TABLE b2c_session").await?;
    assert_eq!(
        ask(&world.app, &mut visitor).await.1,
        SIGNED_IN,
        "from memory"
    );
    is_refused_soon(&world.second, &mut visitor).await;
    server.rows(&store(&server)?.migration()).await?;
    assert_eq!(ask(&world.second, &mut visitor).await.1, STRANGER);
    let mut newcomer = world.visitor();
    newcomer.signs_in("/private").await;
    assert_eq!(ask(&world.second, &mut newcomer).await.1, SIGNED_IN);
    Ok(())
}

async fn is_refused_soon(app: &Router, visitor: &mut Visitor<'_>) {
    let started = Instant::now();
    let (status, _) = ask(app, visitor).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(started.elapsed() < TOLD_WITHIN, "{:?}", started.elapsed());
}
