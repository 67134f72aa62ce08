//! Modules about answers that come in a form, and about ID tokens beside a code.

use libtest_mimic::Failed;

use crate::bench::{Bench, Setting, run};

pub fn refused(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::B2c, HYBRID).await?;
        bench.signs_in().await?;
        bench.emulator.behave();
        bench.provider_is(module)?;
        bench.refuses().await
    })
}

/// The hash of an access token is that of the token endpoint's.
pub fn access_token_is_another(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        bench.provider_is(module)?;
        bench.refuses().await
    })
}

pub fn error_comes_in_a_form(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::B2c, "response_mode = \"form_post\"").await?;
        bench.provider_is(module)?;
        let mut person = bench.person()?;
        let page = person.opens("/private").await?;
        if page.status < 400 || !page.url.starts_with(&bench.app) {
            return Err(format!("{} at {}", page.status, page.url).into());
        }
        if person.is_signed_in().await? {
            return Err("the person is signed in".into());
        }
        Ok(())
    })
}

const HYBRID: &str = "response_mode = \"form_post\"\nresponse_type = \"code id_token\"";
