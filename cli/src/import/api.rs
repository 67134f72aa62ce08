//! The web API that the app calls for its users.

use super::authority::web_url;
use super::field::Field;
use super::gather::Facts;
use super::imported::Imported;
use super::node::Place;
use super::said::Said;
use crate::tenant::Kind;

/// `[[downstream]]`, of an API's URL and its scopes.
pub(super) fn api(
    kind: Option<Kind>,
    facts: &mut Facts,
    imported: &mut Imported,
    quarrels: &mut Vec<String>,
) {
    let mut urls = Said::default();
    let mut left = Vec::new();
    for found in facts.of(Field::ApiUrl) {
        match web_url(&found.text) {
            Ok(url) if url.query().is_some() => {
                left.push((
                    found.key.clone(),
                    found.place.clone(),
                    "its query may hold a key",
                ));
            }
            Ok(_) => urls.say(&found.text, &found.place),
            Err(reason) => left.push((found.key.clone(), found.place.clone(), reason)),
        }
    }
    let mut resources: Vec<(Option<String>, Vec<String>, Place)> = Vec::new();
    for found in facts.of(Field::Scopes) {
        for word in &found.words {
            if SIGN_IN.contains(&word.as_str()) {
                // The layer asks for them itself.
                imported.uses([&found.place]);
                continue;
            }
            let (resource, scope) = parts(word);
            let known = resources.iter_mut().find(|(known, ..)| *known == resource);
            match known {
                Some((_, scopes, _)) if scopes.contains(&scope) => {}
                Some((_, scopes, _)) => scopes.push(scope),
                None => resources.push((resource, vec![scope], found.place.clone())),
            }
        }
    }
    let url = urls.agreed("downstream.base_url", quarrels);
    imported.uses(urls.places());
    match (url, resources.as_slice()) {
        (Some((url, place)), [(resource, scopes, scopes_place)]) => {
            let graph = url.starts_with(GRAPH) && kind != Some(Kind::B2c);
            let of_graph = || graph.then(|| GRAPH.to_owned());
            let resource = resource.clone().or_else(of_graph);
            imported.uses(facts.of(Field::Scopes).map(|found| &found.place));
            imported.add("downstream.base_url", url, &place);
            if let Some(resource) = resource {
                imported.add("downstream.resource", resource, scopes_place);
            }
            imported.add("downstream.scopes", scopes.clone(), scopes_place);
        }
        (Some((_, place)), []) => {
            let reason = "an API is called with scopes, and none are set";
            left.push(("the API's URL".to_owned(), place, reason));
        }
        (_, several) => {
            for (_, _, place) in several {
                let reason = "belong to an API whose URL is not set, or to one of several";
                left.push(("scopes".to_owned(), place.clone(), reason));
            }
        }
    }
    for (key, place, reason) in left {
        facts.leave(&key, &place, reason);
    }
}

/// `https://contoso.onmicrosoft.com/demo-api/demo.read` is `demo.read` of the API before it.
fn parts(scope: &str) -> (Option<String>, String) {
    match scope.rsplit_once('/') {
        Some((resource, name)) if resource.contains("//") && !resource.ends_with('/') => {
            (Some(resource.to_owned()), name.to_owned())
        }
        _ => (None, scope.to_owned()),
    }
}

/// Scopes of the sign-in itself.
const SIGN_IN: [&str; 4] = ["openid", "offline_access", "profile", "email"];
const GRAPH: &str = "https://graph.microsoft.com";
