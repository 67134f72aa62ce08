//! How sessions end.

use libtest_mimic::Failed;
use serde_json::json;
use url::Url;

use super::{
    bench::{BY_SECRET, Bench, Setting},
    seen::{expect, parameter, sent},
};

pub(super) async fn by_the_app() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: BY_SECRET.to_owned(),
        ..Setting::default()
    })
    .await?;
    let (mut person, _) = bench.signed_in().await?;
    let page = person.signs_out().await?;
    // The provider asks whether it is meant.
    let page = person
        .submits(&page, "op.logoutForm", &[("logout", "yes")])
        .await?;
    expect(&page.url, &format!("{}/", bench.app))?;
    let asked = sent(&person, "/session/end?")?;
    let answer = person
        .history
        .iter()
        .rev()
        .find(|url| url.contains("state="));
    let answer = Url::parse(answer.ok_or("no answer with a state")?)?;
    expect(&parameter(&answer, "state")?, &parameter(&asked, "state")?)?;
    // Signed out there, too: it asks who it is.
    let page = person.opens("/private").await?;
    if page.has("login") {
        return Ok(());
    }
    Err(format!("{} at {}: {}", page.status, page.url, page.body).into())
}

pub(super) async fn by_the_provider() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: BY_SECRET.to_owned(),
        configuration: json!({ "features": { "backchannelLogout": { "enabled": true } } }),
        ..Setting::default()
    })
    .await?;
    let (mut person, _) = bench.signed_in().await?;
    let (mut other, _) = bench.signed_in().await?;
    // Signed out at the provider itself, as another app of it would have them.
    let end = format!("{}/session/end", bench.server.issuer());
    let page = person.opens(&end).await?;
    person
        .submits(&page, "op.logoutForm", &[("logout", "yes")])
        .await?;
    bench.server.tells("backchannel.success", 1)?;
    if person.is_signed_in().await? {
        return Err("the session goes on".into());
    }
    // The same person's session in another browser is another one at the provider.
    if other.is_signed_in().await? {
        Ok(())
    } else {
        Err("the session of another browser has ended".into())
    }
}
