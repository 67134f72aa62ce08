//! A master, its replica, and three Sentinels that replace the one by the other.

use libtest_mimic::{Failed, Trial};
use redis::{Value, cmd};
use tower_b2c::testing::store_conformance;
use tower_b2c::{RedisStore, Secret};

use crate::certificates::Shown;
use crate::crowd::{Crowd, Member, eventually, is_heard};
use crate::redis_tls::{elsewhere, is_refused, is_taken};
use crate::server::{PATIENT, Redis, needs};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("sentinel_master_is_killed", killed),
        trial(
            "sentinel_master_is_frozen_and_comes_back_as_a_replica",
            frozen,
        ),
        trial("sentinel_keeps_every_rule", conformance),
        elsewhere("sentinel_over_tls"),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

struct Watched {
    master: Redis,
    replica: Redis,
    sentinels: Vec<Redis>,
}

impl Watched {
    async fn start(tls: Option<&Shown>) -> Result<Self, Failed> {
        let ours = ["--requirepass", PASSWORD, "--masterauth", PASSWORD];
        let master = Redis::start_over(tls, ours)?.password(PASSWORD);
        let of = format!("127.0.0.1 {}", master.peer_port());
        let replica = Redis::start_over(tls, ours.into_iter().chain(["--replicaof", &of]))?;
        let watch = watch(&master);
        let sentinels: Result<Vec<_>, _> = (0..3).map(|_| Redis::sentinel(tls, &watch)).collect();
        let sentinels = sentinels?
            .into_iter()
            .map(|one| one.password(SENTINELS))
            .collect();
        let watched = Self {
            master,
            replica: replica.password(PASSWORD),
            sentinels,
        };
        eventually("the Sentinels know each other", async || {
            let mut ready = watched.is_replicated()?;
            for sentinel in &watched.sentinels {
                let known = sentinel.info("master0")?;
                ready =
                    ready && known.contains("status=ok,") && known.contains("slaves=1,sentinels=3");
            }
            Ok(ready)
        })
        .await?;
        Ok(watched)
    }

    /// Whether the replica has what the master has.
    fn is_replicated(&self) -> Result<bool, Failed> {
        let is_linked = self.replica.info("master_link_status")? == "up";
        let written = self.master.info("master_repl_offset")?;
        Ok(is_linked && written == self.replica.info("slave_repl_offset")?)
    }

    fn urls(&self) -> Vec<String> {
        self.sentinels.iter().map(Redis::url).collect()
    }

    /// Two instances with the configuration that an operator would write.
    async fn world(&self) -> Result<World, Failed> {
        let urls = self.urls();
        let file = |name: &str, text: &str| {
            let path = format!(
                "{}/{name}-{}",
                env!("CARGO_TARGET_TMPDIR"),
                self.master.port()
            );
            std::fs::write(&path, text).map(|()| path)
        };
        let password = file("password", PASSWORD)?;
        let sentinels = file("sentinel-password", SENTINELS)?;
        let world = World::with().emulator(Crowd::users).config(move |file| {
            file.set("session.store", "redis")
                .set("session.redis.sentinels", urls)
                .set("session.redis.master_name", "main")
                .set("session.redis.password.file", password)
                .set("session.redis.sentinel_password.file", sentinels)
        });
        let world = world.parts(|builder| builder.clock(tower_b2c::SystemClock));
        Ok(world.build().await)
    }

    async fn crowd(&self, world: &World) -> Result<(Crowd, Member), Failed> {
        let gathered = Crowd::gathers(world).await?;
        eventually("the replica has everything", async || self.is_replicated()).await?;
        Ok(gathered)
    }

    async fn loses_its_master(mut self) -> Result<(), Failed> {
        let world = self.world().await?;
        let (crowd, newcomer) = self.crowd(&world).await?;
        self.notices_in_seconds()?;
        self.master.kill()?;
        self.fails_over(&world, &crowd, &newcomer).await?;
        assert_eq!(self.replica.info("role")?, "master");
        Ok(())
    }

    /// From now on: until then a master that is slow is not to be taken for dead.
    fn notices_in_seconds(&self) -> Result<(), Failed> {
        for sentinel in &self.sentinels {
            let mut set = cmd("SENTINEL");
            set.arg("SET").arg("main");
            sentinel.ask::<Value>(set.arg("down-after-milliseconds").arg(2000))?;
        }
        Ok(())
    }

    /// The replica takes over, and no session that it had is lost.
    async fn fails_over(
        &self,
        world: &World,
        crowd: &Crowd,
        newcomer: &Member,
    ) -> Result<(), Failed> {
        eventually("the heir has the session", async || {
            for answer in crowd.asks(&world.second).await {
                assert_eq!(answer.status, 200, "from memory: {}", answer.body);
            }
            let answer = newcomer.asks(&world.second).await;
            if answer.status == 200 {
                return Ok(true);
            }
            answer.is_a_refusal_in_time();
            Ok(false)
        })
        .await?;
        assert!(newcomer.is_known_to(&world.second).await);
        for app in [&world.app, &world.second] {
            crowd.is_known_to(app).await;
        }
        let late = Member::signs_in_at_last(world, 2).await?;
        is_heard(world, &late).await
    }
}

/// What a Sentinel is told.
fn watch(master: &Redis) -> String {
    let port = master.peer_port();
    format!(
        "requirepass {SENTINELS}\n\
         sentinel sentinel-pass {SENTINELS}\n\
         sentinel monitor main 127.0.0.1 {port} 2\n\
         sentinel auth-pass main {PASSWORD}\n\
         sentinel down-after-milliseconds main 30000\n\
         sentinel failover-timeout main 3000\n"
    )
}

async fn killed() -> Result<(), Failed> {
    Watched::start(None).await?.loses_its_master().await
}

/// It does not know that it was replaced, until Sentinel tells it.
async fn frozen() -> Result<(), Failed> {
    let watched = Watched::start(None).await?;
    let world = watched.world().await?;
    let (crowd, newcomer) = watched.crowd(&world).await?;
    watched.notices_in_seconds()?;
    watched.master.pause()?;
    watched.fails_over(&world, &crowd, &newcomer).await?;
    watched.master.go_on()?;
    eventually("the old master is a replica", async || {
        let role = watched.master.info("role");
        Ok(role.is_ok_and(|role| role == "slave"))
    })
    .await?;
    for app in [&world.app, &world.second] {
        Crowd::of(crowd.members().iter()).is_known_to(app).await;
    }
    let late = Member::signs_in_at_last(&world, 3).await?;
    is_heard(&world, &late).await?;
    let keys: usize = watched.replica.ask(&cmd("DBSIZE"))?;
    assert!(keys > crowd.members().len(), "written to the heir");
    Ok(())
}

async fn conformance() -> Result<(), Failed> {
    let watched = Watched::start(None).await?;
    let store = || store(&watched.urls());
    Ok(store_conformance(store()?, store()?).await?)
}

fn store(sentinels: &[String]) -> Result<RedisStore, Failed> {
    let urls: Vec<_> = sentinels.iter().cloned().map(Secret::new).collect();
    let store = RedisStore::sentinel(&urls, "main")?;
    let store = store.sentinel_password(None, &Secret::new(SENTINELS));
    let store = store.password(None, Secret::new(PASSWORD));
    // Handshakes take their time on a machine that is busy.
    Ok(store.timeout(PATIENT))
}

/// Sentinels and servers alike, each of which may be an impostor.
pub async fn over_tls(shown: Shown) -> Result<(), Failed> {
    let watched = Watched::start(Some(&shown)).await?;
    let (first, second) = (store(&watched.urls())?, store(&watched.urls())?);
    store_conformance(first, second).await?;

    for wrong in [&shown.of_a_stranger, &shown.of_another_name] {
        let impostor = Shown {
            right: wrong.clone(),
            ..shown.clone()
        };
        let impostor = Redis::sentinel(Some(&impostor), &watch(&watched.master))?;
        is_refused(&store(&[impostor.url()])?).await;
        // The others are believed.
        let mut urls = watched.urls();
        urls.insert(0, impostor.url());
        is_taken(&store(&urls)?).await?;

        watched.master.shows(wrong)?;
        is_refused(&store(&watched.urls())?).await;
        watched.master.shows(&shown.right)?;
        is_taken(&store(&watched.urls())?).await?;
    }
    watched.loses_its_master().await
}

const PASSWORD: &str = "of-the-servers";
const SENTINELS: &str = "of-the-sentinels";
