//! PostgreSQL over TLS, with `sslmode=verify-full` and a private authority.

use std::time::Instant;

use libtest_mimic::{Failed, Trial};
use tower_b2c::testing::store_conformance;
use tower_b2c::{PostgresStore, Secret, SessionKey, SessionStore as _};

use crate::certificates::Shown;
use crate::crowd::{Crowd, Member, is_heard};
use crate::postgres::needs;
use crate::postgres_server::Postgres;
use crate::server::{PATIENT, TOLD_WITHIN};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("postgres_over_tls_keeps_every_rule", conformance),
        trial("postgres_is_not_who_it_should_be", impostor),
        trial("postgres_certificate_is_replaced", replaced),
    ];
    trials.map(needs).into()
}

fn url(server: &Postgres, host: &str, shown: &Shown) -> String {
    let url = server.url().replace("127.0.0.1", host);
    format!("{url}?sslmode=verify-full&sslrootcert={}", shown.authority)
}

fn store(server: &Postgres, host: &str, shown: &Shown) -> Result<PostgresStore, Failed> {
    Ok(PostgresStore::new(&Secret::new(url(server, host, shown)))?)
}

async fn conformance() -> Result<(), Failed> {
    let shown = Shown::new("postgres-conformance")?;
    let server = Postgres::start_with_tls(&shown.right)?;
    // By name and by address; what listens is to come the same way.
    let first = store(&server, "localhost", &shown)?.timeout(PATIENT);
    let second = store(&server, "127.0.0.1", &shown)?.timeout(PATIENT);
    let _listening = first.invalidations().await?;
    store_conformance(first, second).await?;
    let _first = store(&server, "localhost", &shown)?.invalidations().await?;
    let connections = "SELECT count(*) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                       WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    assert!(server.count(connections).await? >= 2, "nobody is connected");
    let in_the_clear = format!("{connections} AND NOT ssl");
    assert_eq!(server.count(&in_the_clear).await?, 0);
    Ok(())
}

/// Nobody logs in where the certificate is wrong: the password is not told, and nothing is asked.
async fn impostor() -> Result<(), Failed> {
    let shown = Shown::new("postgres-impostor")?;
    let plain = Postgres::start()?;
    let stranger = Postgres::start_with_tls(&shown.of_a_stranger)?;
    let of_another_name = Postgres::start_with_tls(&shown.of_another_name)?;
    let cases = [
        (&plain, "does not support TLS"),
        (&stranger, "UnknownIssuer"),
        (&of_another_name, "not valid for name"),
    ];
    for (server, expected) in cases {
        let store = store(server, "localhost", &shown)?;
        let started = Instant::now();
        let key = SessionKey::from_bytes([7; 32]);
        let refused = store.load(key).await.expect_err(expected);
        let told = format!("{refused} {refused:?}");
        assert!(told.contains(expected), "{expected} in {told}");
        assert!(!told.contains("s3cret"), "{told}");
        let refused = store.invalidations().await.err();
        assert!(refused.is_some(), "{expected}, and it is listened to");
        let took = started.elapsed();
        assert!(took < TOLD_WITHIN, "{took:?}");
    }
    Ok(())
}

/// An impostor takes the server's place while the app runs, and leaves it again; at last the authority
/// renews the certificate.
async fn replaced() -> Result<(), Failed> {
    let shown = Shown::new("postgres-replaced")?;
    let server = Postgres::start_with_tls(&shown.right)?;
    let file = server.url_file()?;
    std::fs::write(&file, url(&server, "localhost", &shown))?;
    let world = World::with()
        .emulator(Crowd::users)
        .config(move |settings| {
            let settings = settings.set("session.store", "postgres");
            settings.set("session.postgres.url.file", file)
        });
    let world = world.parts(|builder| builder.clock(tower_b2c::SystemClock));
    let world = world.build().await;
    let (crowd, _) = Crowd::gathers(&world).await?;
    for wrong in [&shown.of_a_stranger, &shown.of_another_name] {
        let newcomer = Member::signs_in_at_last(&world, 0).await?;
        server.shows(wrong).await?;
        for answer in crowd.asks(&world.second).await {
            assert_eq!(answer.status, 200, "from memory: {}", answer.body);
        }
        newcomer.asks(&world.second).await.is_a_refusal_in_time();
        server.shows(&shown.right).await?;
        is_heard(&world, &newcomer).await?;
    }
    Ok(())
}
