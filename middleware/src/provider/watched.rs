//! A provider, for those who only look whether it can be used.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use super::contact::Contact;
use super::directory::Directory;
use super::metadata::Metadata;
use super::readiness::Status;

/// A provider by the metadata that speaks for it: in B2C that of the first user flow in use.
#[derive(Clone)]
pub(crate) struct Watched(Arc<Directory>);

impl Watched {
    pub(super) fn new(directory: &Arc<Directory>) -> Self {
        Self(Arc::clone(directory))
    }

    /// The name in the configuration.
    pub(crate) fn name(&self) -> &str {
        self.0.name()
    }

    /// What is known of it without asking.
    pub(crate) fn known(&self) -> (Option<Arc<Metadata>>, Contact) {
        self.0.known()
    }

    /// Asks for its metadata again, unless that was done within `every`.
    pub(crate) async fn ask_again(&self, every: Duration) {
        self.0.ask_again(every).await;
    }

    pub(super) fn status(&self) -> watch::Receiver<Status> {
        self.0.status()
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Watched").field(&self.name()).finish()
    }
}
