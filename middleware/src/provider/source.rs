//! Where the keys of one kind of token come from: a provider, in B2C one of its user flows.

use std::fmt;
use std::sync::Arc;

use super::directory::Directory;
use super::directory_error::DirectoryError;
use super::entry::Entry;
use super::metadata::Metadata;
use super::watched::Watched;
use crate::config::ProviderSettings;
use crate::http_client::HttpClient;
use crate::time::Clock;

/// The metadata of one authorization server, at hand without waiting once it is known.
pub(crate) struct MetadataSource {
    directory: Arc<Directory>,
    entry: Arc<Entry>,
    user_flow: Option<String>,
}

impl MetadataSource {
    /// Those of a provider's user flows; one, where it has none.
    pub(crate) fn of(
        settings: &ProviderSettings,
        user_flows: &[String],
        http: &Arc<dyn HttpClient>,
        clock: &Arc<dyn Clock>,
    ) -> Vec<Self> {
        let settings = Arc::new(settings.clone());
        let watched = user_flows.first().cloned();
        let directory = Directory::new(
            settings,
            user_flows.to_vec(),
            watched,
            Arc::clone(http),
            Arc::clone(clock),
        );
        Self::each(&Arc::new(directory), user_flows)
    }

    /// Those of other user flows of the same provider: what is known of a flow that stays is kept.
    pub(crate) fn renewed(&self, user_flows: &[String]) -> Vec<Self> {
        Self::each(&self.directory.with_flows(user_flows), user_flows)
    }

    fn each(directory: &Arc<Directory>, user_flows: &[String]) -> Vec<Self> {
        let of_flow = |user_flow: Option<&String>| Self {
            entry: directory.entry(user_flow.map(String::as_str)),
            directory: Arc::clone(directory),
            user_flow: user_flow.cloned(),
        };
        if user_flows.is_empty() {
            return vec![of_flow(None)];
        }
        user_flows.iter().map(|flow| of_flow(Some(flow))).collect()
    }

    pub(crate) fn user_flow(&self) -> Option<&str> {
        self.user_flow.as_deref()
    }

    /// The provider, by the first of its user flows.
    pub(crate) fn watched(&self) -> Watched {
        Watched::new(&self.directory)
    }

    /// The metadata if it is known; what is due is renewed in the background.
    pub(crate) fn known(&self) -> Option<Arc<Metadata>> {
        let metadata = self.entry.get()?;
        self.directory
            .renew_if_due(&self.entry, &metadata, self.user_flow());
        Some(metadata)
    }

    /// Whether this metadata is still the one in use.
    pub(crate) fn is_current(&self, metadata: &Arc<Metadata>) -> bool {
        self.entry.holds(metadata)
    }

    /// The metadata, asked for if it is not known.
    pub(crate) async fn find(&self) -> Result<Arc<Metadata>, DirectoryError> {
        self.directory.find(self.user_flow()).await
    }

    /// The metadata after a token named a key that `seen` does not list. The provider is asked at
    /// most once a minute; what is known stays in use while it is away.
    pub(crate) async fn find_newer(&self, seen: &Arc<Metadata>) -> Arc<Metadata> {
        let newer = self.directory.find_newer(self.user_flow(), seen).await;
        newer.unwrap_or_else(|_| Arc::clone(seen))
    }
}

impl fmt::Debug for MetadataSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MetadataSource")
            .field(&self.user_flow)
            .finish()
    }
}
