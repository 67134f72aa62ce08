//! What comes of it when the provider says no.

use e2e::Person;
use libtest_mimic::Failed;

use super::{
    bench::{BY_SECRET, Bench, Setting},
    seen::{expect, parameter, sent},
};

pub(super) async fn cancelled() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: BY_SECRET.to_owned(),
        ..Setting::default()
    })
    .await?;
    let mut person = Person::new(&bench.app)?;
    let page = person.opens("/private").await?;
    let page = person.opens(&format!("{}/abort", page.url)).await?;
    let answer = sent(&person, "/getAToken?")?;
    expect(&parameter(&answer, "error")?, "access_denied")?;
    expect(&parameter(&answer, "iss")?, bench.server.issuer())?;
    // Where they wanted to go, with a way to try again; not round in circles.
    if page.status != 401 || !page.body.contains("cancelled") {
        return Err(format!("{} at {}: {}", page.status, page.url, page.body).into());
    }
    expect(&page.url, &format!("{}/private", bench.app))?;
    let page = bench.signs_in(&mut person).await?;
    expect(&page.body, "ada -")
}

pub(super) async fn login_required() -> Result<(), Failed> {
    let bench = Bench::new(&Setting {
        provider: format!("{BY_SECRET}\nallow_parameters = [\"prompt\"]"),
        ..Setting::default()
    })
    .await?;
    let mut person = Person::new(&bench.app)?;
    let page = person
        .opens("/login?prompt=none&return_to=/private")
        .await?;
    let answer = sent(&person, "/getAToken?")?;
    expect(&parameter(&answer, "error")?, "login_required")?;
    // Asked again, and now with a page.
    if !page.has("login") {
        return Err(format!("{} at {}: {}", page.status, page.url, page.body).into());
    }
    // Whom the provider knows, it need not ask.
    let (mut person, _) = bench.signed_in().await?;
    let page = person
        .opens("/login?prompt=none&return_to=/private")
        .await?;
    expect(&page.body, "ada -")
}
