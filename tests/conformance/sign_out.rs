//! Modules about signing out.

use e2e::Person;
use libtest_mimic::Failed;
use url::Url;

use crate::bench::{Bench, Setting, run};

pub fn comes_home(_: &str) -> Result<(), Failed> {
    run(async {
        for setting in [Setting::B2c, Setting::Oidc] {
            let bench = Bench::with(setting, "").await?;
            let mut person = signed_in(&bench).await?;
            let page = person.signs_out().await?;
            let home = format!("{}/", bench.app);
            if page.status != 200 || page.url != home || person.is_signed_in().await? {
                return Err(format!("{} at {}", page.status, page.url).into());
            }
            let asked = person.history.iter().find(|url| url.contains("/logout?"));
            let asked = Url::parse(asked.ok_or("the provider was not told")?)?;
            for name in ["post_logout_redirect_uri", "state"] {
                if !asked.query_pairs().any(|(found, _)| found == name) {
                    return Err(format!("no {name} in {asked}").into());
                }
            }
        }
        Ok(())
    })
}

pub fn answer_is_not_its_own(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        let mut person = signed_in(&bench).await?;
        bench.provider_is(module)?;
        let page = person.signs_out().await?;
        if page.status != 400 || !page.body.contains("You are signed out") {
            return Err(format!("{} at {}: {}", page.status, page.url, page.body).into());
        }
        if person.is_signed_in().await? {
            return Err("the session goes on".into());
        }
        Ok(())
    })
}

pub fn comes_home_all_the_same(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::new().await?;
        let mut person = signed_in(&bench).await?;
        bench.provider_is(module)?;
        let page = person.signs_out().await?;
        if page.url != format!("{}/", bench.app) || person.is_signed_in().await? {
            return Err(format!("{} at {}", page.status, page.url).into());
        }
        Ok(())
    })
}

pub fn back_channel_ends_it(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, "").await?;
        let mut person = signed_in(&bench).await?;
        signs_out_elsewhere(&bench, &mut person).await?;
        if person.is_signed_in().await? {
            return Err("the session goes on".into());
        }
        Ok(())
    })
}

pub fn back_channel_is_refused(module: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, "").await?;
        let mut person = signed_in(&bench).await?;
        bench.provider_is(module)?;
        signs_out_elsewhere(&bench, &mut person).await?;
        if !person.is_signed_in().await? {
            return Err("the session has ended".into());
        }
        Ok(())
    })
}

pub fn front_channel_ends_it(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, "").await?;
        let mut person = signed_in(&bench).await?;
        let names = person.opens("/sid").await?.body;
        let (issuer, sid) = names.split_once(' ').ok_or("no iss and sid")?;
        let mut address = Url::parse(&format!("{}/front-channel-logout", bench.app))?;
        address
            .query_pairs_mut()
            .append_pair("iss", issuer)
            .append_pair("sid", sid);
        // A frame of the provider's page, in a browser that withholds cookies from frames.
        bench.person()?.opens(address.as_str()).await?;
        if person.is_signed_in().await? {
            return Err("the session goes on".into());
        }
        Ok(())
    })
}

pub fn front_channel_after_our_own(_: &str) -> Result<(), Failed> {
    run(async {
        let bench = Bench::with(Setting::Oidc, "").await?;
        let mut person = signed_in(&bench).await?;
        let page = person.signs_out().await?;
        if person.is_signed_in().await? {
            return Err(format!("the session goes on after {}", page.url).into());
        }
        Ok(())
    })
}

async fn signed_in(bench: &Bench) -> Result<Person, Failed> {
    let mut person = bench.person()?;
    person.signs_in("/private").await?;
    if person.is_signed_in().await? {
        Ok(person)
    } else {
        Err("the sign-in failed".into())
    }
}

/// The person signs out at the provider, as another app of it would have them.
async fn signs_out_elsewhere(bench: &Bench, person: &mut Person) -> Result<(), Failed> {
    let asked = person
        .history
        .iter()
        .find(|url| url.contains("/authorize?"));
    let logout = asked.ok_or("nobody was sent to the provider")?;
    let (endpoint, _) = logout.split_once("/authorize?").ok_or("no endpoint")?;
    person.opens(&format!("{endpoint}/logout")).await?;
    let notices = bench.emulator.logout_notices();
    if notices.is_empty() {
        return Err("the provider told nobody".into());
    }
    Ok(())
}
