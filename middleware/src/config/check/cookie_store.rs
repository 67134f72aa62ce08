//! What `session.store = "cookie"` cannot do, and what does not fit.

use crate::config::forecast::Forecast;
use crate::config::provider::ProviderSettings;
use crate::config::round_trip::ResponseMode;
use crate::config::section::Section;
use crate::config::settings::{Downstream, StoreSettings};
use crate::config::sources::Sources;

/// A setting that needs a store: its default without one, and a mistake if the operator insists.
pub(super) fn boolean(
    section: &mut Section,
    key: &'static str,
    store: &StoreSettings,
    sources: &mut Sources,
) -> bool {
    let in_browsers = matches!(store, StoreSettings::Cookie { .. });
    let value = section.boolean(key, !in_browsers, sources);
    if in_browsers && value {
        let expected = "false with session.store = \"cookie\", or another store";
        sources.report(&format!("session.{key}"), "true", expected);
    }
    value
}

pub(super) fn check(
    store: &StoreSettings,
    providers: &[ProviderSettings],
    downstreams: &[Downstream],
    sources: &mut Sources,
) {
    let StoreSettings::Cookie { most_bytes } = store else {
        return;
    };
    for provider in providers {
        if provider.round_trip.response_mode == ResponseMode::FormPost {
            let found = format!(
                "\"cookie\" with response_mode = \"form_post\" ({})",
                provider.name
            );
            let expected = "\"query\": a form from the provider's site comes without the session, or \
                            another store";
            sources.report("session.store", found, expected);
        }
        let forecast = Forecast::of(provider, downstreams);
        if forecast.least > *most_bytes {
            let found = format!(
                "\"cookie\" for sessions of about {} bytes (provider {}), of which {} cannot be fetched \
                 again",
                forecast.whole, provider.name, forecast.least
            );
            let expected = format!(
                "less than the {most_bytes} bytes of session.cookie_max_bytes (fewer [[downstream]] \
                 scopes, \"offline_access\"), or another store: \"memory\", \"redis\""
            );
            sources.report("session.store", found, expected);
        }
    }
}
