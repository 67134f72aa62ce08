//! A store that forgets, an answer that gets lost.

use libtest_mimic::Failed;

use crate::block_on;
use crate::member::{self, Member};
use crate::running::Cluster;

/// Redis without a log of its writes comes back empty: who was signed in is asked to sign in again,
/// kindly, and can.
pub fn redis_comes_back_empty() -> Result<(), Failed> {
    let seed = tempfile::NamedTempFile::new()?;
    std::fs::write(seed.path(), member::seed(3))?;
    let mut cluster = Cluster::start(&["--seed", &seed.path().to_string_lossy()])?;
    block_on(async {
        let http = member::client()?;
        let instances = cluster.instances()?;
        let mut members: Vec<_> = (0..3)
            .map(|number| Member::new(&http, &cluster.url, number))
            .collect();
        for member in &mut members {
            member.signs_in().await?;
            member.is_known_to(&http, &instances).await?;
        }
        // An instance that hears of writes only now may not have kept what it read before.
        for member in &members {
            member.is_known_to(&http, &instances).await?;
        }
        cluster.orders("kill redis", "redis has ended")?;
        for member in &members {
            member.is_known_to(&http, &instances).await?;
        }
        cluster.orders("start redis", "redis ")?;
        let url = cluster.url.clone();
        for member in &mut members {
            let cookies = member.person.cookies_for(&url)?;
            let begun = std::time::Instant::now();
            for instance in &instances {
                while member::ask(&http, instance, &cookies)
                    .await?
                    .contains("Hello, ")
                {
                    if begun.elapsed() > PATIENCE {
                        return Err(format!("{instance} serves a session that is lost").into());
                    }
                }
            }
            // A protected page leads to the sign-in, and back: the provider still knows them.
            let page = member.person.opens("/profile").await?;
            member.recognizes_name(&page.body)?;
            if page.status != 200 || page.url != format!("{url}/profile") {
                return Err(format!("{} is sent to {}", member.name, page.url).into());
            }
            member.is_known_to(&http, &instances).await?;
        }
        Ok(())
    })
}

/// An instance redeems the code and dies before it has answered; nginx gives the callback to the next
/// one, where the provider refuses the code. The sign-in starts once more, by itself.
pub fn an_answer_is_lost() -> Result<(), Failed> {
    let seed = tempfile::NamedTempFile::new()?;
    std::fs::write(seed.path(), member::seed(1))?;
    let cluster = Cluster::start(&["--seed", &seed.path().to_string_lossy()])?;
    block_on(async {
        let http = member::client()?;
        let mut member = Member::new(&http, &cluster.url, 0);
        let callback = member.comes_back().await?;
        let cookies = member.person.cookies_for(&cluster.url)?;
        let one = cluster.instance("one")?;
        let lost = callback.replacen(&cluster.url, &one, 1);
        let lost = http.get(lost).header("cookie", cookies).send().await?;
        if !lost.headers().contains_key("set-cookie") {
            return Err(format!("no session began: {}", lost.status()).into());
        }
        let page = member.person.opens(&callback).await?;
        member.recognizes(&page)?;
        member.is_known_to(&http, &cluster.instances()?).await
    })
}

/// The respite that the layer gives a store, and the pause before it listens again.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);
