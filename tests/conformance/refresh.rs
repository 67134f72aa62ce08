//! Modules about refreshing.

use std::time::Duration;

use libtest_mimic::Failed;

use crate::bench::{Bench, run};

pub fn accepted(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        let mut person = bench.person()?;
        person.signs_in("/private").await?;
        for _ in 0..2 {
            bench.wait(HALF_AN_HOUR);
            person.opens("/private").await?;
            bench.wait(HALF_AN_HOUR);
            let page = person.opens("/api").await?;
            if page.status != 200 {
                return Err(format!("{} at {}", page.status, page.url).into());
            }
        }
        let requests = bench.emulator.requests();
        let refreshed = requests.iter().filter(|request| {
            request.grant_type() == Some("refresh_token") && request.outcome().is_accepted()
        });
        match refreshed.count() {
            0 => Err("nothing was refreshed".into()),
            _ => Ok(()),
        }
    })
}

pub fn refused(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        let mut person = bench.person()?;
        person.signs_in("/private").await?;
        bench.provider_is(module)?;
        bench.wait(HALF_AN_HOUR);
        person.opens("/private").await?;
        bench.wait(HALF_AN_HOUR);
        let page = person.opens("/api").await?;
        if page.status != 502 || !page.url.ends_with("/api") {
            return Err(format!("{} at {}: {}", page.status, page.url, page.body).into());
        }
        Ok(())
    })
}

/// Below the idle time of a session; two of them are the life of a token.
const HALF_AN_HOUR: Duration = Duration::from_secs(31 * 60);
