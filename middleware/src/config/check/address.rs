//! Where a provider is: `authority`, or `tenant` with `instance`, or `issuer`; `metadata_url` and
//! `back_channel`.

use url::Url;

use crate::config::authority::{Authority, USER_FLOW, Written, default_instance, origin};
use crate::config::kind::Kind;
use crate::config::section::Section;
use crate::config::sources::Sources;
use crate::config::syntax::{full_tenant, is_tenant, web_url};

/// Where the provider is, and the user flow that an authority named along with it.
#[derive(Default)]
pub(super) struct Located {
    pub(super) authority: Option<Authority>,
    pub(super) user_flow: Option<String>,
}

pub(super) fn of_issuer(issuer: Option<&str>, section: &Section, sources: &mut Sources) -> Located {
    let url = issuer.and_then(web_url).filter(|url| url.query().is_none());
    if url.is_none() {
        let found = issuer.map_or_else(|| "nothing".to_owned(), |text| format!("\"{text}\""));
        let expected = "the provider's issuer, such as \"https://id.example.com\"";
        sources.report(&section.path("issuer"), found, expected);
    }
    Located {
        authority: url.as_ref().map(Authority::of_issuer),
        user_flow: None,
    }
}

/// By `authority`, or by `tenant` with `instance`.
pub(super) fn of_tenant(kind: Kind, section: &mut Section, sources: &mut Sources) -> Located {
    if section.has("authority") {
        let written = section.string("authority", sources);
        for key in ["tenant", "instance"] {
            if section.has(key) {
                let expected = "nothing, since authority says it";
                sources.report(&section.path(key), "a second address", expected);
                section.string(key, sources);
            }
        }
        let Some(text) = written else {
            return Located::default();
        };
        return match Written::parse(kind, &text) {
            Ok(written) => Located {
                authority: Some(written.authority),
                user_flow: written.user_flow,
            },
            Err(expected) => {
                sources.report(&section.path("authority"), format!("\"{text}\""), expected);
                Located::default()
            }
        };
    }
    section.forget(&["authority"]);
    let tenant = section.required("tenant", "the tenant's name, such as \"contoso\"", sources);
    let tenant = tenant.filter(|name| {
        let valid = is_tenant(name);
        if !valid {
            let expected =
                "a name (contoso), a domain (contoso.onmicrosoft.com) or the tenant's GUID";
            sources.report(&section.path("tenant"), format!("\"{name}\""), expected);
        }
        valid
    });
    let instance = section.string("instance", sources);
    let default = |tenant: &str| default_instance(kind, &full_tenant(tenant.to_owned()));
    let instance = instance.or_else(|| tenant.as_deref().and_then(default));
    if instance.is_none() && tenant.is_some() {
        let expected = "the host of the sign-in pages, such as \"https://login.contoso.com\"";
        sources.report(&section.path("instance"), "nothing", expected);
    }
    let instance = instance.and_then(|text| origin_of(&text, "instance", section, sources));
    Located {
        authority: instance
            .zip(tenant)
            .map(|(instance, tenant)| Authority::of_tenant(kind, &instance, tenant)),
        user_flow: None,
    }
}

/// `metadata_url` where the metadata is somewhere else than the authority has it.
pub(super) fn metadata_address(
    authority: Option<Authority>,
    kind: Kind,
    section: &mut Section,
    sources: &mut Sources,
) -> Option<Authority> {
    let Some(written) = section.string("metadata_url", sources) else {
        return authority;
    };
    let valid = web_url(&written.replace(USER_FLOW, "flow")).is_some();
    let has_flow = written.contains(USER_FLOW);
    if !valid || has_flow != (kind == Kind::B2c) {
        let expected = match kind {
            Kind::B2c => "an https URL with {user_flow} where the user flow's name belongs",
            _ => "an https URL (http only on localhost)",
        };
        let key = section.path("metadata_url");
        sources.report(&key, format!("\"{written}\""), expected);
    }
    authority.map(|authority| Authority {
        metadata: written,
        ..authority
    })
}

/// An origin for this server alone. Between the containers of a development machine there is no
/// TLS, so an emulator may be reached by http; nothing else may.
pub(super) fn back_channel(
    emulator: bool,
    section: &mut Section,
    sources: &mut Sources,
) -> Option<Url> {
    let text = section.string("back_channel", sources)?;
    if emulator {
        let plain = Url::parse(&text).ok();
        let plain = plain.filter(|url| url.scheme() == "http" && *url == origin(url));
        if plain.is_some() {
            return plain;
        }
    }
    origin_of(&text, "back_channel", section, sources)
}

fn origin_of(text: &str, key: &str, section: &Section, sources: &mut Sources) -> Option<Url> {
    let url = web_url(text).filter(|url| url.path() == "/" && url.query().is_none());
    if url.is_none() {
        let expected = "an https origin without a path (http only on localhost)";
        sources.report(&section.path(key), format!("\"{text}\""), expected);
    }
    url
}
