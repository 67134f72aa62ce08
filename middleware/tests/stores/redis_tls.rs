//! Redis over TLS with a private authority. Authorities are the system's, so that each trial takes a
//! process with others.

use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use tower_b2c::testing::store_conformance;
use tower_b2c::{RedisStore, Secret, SessionKey, SessionStore as _, StoreError};

use crate::certificates::Shown;
use crate::server::{Redis, needs};
use crate::{cluster, sentinel, trial};

pub fn trials() -> Vec<Trial> {
    let trial = elsewhere("redis_over_tls");
    vec![needs("redis-server", "apt-get install redis-server", trial)]
}

/// A trial in a process of its own that trusts the authority of [`Shown`] and nobody else.
pub fn elsewhere(name: &'static str) -> Trial {
    trial(name, async move || {
        let shown = Shown::new(name)?;
        let mut process = Command::new(std::env::current_exe()?);
        process.env(TRIAL, name);
        process.env("SSL_CERT_FILE", shown.authority);
        let output = process.output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
        Ok(())
    })
}

/// In such a process: the trial itself.
pub fn tried_elsewhere() -> Option<ExitCode> {
    let name = std::env::var(TRIAL).ok()?;
    let shown = Shown::issued(&name);
    let outcome = crate::runtime().and_then(|runtime| {
        runtime.block_on(async {
            match name.as_str() {
                "redis_over_tls" => one_server(shown).await,
                "sentinel_over_tls" => sentinel::over_tls(shown).await,
                "cluster_over_tls" => cluster::over_tls(shown).await,
                _ => Err(format!("there is no trial {name}").into()),
            }
        })
    });
    if let Err(failed) = &outcome {
        eprintln!("{failed:?}");
    }
    Some(ExitCode::from(u8::from(outcome.is_err())))
}

async fn one_server(shown: Shown) -> Result<(), Failed> {
    let server = Redis::start_over(Some(&shown), [])?;
    let by_name = server.url();
    let by_address = by_name.replace("localhost", "127.0.0.1");
    store_conformance(store(&by_name)?, store(&by_address)?).await?;

    for wrong in [&shown.of_a_stranger, &shown.of_another_name] {
        server.shows(wrong)?;
        for url in [&by_name, &by_address] {
            is_refused(&store(url)?).await;
        }
        server.shows(&shown.right)?;
        is_taken(&store(&by_name)?).await?;
    }
    // Who does not speak TLS is not spoken to.
    let plain = format!("rediss://localhost:{}", server.port());
    let refused = store(&plain)?.load(SessionKey::from_bytes([7; 32])).await;
    assert!(refused.is_err());
    Ok(())
}

fn store(url: &str) -> Result<RedisStore, Failed> {
    // Handshakes take their time on a machine that is busy.
    Ok(RedisStore::new(&Secret::new(url))?.timeout(Duration::from_secs(10)))
}

/// Neither asked nor listened to, and that is told in time.
pub async fn is_refused(store: &RedisStore) {
    let started = Instant::now();
    let refused = store.load(SessionKey::from_bytes([7; 32])).await;
    is_about_the_certificate(&refused.expect_err("a load"));
    assert!(store.invalidations().await.is_err(), "it is listened to");
    let took = started.elapsed();
    assert!(took < Duration::from_secs(15), "{took:?}");
}

pub async fn is_taken(store: &RedisStore) -> Result<(), Failed> {
    store.load(SessionKey::from_bytes([7; 32])).await?;
    Ok(())
}

pub fn is_about_the_certificate(error: &StoreError) {
    let told = format!("{error} {error:?}");
    assert!(told.contains("invalid peer certificate"), "{told}");
}

/// Which trial to run, and nothing else.
const TRIAL: &str = "TOWER_B2C_TLS_TRIAL";
