//! `[[downstream]]`.

use crate::config::section::Section;
use crate::config::settings::Downstream;
use crate::config::sources::Sources;
use crate::config::syntax::{is_resource_scope, web_url};

pub(super) fn read(mut section: Section, sources: &mut Sources) -> Option<Downstream> {
    let name = section.required("name", "a name for the API, such as \"demo\"", sources);
    let base_url = section.required("base_url", "the API's URL", sources);
    let base_url = base_url.and_then(|text| {
        let url = web_url(&text);
        if url.is_none() {
            let expected = "an https URL (http only on localhost)";
            sources.report(&section.path("base_url"), format!("\"{text}\""), expected);
        }
        url
    });
    let resource = section.string("resource", sources);
    let scopes = section.strings("scopes", sources);
    if let Some(scope) = scopes.iter().find(|scope| !is_resource_scope(scope)) {
        let expected = "a scope of the API, such as \"demo.read\"";
        sources.report(&section.path("scopes"), format!("\"{scope}\""), expected);
    }
    if scopes.is_empty() {
        sources.report(
            &section.path("scopes"),
            "nothing",
            "the API's scopes, such as [\"demo.read\"]",
        );
    }
    let provider = section.string("provider", sources);
    section.close(sources);
    Some(Downstream {
        name: name?,
        base_url: base_url?,
        resource,
        scopes,
        provider,
    })
}

/// A name or a short scope must mean one API for every user, or a token would go to the wrong one.
/// Users of two providers never have the same one.
pub(super) fn check_distinct(downstreams: &[Downstream], sources: &mut Sources) {
    for (index, downstream) in downstreams.iter().enumerate() {
        let shared = |earlier: &&Downstream| {
            let both = earlier.provider.as_ref().zip(downstream.provider.as_ref());
            both.is_none_or(|(one, other)| one == other)
        };
        for earlier in downstreams[..index].iter().filter(shared) {
            if earlier.name == downstream.name {
                let found = format!("\"{}\" twice", downstream.name);
                sources.report("downstream.name", found, "a name of its own for each API");
            }
            if let Some(scope) = downstream.scopes.iter().find(|scope| {
                earlier.scopes.contains(scope)
                    && earlier.full_scope(scope) != downstream.full_scope(scope)
            }) {
                let found = format!(
                    "\"{scope}\" for \"{}\" and \"{}\"",
                    earlier.name, downstream.name
                );
                let expected = "scopes in full where two APIs share a short one";
                sources.report("downstream.scopes", found, expected);
            }
        }
    }
}
