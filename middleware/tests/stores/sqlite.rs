//! Sessions in a SQLite file: the suite, several processes, and the days when the file is locked or
//! the disk is full.

use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions as _, Executor as _, Row as _, SqliteConnection};
use tower_b2c::testing::store_conformance;
use tower_b2c::{SessionStore as _, SqliteStore, StoredRecord};

use crate::instances::{SIGNED_IN, STRANGER, ask, sign_out_elsewhere};
use crate::postgres::{key, nowhere, record};
use crate::server::{PATIENT, TOLD_WITHIN, eventually};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("sqlite_keeps_every_rule", conformance),
        trial(
            "sqlite_processes_that_start_together_share_the_file",
            together,
        ),
        trial(
            "sqlite_a_sign_out_elsewhere_is_seen_after_a_while",
            sign_out,
        ),
        trial("sqlite_file_is_locked", locked),
        trial("sqlite_one_instance_removes_what_has_expired", expired),
        trial("sqlite_path_is_wrong", wrong_path),
    ]
}

/// A folder of a test's own, gone with it.
pub struct Folder(pub PathBuf);

impl Folder {
    pub fn new(name: &str) -> Result<Self, Failed> {
        let id = std::process::id();
        // In memory where there is such a place: thousands of writes wait for the disk otherwise.
        let memory = PathBuf::from("/dev/shm");
        let place = Some(memory).filter(|memory| memory.is_dir());
        let place = place.unwrap_or_else(|| env!("CARGO_TARGET_TMPDIR").into());
        let path = place.join(format!("tower-b2c-sqlite-{name}-{id}"));
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("sessions.db")
    }

    pub fn store(&self) -> Result<SqliteStore, Failed> {
        Ok(SqliteStore::new(self.file())?)
    }

    /// A connection past the store.
    pub async fn connect(&self) -> Result<SqliteConnection, Failed> {
        Ok(SqliteConnectOptions::new()
            .filename(self.file())
            .connect()
            .await?)
    }

    async fn count(&self, sql: &str) -> Result<i64, Failed> {
        Ok(self.connect().await?.fetch_one(sql).await?.try_get(0)?)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn conformance() -> Result<(), Failed> {
    let folder = Folder::new("suite")?;
    let store = || Ok::<_, Failed>(folder.store()?.timeout(PATIENT));
    Ok(store_conformance(store()?, store()?).await?)
}

/// Each with the suite's whole load, on one file.
async fn together() -> Result<(), Failed> {
    let folder = Folder::new("processes")?;
    let mut processes = Vec::new();
    for _ in 0..3 {
        let mut process = Command::new(std::env::current_exe()?);
        process.env(ELSEWHERE, folder.file());
        processes.push(process.stderr(std::process::Stdio::piped()).spawn()?);
    }
    for process in processes {
        let output = process.wait_with_output()?;
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{told}");
    }
    assert_eq!(folder.count("SELECT count(*) FROM b2c_session").await?, 0);
    Ok(())
}

async fn sign_out() -> Result<(), Failed> {
    let folder = Folder::new("sign-out")?;
    let path = folder.file().display().to_string();
    let world = World::with().config(move |file| {
        let file = file.set("session.store", "sqlite");
        file.set("session.sqlite.path", path)
    });
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(ask(&world.second, &mut visitor).await.1, SIGNED_IN);
    sign_out_elsewhere(&mut visitor).await;
    assert_eq!(ask(&world.app, &mut visitor).await.1, STRANGER);
    world.clock.advance(Duration::from_secs(31));
    assert_eq!(ask(&world.second, &mut visitor).await.1, STRANGER);
    Ok(())
}

async fn locked() -> Result<(), Failed> {
    let folder = Folder::new("locked")?;
    let store = folder.store()?;
    assert!(store.insert(key(1), record(60), nowhere()).await?);
    let mut holder = folder.connect().await?;
    holder.execute("BEGIN EXCLUSIVE").await?;
    let began = Instant::now();
    let late = store.insert(key(2), record(60), nowhere()).await;
    let late = late.unwrap_err().to_string();
    // The one who removes what has expired may wait for the lock before it.
    let is_told = late.contains("locked") || late.contains("timed out");
    assert!(is_told, "{late}");
    assert!(began.elapsed() < TOLD_WITHIN, "{:?}", began.elapsed());
    // With a write-ahead log readers do not mind.
    assert!(store.load(key(1)).await?.is_some());
    holder.execute("COMMIT").await?;
    eventually("the store is back", async || {
        store.touch(key(1), record(90).expires_at).await.is_ok()
    })
    .await
}

async fn expired() -> Result<(), Failed> {
    let folder = Folder::new("expired")?;
    let every = Duration::from_secs(4);
    let store = || Ok::<_, Failed>(folder.store()?.timeout(PATIENT));
    let first = store()?.remove_expired_every(every);
    let second = store()?.remove_expired_every(every);
    assert!(first.insert(key(1), record(3600), nowhere()).await?);
    let token = "SELECT token FROM b2c_lock";
    eventually("the first is elected", async || {
        folder.count(token).await.is_ok()
    })
    .await?;
    let elected = folder.count(token).await?;
    assert!(second.load(key(1)).await?.is_some());
    let fill = "WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2500) \
                INSERT INTO b2c_session SELECT CAST(n AS BLOB), 1, 0, x'', x'', NULL, NULL FROM n";
    let kept = async |what: &str| {
        eventually(what, async || {
            let rows = folder.count("SELECT count(*) FROM b2c_session").await;
            rows.is_ok_and(|rows| rows == 1)
        })
        .await
    };
    folder.connect().await?.execute(fill).await?;
    kept("what has expired is removed").await?;
    assert_eq!(folder.count(token).await?, elected, "another was elected");
    drop(first);
    folder.connect().await?.execute(fill).await?;
    kept("the other takes over").await?;
    assert!(
        folder.count(token).await? > elected,
        "nobody else was elected"
    );
    Ok(())
}

async fn fill_up(store: SqliteStore) -> Result<(), Failed> {
    let large = || StoredRecord {
        bytes: vec![7; 16_000],
        ..record(60)
    };
    let mut confirmed = 0;
    while store
        .insert(key(confirmed), large(), nowhere())
        .await
        .is_ok()
    {
        confirmed += 1;
        if confirmed == u8::MAX {
            return Ok(());
        }
    }
    for number in 0..confirmed {
        assert!(
            store.load(key(number)).await?.is_some(),
            "{number} was confirmed"
        );
    }
    assert!(store.load(key(confirmed)).await?.is_none());
    eprintln!("refused after {confirmed}");
    Ok(())
}

async fn wrong_path() -> Result<(), Failed> {
    for path in [
        "",
        ":memory:",
        "file::memory:?cache=shared",
        "/no/such/directory/sessions.db",
    ] {
        let error = SqliteStore::new(path).map(drop).unwrap_err().to_string();
        assert!(error.contains(path), "{error}");
    }
    Ok(())
}

/// In a process that a test has started.
pub fn tried_elsewhere() -> Option<ExitCode> {
    let suite = std::env::var(ELSEWHERE).ok();
    let path = suite.clone().or_else(|| std::env::var(FULL).ok())?;
    let store = || {
        SqliteStore::new(&path)
            .unwrap()
            .timeout(Duration::from_secs(10))
    };
    let outcome = crate::runtime().unwrap().block_on(async {
        match suite {
            Some(_) => store_conformance(store(), store())
                .await
                .map_err(Failed::from),
            None => fill_up(store()).await,
        }
    });
    if let Err(failed) = &outcome {
        eprintln!("{failed:?}");
    }
    Some(ExitCode::from(u8::from(outcome.is_err())))
}

/// The file to run the suite on, and nothing else.
const ELSEWHERE: &str = "TOWER_B2C_SQLITE_SUITE";
/// The file to fill.
pub const FULL: &str = "TOWER_B2C_SQLITE_FULL";
