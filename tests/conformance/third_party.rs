//! The module about sign-ins that somebody else starts.

use libtest_mimic::Failed;

use crate::bench::{Bench, Setting, run};

pub fn starts_it(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::B2c, "allow_parameters = [\"login_hint\"]").await?;
        let client_id = bench.emulator.client().client_id().to_owned();
        let hint = Some("ada@emulator.example");
        let url = bench.emulator.third_party_login_url(&client_id, hint);
        let url = url.ok_or("the registration has no initiate_login_uri")?;
        let target = format!("{}/private", bench.app);
        let mut url = url::Url::parse(&url)?;
        url.query_pairs_mut()
            .append_pair("target_link_uri", &target);
        let mut person = bench.person()?;
        let page = person.opens(url.as_str()).await?;
        if !person
            .history
            .iter()
            .any(|url| url.contains("login_hint=ada"))
        {
            return Err("the hint did not reach the provider".into());
        }
        let values = [("password", "Passw0rd!")];
        let page = person.submits(&page, "signInName", &values).await?;
        if page.url != target || page.status != 200 {
            return Err(format!("{} at {}", page.status, page.url).into());
        }
        // Nobody is sent to another site.
        let elsewhere = "/login?target_link_uri=https%3A%2F%2Felsewhere.example%2F";
        let page = person.opens(elsewhere).await?;
        if page.url.starts_with(&bench.app) {
            Ok(())
        } else {
            Err(format!("sent to {}", page.url).into())
        }
    })
}
