//! Where users come back to.

use super::authority::web_url;
use super::field::Field;
use super::gather::Facts;
use super::imported::Imported;
use super::said::Said;

/// `app.base_url` and `app.redirect_path`, of a redirect URI or its path.
pub(super) fn redirect(facts: &mut Facts, imported: &mut Imported, quarrels: &mut Vec<String>) {
    let mut paths = Said::default();
    let mut origins = Said::default();
    let mut left = Vec::new();
    for found in facts.of(Field::Redirect) {
        let path = if found.text.starts_with('/') {
            found.text.clone()
        } else {
            match web_url(&found.text) {
                Ok(url) => {
                    origins.say(url.origin().ascii_serialization(), &found.place);
                    url.path().to_owned()
                }
                Err(reason) => {
                    left.push((found.key.clone(), found.place.clone(), reason));
                    continue;
                }
            }
        };
        if is_path(&path) {
            paths.say(path, &found.place);
        } else {
            let reason = "is no path for the callback alone; register one such as /getAToken";
            left.push((found.key.clone(), found.place.clone(), reason));
        }
    }
    if let Some((origin, place)) = origins.agreed("app.base_url", quarrels) {
        imported.add("app.base_url", origin, &place);
        imported.uses(origins.places());
    }
    if let Some((path, place)) = paths.agreed("app.redirect_path", quarrels) {
        imported.add("app.redirect_path", path, &place);
        imported.uses(paths.places());
    }
    for (key, place, reason) in left {
        facts.leave(&key, &place, reason);
    }
}

/// A path that the app can give to the callback.
fn is_path(path: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/-_.~".contains(c);
    let mut segments = path.split('/').skip(1);
    path.starts_with('/')
        && path.chars().all(plain)
        && segments.all(|segment| !matches!(segment, "" | "." | ".."))
}
