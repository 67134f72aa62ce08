//! Asks each provider for everything that sign-ins will need of it.

use std::collections::BTreeSet;

use super::directory_error::DirectoryError;
use super::providers::Providers;

/// What a provider answers for one of its user flows, now.
#[derive(Clone, Debug)]
pub struct ProviderCheck {
    provider: String,
    user_flow: Option<String>,
    problem: Option<DirectoryError>,
}

impl ProviderCheck {
    /// The provider's name in the configuration.
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The user flow, in B2C.
    pub fn user_flow(&self) -> Option<&str> {
        self.user_flow.as_deref()
    }

    /// Why the metadata or the keys cannot be used, for operators; `None` if they can.
    pub fn problem(&self) -> Option<String> {
        self.problem.as_ref().map(ToString::to_string)
    }

    /// Whether there was no answer at all, so that trying later may help.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.problem, Some(DirectoryError::Unavailable { .. }))
    }
}

/// One check for each user flow; one for each provider that has none.
pub(crate) async fn check(providers: &Providers) -> Vec<ProviderCheck> {
    let mut checks = Vec::new();
    for provider in providers.all() {
        let named = provider.settings.user_flows.all();
        let mut flows: BTreeSet<_> = named.map(|(_, flow)| Some(flow.to_owned())).collect();
        if flows.is_empty() {
            flows.insert(None);
        }
        for user_flow in flows {
            let problem = provider.metadata(user_flow.as_deref()).await.err();
            checks.push(ProviderCheck {
                provider: provider.name().to_owned(),
                user_flow,
                problem,
            });
        }
    }
    checks
}
