//! Modules about the ID token of a sign-in.

use libtest_mimic::Failed;
use url::Url;

use crate::bench::{Bench, Setting, run};

/// The ID token is good, perhaps in an unusual way.
pub fn accepted(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        misbehaving(&bench, module)?;
        bench.signs_in().await
    })
}

/// The ID token is bad.
pub fn refused(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        bench.provider_is(module)?;
        bench.refuses().await?;
        // It was the module's doing, and no trace of it stays.
        bench.emulator.behave();
        bench.signs_in().await
    })
}

pub fn refused_though_es256_is_accepted(module: &str) -> Result<(), Failed> {
    run(async {
        let lines = "signing_algorithms = [\"RS256\", \"ES256\"]";
        for lines in ["", lines] {
            let bench = Bench::with(Setting::B2c, lines).await?;
            bench.signs_in().await?;
            bench.provider_is(module)?;
            bench.refuses().await?;
        }
        Ok(())
    })
}

pub fn nonce_is_sent(_: &str) -> Result<(), Failed> {
    run(async {
        for setting in [Setting::B2c, Setting::Oidc] {
            let bench = Bench::with(setting, "").await?;
            let mut person = bench.person()?;
            person.signs_in("/private").await?;
            let asked = person
                .history
                .iter()
                .find(|url| url.contains("/authorize?"));
            let asked = Url::parse(asked.ok_or("nobody was sent to the provider")?)?;
            let nonce = asked.query_pairs().find(|(name, _)| name == "nonce");
            let (_, nonce) = nonce.ok_or("no nonce in the authorization request")?;
            if nonce.len() < 22 {
                return Err(format!("{} characters are no 128 bits", nonce.len()).into());
            }
        }
        Ok(())
    })
}

/// Some modules are what the emulator does anyway.
fn misbehaving(bench: &Bench, module: &str) -> Result<(), Failed> {
    match module {
        "oidcc-client-test" | "oidcc-client-test-idtoken-sig-rs256" => Ok(()),
        _ => bench.provider_is(module),
    }
}
