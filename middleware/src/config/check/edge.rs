//! The keys of `[app]` about origins, proxies and front ends.

use crate::config::cidr::Cidr;
use crate::config::edge::{CsrfMode, EdgeSettings};
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::syntax::{is_path, web_url};

pub(super) fn read(section: &mut Section, sources: &mut Sources) -> EdgeSettings {
    let session_path = section.string("session_path", sources);
    let session_path = session_path.unwrap_or_else(|| "/session".to_owned());
    if !is_path(&session_path, false) {
        let expected = "a path such as \"/session\"";
        sources.report("app.session_path", format!("\"{session_path}\""), expected);
    }
    let has_claims = section.has("session_claims");
    let session_claims = section.strings("session_claims", sources);

    let csrf = match section.string("csrf", sources).as_deref() {
        None | Some("origin") => CsrfMode::Origin,
        Some("header") => CsrfMode::Header,
        Some("off") => CsrfMode::Off,
        Some(other) => {
            let expected = "\"origin\", \"header\" or \"off\"";
            sources.report("app.csrf", format!("\"{other}\""), expected);
            CsrfMode::default()
        }
    };
    let csrf_exempt = section.strings("csrf_exempt", sources);
    for path in &csrf_exempt {
        let bare = path.strip_suffix('/').unwrap_or(path);
        if !is_path(bare, false) {
            let expected = "paths such as \"/webhook\", or \"/webhooks/\" for all below it";
            sources.report("app.csrf_exempt", format!("\"{path}\""), expected);
        }
    }
    let origins = section.strings("trusted_origins", sources);
    let trusted_origins = origins.iter().filter_map(|text| {
        let url = web_url(text).filter(|url| url.path() == "/" && url.query().is_none());
        if url.is_none() {
            let expected = "origins such as \"https://spa.contoso.com\" (http only on localhost)";
            sources.report("app.trusted_origins", format!("\"{text}\""), expected);
        }
        Some(url?.origin().ascii_serialization())
    });
    let trusted_origins = trusted_origins.collect();
    let proxies = section.strings("trusted_proxies", sources);
    let trusted_proxies = proxies.iter().filter_map(|text| {
        let range = Cidr::parse(text);
        if range.is_none() {
            let expected = "ranges of addresses such as \"10.0.0.0/8\" or \"fd00::/8\"";
            sources.report("app.trusted_proxies", format!("\"{text}\""), expected);
        }
        range
    });
    let trusted_proxies = trusted_proxies.collect();
    EdgeSettings {
        session_path,
        session_claims: has_claims.then_some(session_claims),
        csrf,
        csrf_exempt,
        trusted_origins,
        trusted_proxies,
    }
}
