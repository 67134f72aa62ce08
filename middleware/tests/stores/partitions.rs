//! Redis is there, and the network between it and an instance is not.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use libtest_mimic::{Failed, Trial};
use tower_b2c::{RedisStore, Secret, SystemClock};

use crate::crowd::{Crowd, Member, eventually, is_heard};
use crate::proxy::{Network, Proxy};
use crate::server::{Redis, TOLD_WITHIN, needs};
use crate::support::World;
use crate::trial;

pub fn trials() -> Vec<Trial> {
    let trials = [
        trial("redis_connections_are_cut", cut),
        trial("redis_cannot_be_reached_for_ten_seconds", unreachable),
        trial("redis_is_frozen_for_ten_seconds", frozen),
        trial("redis_is_slow", slow),
        trial("redis_connections_are_forgotten_on_the_way", half_open),
        trial("redis_hears_later_of_a_sign_out", sign_out),
        trial("redis_loses_a_sign_out", lost_sign_out),
        trial("redis_grace_ends", grace),
    ];
    let install = "apt-get install redis-server";
    trials
        .map(|trial| needs("redis-server", install, trial))
        .into()
}

/// Two instances, of which the second reaches the server through a network of its own.
struct Setting {
    server: Redis,
    proxy: Proxy,
    world: World,
}

impl Setting {
    async fn new() -> Result<Self, Failed> {
        Self::with_seconds(30, 300).await
    }

    async fn with_seconds(revalidate: u32, grace: u32) -> Result<Self, Failed> {
        let server = Redis::start()?;
        let proxy = Proxy::to(server.port()).await?;
        let urls = [server.url(), proxy.url()];
        let next = AtomicUsize::new(0);
        let world = World::with()
            .emulator(Crowd::users)
            .config(move |file| {
                let file = file.set("session.revalidate_seconds", revalidate);
                file.set("session.store_grace_seconds", grace)
            })
            .parts(move |builder| {
                let url = urls[next.fetch_add(1, Ordering::SeqCst)].as_str();
                let store = RedisStore::new(&Secret::new(url)).expect("a URL of Redis");
                builder.clock(SystemClock).store(store)
            });
        let world = world.build().await;
        Ok(Self {
            server,
            proxy,
            world,
        })
    }

    /// All but one, who will be new to the second instance, are known to both; and both listen.
    async fn crowd(&self) -> Result<(Crowd, Member), Failed> {
        let gathered = Crowd::gathers(&self.world).await?;
        self.both_listen().await?;
        Ok(gathered)
    }

    async fn both_listen(&self) -> Result<(), Failed> {
        let listening = async || Ok(self.server.subscribers()? >= 2);
        eventually("both instances listen", listening).await
    }

    async fn all_are_known(&self, crowd: &Crowd) {
        for app in [&self.world.app, &self.world.second] {
            crowd.is_known_to(app).await;
        }
    }

    /// The second instance answers from memory whom it knows, and the newcomer not at all, and never
    /// keeps anybody waiting.
    async fn storm(&self, crowd: &Crowd, newcomer: &Member, time: Duration) {
        let started = Instant::now();
        while started.elapsed() < time {
            for answer in crowd.asks(&self.world.second).await {
                assert_eq!(answer.status, 200, "{}", answer.body);
                assert!(answer.took < TOLD_WITHIN, "{:?}", answer.took);
            }
            newcomer
                .asks(&self.world.second)
                .await
                .is_a_refusal_in_time();
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The second instance knows the member at the first or the second try.
    async fn knows_soon(&self, member: &Member) -> Result<(), Failed> {
        let started = Instant::now();
        eventually("the member is known", async || {
            Ok(member.is_known_to(&self.world.second).await)
        })
        .await?;
        assert!(started.elapsed() < TOLD_WITHIN, "{:?}", started.elapsed());
        Ok(())
    }

    /// Zero sessions are lost, nothing was restarted, and nobody came back as a herd.
    async fn recovers(&self, crowd: &Crowd, newcomer: &Member) -> Result<(), Failed> {
        eventually("the newcomer is known", async || {
            Ok(newcomer.is_known_to(&self.world.second).await)
        })
        .await?;
        self.both_listen().await?;
        self.all_are_known(crowd).await;
        is_heard(&self.world, &crowd.members()[3]).await
    }
}

async fn cut() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    let before = setting.proxy.connections();
    setting.proxy.is(Network::Drops);
    setting
        .storm(&crowd, &newcomer, Duration::from_secs(4))
        .await;
    let tried = setting.proxy.connections() - before;
    // Pauses of 50 ms, 100 ms … 2 s, each halved at most, for requests; longer ones for the listener.
    assert!(tried <= 30, "{tried} attempts in 4 s");
    let before = setting.proxy.connections();
    setting.proxy.is(Network::Works);
    setting.recovers(&crowd, &newcomer).await?;
    let tried = setting.proxy.connections() - before;
    assert!(tried <= 10, "{tried} connections for one instance");
    Ok(())
}

async fn unreachable() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    setting.proxy.is(Network::Swallows);
    setting
        .storm(&crowd, &newcomer, Duration::from_secs(10))
        .await;
    setting.proxy.is(Network::Works);
    setting.recovers(&crowd, &newcomer).await
}

async fn frozen() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    setting.server.pause()?;
    setting
        .storm(&crowd, &newcomer, Duration::from_secs(10))
        .await;
    setting.server.go_on()?;
    setting.recovers(&crowd, &newcomer).await
}

/// Slower than is agreeable, then slower than is allowed.
async fn slow() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    setting
        .proxy
        .is(Network::Delays(Duration::from_millis(100)));
    setting.knows_soon(&newcomer).await?;
    let other = Member::signs_in_at_last(&setting.world, 1).await?;
    setting
        .proxy
        .is(Network::Delays(Duration::from_millis(700)));
    setting.storm(&crowd, &other, Duration::from_secs(2)).await;
    setting.proxy.is(Network::Works);
    setting.recovers(&crowd, &other).await
}

/// As a firewall does with connections that were idle: there is no answer, and no end.
async fn half_open() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    setting.proxy.forgets_connections();
    let answer = newcomer.asks(&setting.world.second).await;
    if answer.status != 200 {
        answer.is_a_refusal_in_time();
    }
    // Over a new connection.
    setting.knows_soon(&newcomer).await?;
    let member = &crowd.members()[2];
    member.signs_out(&setting.world.app).await;
    let started = Instant::now();
    eventually("the listener notices by itself", async || {
        Ok(member.is_a_stranger_to(&setting.world.second).await)
    })
    .await?;
    assert!(
        started.elapsed() < Duration::from_secs(15),
        "{:?}",
        started.elapsed()
    );
    setting
        .all_are_known(&Crowd::of(crowd.members().iter().skip(3)))
        .await;
    Ok(())
}

/// It counts at once where it was made, and everywhere as soon as the store hears of it.
async fn sign_out() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, newcomer) = setting.crowd().await?;
    let (app, second) = (&setting.world.app, &setting.world.second);
    setting.proxy.is(Network::Drops);
    // One that the instance knows, and one whom it cannot even look up.
    for member in [&crowd.members()[0], &newcomer] {
        let answer = member.signs_out(second).await;
        assert_eq!(answer.status, 303, "{}", answer.body);
        assert!(answer.took < Duration::from_secs(12), "{:?}", answer.took);
        let after = member.asks(second).await;
        assert!(!after.body.contains("Hello, User"), "{}", after.body);
        assert!(member.is_known_to(app).await, "nobody could tell it");
    }
    setting.proxy.is(Network::Works);
    for member in [&crowd.members()[0], &newcomer] {
        eventually("the other instance knows", async || {
            assert!(!member.is_known_to(second).await, "signed out there before");
            Ok(member.is_a_stranger_to(app).await)
        })
        .await?;
        eventually("it stays so", async || {
            Ok(member.is_a_stranger_to(second).await)
        })
        .await?;
    }
    setting
        .all_are_known(&Crowd::of(crowd.members().iter().skip(1)))
        .await;
    Ok(())
}

/// What a replica that lagged behind has when it takes over: a record that was deleted.
async fn lost_sign_out() -> Result<(), Failed> {
    let setting = Setting::new().await?;
    let (crowd, _) = setting.crowd().await?;
    let member = &crowd.members()[5];
    let before = setting.server.dump()?;
    let answer = member.signs_out(&setting.world.second).await;
    assert_eq!(answer.status, 303, "{}", answer.body);
    eventually("the first instance hears of it", async || {
        Ok(member.is_a_stranger_to(&setting.world.app).await)
    })
    .await?;
    setting.proxy.is(Network::Drops);
    setting.server.restores(&before)?;
    // It has looked in vain a moment ago, and remembers that for some seconds.
    eventually("the copy is an old one", async || {
        setting.world.clock.advance(Duration::from_secs(1));
        Ok(member.is_known_to(&setting.world.app).await)
    })
    .await?;
    setting.proxy.is(Network::Works);
    eventually("the instance repeats what it has ended", async || {
        assert!(!member.is_known_to(&setting.world.second).await);
        Ok(member.is_a_stranger_to(&setting.world.app).await)
    })
    .await
}

async fn grace() -> Result<(), Failed> {
    let setting = Setting::with_seconds(1, 8).await?;
    let (crowd, newcomer) = setting.crowd().await?;
    setting.proxy.is(Network::Drops);
    setting
        .storm(&crowd, &newcomer, Duration::from_millis(2500))
        .await;
    eventually("the grace is over", async || {
        let answers = crowd.asks(&setting.world.second).await;
        Ok(answers.iter().all(|answer| answer.status == 503))
    })
    .await?;
    for answer in crowd.asks(&setting.world.second).await {
        answer.is_a_refusal_in_time();
    }
    setting.proxy.is(Network::Works);
    setting.recovers(&crowd, &newcomer).await
}
