//! `session.max_per_user` where sign-ins of one user come at the same moment, at instances that share
//! nothing but the store.

use axum::Router;
use axum::body::Body;
use http::{Request, StatusCode, header};
use libtest_mimic::{Failed, Trial};
use tower::ServiceExt as _;

use crate::crowd::eventually;
use crate::instances::SIGNED_IN;
use crate::postgres_server::Postgres;
use crate::server::{Redis, needs};
use crate::sqlite::Folder;
use crate::support::{World, sign_in_at_once};
use crate::{postgres, trial};

pub fn trials() -> Vec<Trial> {
    let on_redis = trial("redis_many_sign_ins_at_once", on_redis);
    vec![
        needs("redis-server", "apt-get install redis-server", on_redis),
        postgres::needs(trial("postgres_many_sign_ins_at_once", on_postgres)),
        trial("sqlite_many_sign_ins_at_once", on_sqlite),
    ]
}

async fn on_redis() -> Result<(), Failed> {
    let server = Redis::start()?;
    as_many_stay_as_may("redis", "session.redis.url.file", server.url_file()?).await
}

async fn on_postgres() -> Result<(), Failed> {
    let server = Postgres::start()?;
    as_many_stay_as_may("postgres", "session.postgres.url.file", server.url_file()?).await
}

async fn on_sqlite() -> Result<(), Failed> {
    let folder = Folder::new("limits")?;
    let path = folder.file().to_string_lossy().into_owned();
    as_many_stay_as_may("sqlite", "session.sqlite.path", path).await
}

/// Neither one more nor one fewer, and those are whom the instances know.
async fn as_many_stay_as_may(
    store: &'static str,
    place: &'static str,
    at: String,
) -> Result<(), Failed> {
    for (when_full, most) in [
        ("refuse", 1),
        ("refuse", 3),
        ("end_oldest", 1),
        ("end_oldest", 3),
    ] {
        let at = at.clone();
        let world = World::with().config(move |file| {
            file.set("session.store", store)
                .set(place, at)
                .set("session.max_per_user", most)
                .set("session.when_full", when_full)
                .set("session.revalidate_seconds", 1)
                // They wait for each other, on a machine that may be busy.
                .set(format!("session.{store}.timeout_seconds"), 10)
        });
        let world = world.parts(|builder| builder.clock(tower_b2c::SystemClock));
        let world = world.build().await;
        let users = world.emulator.users();
        let is_ada = |user: &&b2c_emulator::User| user.sign_in_name() == "ada@emulator.example";
        let ada = users.iter().find(is_ada).ok_or("no Ada")?.object_id();
        let sessions = world.layer.user_sessions("default", ada);

        let mut known: Vec<String> = Vec::new();
        for round in 0..2 {
            let racers = sign_in_at_once(&world, RACERS).await;
            let told: Vec<_> = racers.iter().map(|racer| racer.status).collect();
            let listed = sessions.list().await?.len();
            let case = format!("{store}, {when_full} {most}, round {round}: {told:?}");
            assert_eq!(listed, most as usize, "{case}");
            let refused = told
                .iter()
                .filter(|status| **status == StatusCode::FORBIDDEN);
            if when_full == "refuse" {
                let expected = if round == 0 {
                    RACERS - most as usize
                } else {
                    RACERS
                };
                assert_eq!(refused.count(), expected, "{case}");
            }
            known.extend(racers.into_iter().filter_map(|racer| racer.cookie));
            for app in [&world.app, &world.second] {
                eventually(&case, async || {
                    let mut signed_in = 0;
                    for cookie in &known {
                        signed_in += usize::from(greets(app, cookie).await);
                    }
                    Ok(signed_in == most as usize)
                })
                .await?;
            }
        }
        sessions.end_all().await?;
    }
    Ok(())
}

const RACERS: usize = 8;

async fn greets(app: &Router, cookie: &str) -> bool {
    let request = Request::get("/").header(header::COOKIE, cookie);
    let answer = app.clone().oneshot(request.body(Body::empty()).unwrap());
    let body = axum::body::to_bytes(answer.await.unwrap().into_body(), 10_000).await;
    body.unwrap() == SIGNED_IN
}
