//! How soon all instances know of a sign-out.

use std::time::Duration;

use libtest_mimic::Failed;

use crate::block_on;
use crate::member::{self, Lag, Member};
use crate::running::Cluster;

/// One after the other, with a session that every instance has in memory.
pub fn twenty_sign_outs() -> Result<(), Failed> {
    let seed = tempfile::NamedTempFile::new()?;
    std::fs::write(seed.path(), member::seed(20))?;
    let cluster = Cluster::start(&["--seed", &seed.path().to_string_lossy()])?;
    block_on(async {
        let http = member::client()?;
        let instances = cluster.instances()?;
        let mut lags = Vec::new();
        for number in 0..20 {
            let mut member = Member::new(&http, &cluster.url, number);
            member.signs_in().await?;
            member.is_known_to(&http, &instances).await?;
            lags.push(member.signs_out(&http, &instances).await?);
        }
        println!("{}", describe("sign-outs", &lags));
        hold(&lags)?;
        let known = median(lags.iter().map(|lag| lag.known).collect());
        (known < MEDIAN)
            .then_some(())
            .ok_or_else(|| format!("half of them take longer than {MEDIAN:?}").into())
    })
}

/// No request that was sent later than [`AT_MOST`] was answered without knowing.
pub fn hold(lags: &[Lag]) -> Result<(), Failed> {
    match lags.iter().filter_map(|lag| lag.unknown).max() {
        Some(latest) if latest >= AT_MOST => {
            Err(format!("an instance does not know after {latest:?}").into())
        }
        _ => Ok(()),
    }
}

/// Median and maximum, in words.
pub fn describe(what: &str, lags: &[Lag]) -> String {
    let known: Vec<_> = lags.iter().map(|lag| lag.known).collect();
    let longest = known.iter().max().copied().unwrap_or_default();
    let unknown = lags.iter().filter(|lag| lag.unknown.is_some()).count();
    let latest = lags.iter().filter_map(|lag| lag.unknown).max();
    format!(
        "{} {what}: all instances have shown that they know after {:?} (median), {longest:?} (max); \
         {unknown} times one did not yet, asked at most {:?} after the answer",
        lags.len(),
        median(known),
        latest.unwrap_or_default(),
    )
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// Requests that are sent later than this after an answer are answered by all instances alike. It takes
/// milliseconds; a machine that does other things stops a process for longer. An instance that is not told,
/// but looks again by itself, takes thirty seconds.
pub const AT_MOST: Duration = Duration::from_secs(2);
/// The same for half of them.
const MEDIAN: Duration = Duration::from_millis(500);
