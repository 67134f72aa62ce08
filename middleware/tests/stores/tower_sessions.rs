//! Sessions in stores of tower-sessions: what is kept on one process, and what is not on several.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use libtest_mimic::{Failed, Trial};
use tower_b2c::testing::{broken_rules, store_conformance};
use tower_b2c::{SessionStore as _, TowerSessionsStore};
use tower_sessions_core::SessionStore;
use tower_sessions_core::session::{Id, Record};
use tower_sessions_core::session_store::{Error, Result};
use tower_sessions_memory_store::MemoryStore;

use crate::instances::{SIGNED_IN, STRANGER, ask, sign_out_elsewhere};
use crate::postgres::{key, nowhere, record};
use crate::server::TOLD_WITHIN;
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    vec![
        trial("tower_sessions_in_memory_keep_every_rule", memory),
        trial("tower_sessions_in_files_keep_every_rule", files),
        trial(
            "tower_sessions_on_several_processes_break_the_rules_named",
            processes,
        ),
        trial("tower_sessions_are_shared_by_two_instances", instances),
        trial("tower_sessions_store_that_hangs_is_not_waited_for", hangs),
        trial("tower_sessions_records_of_others_are_left_alone", others),
    ]
}

async fn memory() -> std::result::Result<(), Failed> {
    let store = Arc::new(TowerSessionsStore::new(MemoryStore::default()));
    Ok(store_conformance(Arc::clone(&store), store).await?)
}

async fn files() -> std::result::Result<(), Failed> {
    let id = std::process::id();
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tower-sessions-{id}"));
    std::fs::create_dir_all(&folder)?;
    let store = Arc::new(TowerSessionsStore::new(Files(folder.clone())));
    let outcome = store_conformance(Arc::clone(&store), store).await;
    std::fs::remove_dir_all(folder)?;
    Ok(outcome?)
}

/// Two that do not take turns with each other, as in two processes.
async fn processes() -> std::result::Result<(), Failed> {
    let shared = Slow(MemoryStore::default());
    let one = TowerSessionsStore::new(shared.clone());
    let other = TowerSessionsStore::new(shared);
    let broken = broken_rules(one, other).await;
    let broken: Vec<_> = broken
        .iter()
        .map(tower_b2c::testing::BrokenRule::rule)
        .collect();
    let named = TowerSessionsStore::<Slow>::RULES_OF_ONE_PROCESS;
    assert!(broken.iter().all(|rule| named.contains(rule)), "{broken:?}");
    assert!(broken.contains(&"no-update-is-lost"), "{broken:?}");
    // The store notices an id that is taken.
    assert!(!broken.contains(&"one-insert-wins"), "{broken:?}");
    Ok(())
}

async fn instances() -> std::result::Result<(), Failed> {
    let shared = MemoryStore::default();
    let world = World::with().parts(move |builder| {
        let store = TowerSessionsStore::new(shared.clone());
        builder.store(store.timeout(Duration::from_millis(100)))
    });
    let world = world.build().await;
    let mut visitor = world.visitor();
    visitor.signs_in("/private").await;
    assert_eq!(ask(&world.second, &mut visitor).await.1, SIGNED_IN);
    sign_out_elsewhere(&mut visitor).await;
    assert_eq!(ask(&world.app, &mut visitor).await.1, STRANGER);
    // A visit that was under way may have saved the session again, for a moment. Within these steps of
    // the clock it does not end by itself.
    for _ in 0..30 {
        world.clock.advance(Duration::from_secs(31));
        if ask(&world.second, &mut visitor).await.1 == STRANGER {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Err("the sign-out is not seen by the other instance".into())
}

async fn hangs() -> std::result::Result<(), Failed> {
    let store = TowerSessionsStore::new(Hanging).timeout(Duration::from_millis(200));
    let began = Instant::now();
    let error = store.load(key(1)).await.unwrap_err().to_string();
    assert!(error.contains("within 200 ms"), "{error}");
    assert!(began.elapsed() < TOLD_WITHIN, "{:?}", began.elapsed());
    Ok(())
}

/// What the app itself keeps in the store, or a record whose id begins alike, is not a session.
async fn others() -> std::result::Result<(), Failed> {
    let shared = MemoryStore::default();
    let store = TowerSessionsStore::new(shared.clone());
    assert!(store.insert(key(1), record(60), nowhere()).await?);
    let alike = tower_b2c::SessionKey::from_bytes({
        let mut bytes = [1; 32];
        bytes[31] = 2;
        bytes
    });
    assert!(store.load(alike).await?.is_none());
    assert!(!store.delete(alike).await?);
    assert!(!store.insert(alike, record(60), nowhere()).await?);
    let mut foreign = Record {
        id: Id(i128::from_be_bytes([3; 16])),
        data: [("name".to_owned(), "Ada".into())].into(),
        expiry_date: (std::time::SystemTime::now() + Duration::from_secs(60)).into(),
    };
    shared.create(&mut foreign).await?;
    let error = store.load(key(3)).await.unwrap_err().to_string();
    assert!(error.contains("is not one of tower-b2c"), "{error}");
    assert!(store.load(key(1)).await?.is_some());
    Ok(())
}

/// Takes a moment for everything, as a server does.
#[derive(Clone, Debug)]
struct Slow(MemoryStore);

#[async_trait]
impl SessionStore for Slow {
    async fn create(&self, record: &mut Record) -> Result<()> {
        pause().await;
        self.0.create(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        pause().await;
        self.0.save(record).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        pause().await;
        self.0.load(id).await
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        pause().await;
        self.0.delete(id).await
    }
}

async fn pause() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Never answers.
#[derive(Debug)]
struct Hanging;

#[async_trait]
impl SessionStore for Hanging {
    async fn save(&self, _: &Record) -> Result<()> {
        std::future::pending().await
    }

    async fn load(&self, _: &Id) -> Result<Option<Record>> {
        std::future::pending().await
    }

    async fn delete(&self, _: &Id) -> Result<()> {
        std::future::pending().await
    }
}

/// A file for each record; one that is written is moved to its place. An expired one stays.
#[derive(Debug)]
struct Files(PathBuf);

impl Files {
    fn file(&self, id: Id) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }
}

#[async_trait]
impl SessionStore for Files {
    async fn save(&self, record: &Record) -> Result<()> {
        let text = serde_json::to_vec(record).map_err(|error| Error::Encode(error.to_string()))?;
        let draft = self.0.join(format!("{}.draft", Id::default()));
        let written = std::fs::write(&draft, text)
            .and_then(|()| std::fs::rename(draft, self.file(record.id)));
        written.map_err(|error| Error::Backend(error.to_string()))
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let text = match std::fs::read(self.file(*id)) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::Backend(error.to_string())),
        };
        let record = serde_json::from_slice(&text);
        record.map_err(|error| Error::Decode(error.to_string()))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        match std::fs::remove_file(self.file(*id)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                Err(Error::Backend(error.to_string()))
            }
            _ => Ok(()),
        }
    }
}
