use minijinja::{Value, context};

use super::{Pages, frame::frame};
use crate::{address::Endpoint, clock::timestamp, provider::Provider, random};

impl Pages {
    /// The audit trail: what applications asked for, newest first, and what became of it.
    pub(crate) fn audit(&self, provider: &Provider) -> String {
        let entries = provider.log.audit().into_iter().rev().map(|entry| {
            context! {
                at => timestamp(entry.at),
                what => entry.endpoint.map(Endpoint::name).unwrap_or_default(),
                tenant => entry.tenant,
                user_flow => entry.user_flow,
                client_id => entry.client_id,
                status => entry.status,
                accepted => entry.outcome.is_accepted(),
                reason => entry.reason,
            }
        });
        let page = context! {
            entries => entries.collect::<Value>(),
            origin => &provider.base_url,
        };
        let frame = frame(provider.tenant.short_name(), None, &random::guid());
        self.render("audit.html", context! { ..page, ..frame })
    }
}
