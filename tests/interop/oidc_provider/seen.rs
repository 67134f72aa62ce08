//! What the browser was sent to, and whether it is as it should be.

use e2e::Person;
use libtest_mimic::Failed;
use url::Url;

/// The first URL with this in it that the browser was sent to.
pub(super) fn sent(person: &Person, to: &str) -> Result<Url, Failed> {
    let found = person.history.iter().find(|url| url.contains(to));
    let found = found.ok_or_else(|| format!("nobody was sent to {to}: {:#?}", person.history))?;
    Ok(Url::parse(found)?)
}

pub(super) fn parameter(url: &Url, name: &str) -> Result<String, Failed> {
    let found = url.query_pairs().find(|(found, _)| found == name);
    let (_, value) = found.ok_or_else(|| format!("no {name} in {url}"))?;
    Ok(value.into_owned())
}

pub(super) fn expect(found: &str, expected: &str) -> Result<(), Failed> {
    if found == expected {
        Ok(())
    } else {
        Err(format!("{found:?} in place of {expected:?}").into())
    }
}
