//! Modules about the provider's metadata and keys.

use libtest_mimic::Failed;

use crate::bench::{Bench, Outcome, Setting, run};

pub fn found_by_issuer(_: &str) -> Result<(), Failed> {
    run(async { Bench::with(Setting::Oidc, "").await?.signs_in().await })
}

pub fn followed(module: &str) -> Result<(), Failed> {
    run(async {
        for setting in [Setting::B2c, Setting::Oidc] {
            let bench = Bench::with(setting, "").await?;
            bench.provider_is(module)?;
            bench.signs_in().await?;
        }
        Ok(())
    })
}

pub fn refused(module: &str) -> Result<(), Failed> {
    run(async {
        for setting in [Setting::B2c, Setting::Oidc] {
            let bench = Bench::with(setting, "").await?;
            bench.provider_is(module)?;
            let mut person = bench.person()?;
            let page = person.opens("/private").await?;
            if page.status != 503 || !page.url.starts_with(&bench.app) {
                return Err(format!("{} at {}", page.status, page.url).into());
            }
        }
        Ok(())
    })
}

pub fn keys_change_between_sign_ins(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        bench.provider_is(module)?;
        for _ in 0..3 {
            if bench.outcome().await? != Outcome::SignedIn {
                return Err("a sign-in after the key had changed was refused".into());
            }
            // Unknown keys are asked for once a minute at most.
            bench.wait(std::time::Duration::from_secs(61));
        }
        Ok(())
    })
}
