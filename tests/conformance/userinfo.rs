//! Modules about userinfo, and what else happens between the app's server and the provider.

use libtest_mimic::Failed;

use crate::bench::{Bench, Setting, run};

/// An app that asks for userinfo takes what comes.
pub fn accepted(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, USERINFO).await?;
        bench.provider_is(module)?;
        bench.signs_in().await?;
        was_asked(&bench)
    })
}

pub fn refused(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, USERINFO).await?;
        bench.provider_is(module)?;
        bench.refuses().await?;
        was_asked(&bench)
    })
}

pub fn brings_claims(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, USERINFO).await?;
        let page = bench.person()?.signs_in("/private").await?;
        was_asked(&bench)?;
        for claim in ["name", "given_name", "family_name", "email"] {
            if !page.body.split(' ').any(|name| name == claim) {
                return Err(format!("no {claim} among {}", page.body).into());
            }
        }
        Ok(())
    })
}

/// Claims that others make are not taken for the provider's own (OpenID Connect Core §5.6.2).
pub fn claims_of_others_are_not_its_own(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, USERINFO).await?;
        let usual = bench.person()?.signs_in("/private").await?.body;
        bench.provider_is(module)?;
        let page = bench.person()?.signs_in("/private").await?;
        if page.status != 200 {
            return Err(format!("{} at {}", page.status, page.url).into());
        }
        let references = ["_claim_names", "_claim_sources"];
        let mut names = page.body.split(' ');
        let usual: Vec<_> = usual.split(' ').collect();
        let foreign = names.find(|name| !usual.contains(name) && !references.contains(name));
        match foreign {
            Some(name) => Err(format!("{name} was taken over").into()),
            None => Ok(()),
        }
    })
}

pub fn secret_in_the_header(module: &str) -> Result<(), Failed> {
    run(async {
        let basic = "client_authentication = \"client_secret_basic\"";
        let bench = Bench::with(Setting::B2c, basic).await?;
        bench.provider_is(module)?;
        bench.signs_in().await?;
        // The module is not satisfied by a secret in the body.
        let bench = Bench::with(Setting::B2c, "").await?;
        bench.provider_is(module)?;
        bench.refuses().await
    })
}

fn was_asked(bench: &Bench) -> Result<(), Failed> {
    let requests = bench.emulator.requests();
    let asked = requests
        .iter()
        .any(|request| request.path().ends_with("/userinfo"));
    if asked {
        Ok(())
    } else {
        Err("userinfo was not asked for".into())
    }
}

const USERINFO: &str = "userinfo = true";
