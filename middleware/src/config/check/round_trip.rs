//! `response_mode`, `response_type`, `pushed_authorization` and `userinfo` of a provider.

use url::Url;

use crate::config::kind::Kind;
use crate::config::provider::ProviderSettings;
use crate::config::round_trip::{PushedAuthorization, ResponseMode, RoundTrip};
use crate::config::section::Section;
use crate::config::sources::Sources;

pub(super) fn read(kind: Kind, section: &mut Section, sources: &mut Sources) -> RoundTrip {
    let response_mode = choice(
        "response_mode",
        &[
            ("query", ResponseMode::Query),
            ("form_post", ResponseMode::FormPost),
        ],
        section,
        sources,
    );
    let hybrid = choice(
        "response_type",
        &[("code", false), ("code id_token", true)],
        section,
        sources,
    );
    if hybrid && response_mode == ResponseMode::Query {
        let expected = "response_mode = \"form_post\" with it, as tokens do not belong into URLs";
        let key = section.path("response_type");
        sources.report(&key, "\"code id_token\"", expected);
    }
    let pushed = choice(
        "pushed_authorization",
        &[
            ("if-offered", PushedAuthorization::IfOffered),
            ("required", PushedAuthorization::Required),
            ("never", PushedAuthorization::Never),
        ],
        section,
        sources,
    );
    if pushed == PushedAuthorization::Required && kind.is_microsoft() {
        let expected =
            format!("\"if-offered\" or \"never\": kind \"{kind}\" has no endpoint for it");
        sources.report(
            &section.path("pushed_authorization"),
            "\"required\"",
            expected,
        );
    }
    let userinfo = section.boolean("userinfo", false, sources);
    if userinfo && kind != Kind::Oidc {
        let expected = format!("false, since ID tokens of kind \"{kind}\" have the claims");
        sources.report(&section.path("userinfo"), "true", expected);
    }
    RoundTrip {
        response_mode,
        hybrid,
        pushed,
        userinfo,
    }
}

/// A form that comes from another site brings only cookies with `SameSite=None`, which must be
/// `Secure`. Over http, then, the provider must be of the same site: the same host by http, whose
/// forms bring every cookie along (RFC 6265bis §5.2; ports do not count).
pub(super) fn check_form_post(
    base_url: &Url,
    providers: &[ProviderSettings],
    sources: &mut Sources,
) {
    for provider in providers {
        let instance = &provider.authority.instance;
        let cross_site =
            instance.scheme() != base_url.scheme() || instance.host() != base_url.host();
        let uses_forms = provider.round_trip.response_mode == ResponseMode::FormPost;
        if uses_forms && base_url.scheme() == "http" && cross_site {
            let expected = format!(
                "\"query\", or an https app.base_url: browsers keep cookies from forms that {instance} \
                 sends to {base_url}"
            );
            sources.report(&provider.key("response_mode"), "\"form_post\"", expected);
        }
    }
}

/// One of a few words; the first is the default.
fn choice<T: Copy>(
    key: &'static str,
    words: &[(&str, T)],
    section: &mut Section,
    sources: &mut Sources,
) -> T {
    let written = section.string(key, sources);
    let written = written.as_deref().unwrap_or(words[0].0);
    let known = words.iter().find(|(word, _)| *word == written);
    if known.is_none() {
        let words: Vec<_> = words
            .iter()
            .map(|(word, _)| format!("\"{word}\""))
            .collect();
        let expected = format!("one of {}", words.join(", "));
        sources.report(&section.path(key), format!("\"{written}\""), expected);
    }
    known.unwrap_or(&words[0]).1
}
