//! `[routing]`.

use crate::config::routing::RoutingSettings;
use crate::config::section::Section;
use crate::config::sources::Sources;

/// Reads the table. `names` are those of all providers.
pub(super) fn read(
    default_provider: Option<&String>,
    names: &[String],
    mut section: Section,
    sources: &mut Sources,
) -> Option<RoutingSettings> {
    let expected = "the name of the provider that users move to";
    let to = section.required("to", expected, sources);
    let percent = section.percent("percent", sources);
    let emails = addresses("emails", true, &mut section, sources);
    let email_domains = addresses("email_domains", false, &mut section, sources);
    section.close(sources);

    let to = to?;
    if !names.contains(&to) {
        let expected = format!("one of the providers: {}", names.join(", "));
        sources.report("routing.to", format!("\"{to}\""), expected);
    }
    if default_provider.is_none_or(|default| *default == to) {
        let found = default_provider.map_or("nothing".to_owned(), |name| format!("\"{name}\""));
        let expected = "the provider of who is not routed, another than routing.to";
        sources.report("app.default_provider", found, expected);
    }
    Some(RoutingSettings {
        to,
        percent,
        emails,
        email_domains,
    })
}

/// Addresses or domains, in lower case.
fn addresses(
    key: &'static str,
    whole: bool,
    section: &mut Section,
    sources: &mut Sources,
) -> Vec<String> {
    let path = section.path(key);
    let written = section.strings(key, sources);
    let mut known = Vec::with_capacity(written.len());
    for text in written {
        let (user, domain) = text.rsplit_once('@').unwrap_or(("", &text));
        let is_one = !domain.is_empty() && domain.bytes().all(|c| c.is_ascii_graphic());
        if !is_one || user.is_empty() == whole || text.starts_with('@') {
            let expected = if whole {
                "addresses such as \"ada@contoso.com\""
            } else {
                "domains such as \"contoso.com\""
            };
            sources.report(&path, format!("\"{text}\""), expected);
        }
        known.push(text.to_ascii_lowercase());
    }
    known
}
