//! Hundreds of sessions at once, and what may happen to a cluster meanwhile.

use std::time::{Duration, Instant};

use libtest_mimic::Failed;
use reqwest::{Client, Method, header};

use crate::agreement;
use crate::block_on;
use crate::crowd::{AT_ONCE, Load, each, sum};
use crate::member::{self, Member};
use crate::proxy_log::failed_tries;
use crate::running::{Cluster, NAMES};

/// Signed in, used, killed, rolled, cut off from Redis, signed out.
pub fn five_hundred_sessions() -> Result<(), Failed> {
    let size = std::env::var("CLUSTER_SESSIONS").ok();
    let size = size.map_or(Ok(500), |size| size.parse())?;
    let seed = tempfile::NamedTempFile::new()?;
    std::fs::write(seed.path(), member::seed(size))?;
    let seed = seed.path().to_string_lossy();
    let cluster = Cluster::start(&["--persist", "--seed", &seed])?;
    block_on(async {
        let mut storm = Storm {
            http: member::client()?,
            cluster,
            begun: Instant::now(),
        };
        let members = (0..size).map(|number| Member::new(&storm.http, &storm.cluster.url, number));
        let members = storm.everybody_signs_in(members.collect()).await?;
        let members = storm.everybody_uses_it(members).await?;
        let members = storm.an_instance_is_killed(members).await?;
        let members = storm.all_instances_are_rolled(members).await?;
        let members = storm.redis_is_restarted(members).await?;
        storm.everybody_signs_out(members).await
    })
}

struct Storm {
    http: Client,
    cluster: Cluster,
    begun: Instant,
}

impl Storm {
    /// Begun on one instance, answered by the provider to the next, wherever that is.
    async fn everybody_signs_in(&self, members: Vec<Member>) -> Result<Vec<Member>, Failed> {
        let sign_in = |mut member: Member| async {
            let answered = member.signs_in().await?;
            Ok((member, answered))
        };
        let (members, answered) = each(members, AT_ONCE, sign_in).await?;
        let moved = answered.iter().filter(|by| by[0] != by[1]).count();
        self.says(&format!(
            "{} signed in, {moved} on another instance than they began at",
            members.len()
        ));
        // By turns it is two in three.
        expect(moved * 2 > members.len(), "the instances take turns")?;
        self.everybody_is_known(members).await
    }

    /// Half of them change their names, the others need an access token.
    async fn everybody_uses_it(&self, members: Vec<Member>) -> Result<Vec<Member>, Failed> {
        let (http, instances) = (self.http.clone(), self.cluster.instances()?);
        let mut count = 0;
        let (members, lags) = each(members, CHANGES_AT_ONCE, |mut member: Member| {
            let (http, instances) = (http.clone(), instances.clone());
            count += 1;
            let edits = count % 2 == 0;
            async move {
                let lag = if edits {
                    Some(member.edits_profile(&http, &instances).await?)
                } else {
                    member.calls_api().await?;
                    None
                };
                Ok((member, lag))
            }
        })
        .await?;
        let lags: Vec<_> = lags.into_iter().flatten().collect();
        self.says(&agreement::describe("edited profiles", &lags));
        agreement::hold(&lags)?;
        Ok(members)
    }

    async fn an_instance_is_killed(&mut self, members: Vec<Member>) -> Result<Vec<Member>, Failed> {
        let size = members.len();
        let logged = self.cluster.proxy_log()?.lines().count();
        let load = Load::begin(members);
        load.makes(size / 2).await?;
        self.cluster.orders("kill two", "two has ended")?;
        load.makes(size).await?;
        self.cluster.orders("start two", "two ")?;
        load.makes(size / 2).await?;
        let (members, ledger) = sum(load.ends().await?);
        let tries = failed_tries(&self.cluster.proxy_log()?, logged)?;
        let given_up = tries.iter().filter(|entry| entry.status >= 500);
        let are_posts = given_up.clone().all(|entry| entry.method == "POST");
        let given_up = given_up.count();
        self.says(&format!(
            "kill -9 of one instance: {} served; {} tries failed at it, of which {} were made \
             again elsewhere and {given_up} POSTs were not",
            ledger.served,
            tries.len(),
            tries.len() - given_up,
        ));
        expect(ledger.failures(&Method::GET) == 0, "no GET fails")?;
        expect(ledger.put_off <= HARDLY, "hardly anybody is put off")?;
        expect(
            ledger.failed.len() == given_up && given_up <= AT_ONCE && are_posts,
            "nothing fails but POSTs under way",
        )?;
        let again = tries.iter().filter(|entry| entry.status < 500);
        expect(
            again.clone().all(|entry| entry.tries > 1),
            "others are retried",
        )?;
        Ok(members)
    }

    async fn all_instances_are_rolled(
        &mut self,
        members: Vec<Member>,
    ) -> Result<Vec<Member>, Failed> {
        let size = members.len();
        let before = self.processes()?;
        let load = Load::begin(members);
        load.makes(size / 2).await?;
        self.cluster.orders("roll", "all instances are new")?;
        load.makes(size / 2).await?;
        let (members, ledger) = sum(load.ends().await?);
        let after = self.processes()?;
        let is_new = before.iter().zip(&after).all(|(old, new)| old != new);
        expect(is_new, "every instance is another process")?;
        self.says(&format!(
            "rolling restart: {} served, {} POSTs and {} GETs failed",
            ledger.served,
            ledger.failures(&Method::POST),
            ledger.failures(&Method::GET),
        ));
        expect(ledger.failures(&Method::GET) == 0, "no GET fails")?;
        expect(ledger.put_off <= HARDLY, "hardly anybody is put off")?;
        expect(
            ledger.failures(&Method::POST) <= POSTS_AT_A_CLOSING_CONNECTION,
            "hardly a POST fails",
        )?;
        self.everybody_is_known(members).await
    }

    /// Every instance has every session in memory by now; one is exchanged for one that has none.
    async fn redis_is_restarted(
        &mut self,
        mut members: Vec<Member>,
    ) -> Result<Vec<Member>, Failed> {
        let size = members.len();
        let witness = members.pop().ok_or("nobody is there")?;
        let load = Load::begin(members);
        load.makes(size / 2).await?;
        self.cluster.orders("kill redis", "redis has ended")?;
        self.cluster.orders("stop two", "two is stopped")?;
        self.cluster.orders("start two", "two ")?;
        let waited = self.is_put_off(&witness, "two").await?;
        let warm = [
            self.cluster.instance("one")?,
            self.cluster.instance("three")?,
        ];
        witness.is_known_to(&self.http, &warm).await?;
        load.makes(size).await?;
        self.cluster.orders("start redis", "redis ")?;
        self.is_known_again(&witness, "two").await?;
        load.makes(size / 2).await?;
        let (mut members, ledger) = sum(load.ends().await?);
        self.says(&format!(
            "Redis restarted, one instance new meanwhile: {} served, {} asked to come again, \
             the slowest answer after {:?}; the new instance said so after {waited:?}",
            ledger.served, ledger.put_off, ledger.slowest
        ));
        expect(
            ledger
                .failed
                .iter()
                .all(|(method, _)| method == Method::POST),
            "nothing but 503 with Retry-After",
        )?;
        expect(ledger.served > ledger.put_off, "the others go on")?;
        expect(ledger.slowest < BOUND && waited < BOUND, "nobody waits")?;
        members.push(witness);
        self.everybody_is_known(members).await
    }

    /// An instance that has no session in memory says 503, and when to come again.
    async fn is_put_off(&self, member: &Member, name: &str) -> Result<Duration, Failed> {
        let cookies = member.person.cookies_for(&self.cluster.url)?;
        let request = self.http.get(self.cluster.instance(name)?);
        let begun = Instant::now();
        let answer = request.header(header::COOKIE, cookies).send().await?;
        let waited = begun.elapsed();
        expect(
            answer.status() == 503 && answer.headers().contains_key(header::RETRY_AFTER),
            "503 with Retry-After while the store is away",
        )?;
        Ok(waited)
    }

    /// An instance that was without its store tries it again by itself, in a while.
    async fn is_known_again(&self, member: &Member, name: &str) -> Result<(), Failed> {
        let instance = [self.cluster.instance(name)?];
        let begun = Instant::now();
        while let Err(error) = member.is_known_to(&self.http, &instance).await {
            if begun.elapsed() > BOUND {
                return Err(error);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Ok(())
    }

    async fn everybody_signs_out(&self, members: Vec<Member>) -> Result<(), Failed> {
        let (http, instances) = (self.http.clone(), self.cluster.instances()?);
        let (_, lags) = each(members, CHANGES_AT_ONCE, |mut member: Member| {
            let (http, instances) = (http.clone(), instances.clone());
            async move {
                let lag = member.signs_out(&http, &instances).await?;
                Ok((member, lag))
            }
        })
        .await?;
        self.says(&agreement::describe("sign-outs", &lags));
        agreement::hold(&lags)
    }

    /// By all instances, which have every session in memory after that.
    async fn everybody_is_known(&self, members: Vec<Member>) -> Result<Vec<Member>, Failed> {
        let (http, instances) = (self.http.clone(), self.cluster.instances()?);
        let (members, _) = each(members, AT_ONCE, |member: Member| {
            let (http, instances) = (http.clone(), instances.clone());
            async move {
                member.is_known_to(&http, &instances).await?;
                Ok((member, ()))
            }
        })
        .await?;
        Ok(members)
    }

    fn processes(&self) -> Result<Vec<u32>, Failed> {
        NAMES
            .iter()
            .map(|name| self.cluster.process(name))
            .collect()
    }

    fn says(&self, what: &str) {
        println!("{:>5.1} s: {what}", self.begun.elapsed().as_secs_f32());
    }
}

fn expect(is_so: bool, what: &str) -> Result<(), Failed> {
    is_so
        .then_some(())
        .ok_or_else(|| format!("not so: {what}").into())
}

/// As many as leave the instances time to hear of them: what is measured is not a queue.
const CHANGES_AT_ONCE: usize = 4;
/// The store's timeout, of ten seconds, with time for a machine that has other things to do.
const BOUND: Duration = Duration::from_secs(15);
/// One whose process stands still for as long as a store may take is put off.
const HARDLY: usize = 5;
/// nginx may write to a kept connection in the very moment in which an instance that stops closes it.
const POSTS_AT_A_CLOSING_CONNECTION: usize = 3 * 3;
