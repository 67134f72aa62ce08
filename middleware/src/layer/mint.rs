//! Sessions that begin without a sign-in, for tests.

use std::sync::Arc;

use http::{HeaderMap, HeaderValue};

use super::builder::B2cLayer;
use super::shell::Shell;
use crate::config::Config;
use crate::session::{CreateError, Live, Record, Session, StoreError};
use crate::time::Timestamp;

/// A session that has begun.
pub(crate) struct Minted {
    shell: Arc<Shell>,
    live: Arc<Live>,
}

impl B2cLayer {
    pub(crate) fn config(&self) -> Arc<Config> {
        Arc::clone(&self.shell().config)
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.shell().now()
    }

    /// Scopes as this provider writes them.
    pub(crate) fn full_scopes(&self, scopes: &[String], provider: &str) -> Vec<String> {
        self.shell().tokens.full_scopes(scopes, Some(provider))
    }

    /// Begins a session in the layer's store, last seen then.
    pub(crate) async fn mint(
        &self,
        record: Record,
        seen: Timestamp,
    ) -> Result<Minted, CreateError> {
        let shell = self.shell();
        let live = shell.sessions.create_seen(record, None, seen).await?;
        Ok(Minted { shell, live })
    }
}

impl Minted {
    /// As a request has it in its extensions.
    pub(crate) fn session(&self) -> Session {
        self.shell.session(Arc::clone(&self.live), None)
    }

    /// What a browser sends that has the session.
    pub(crate) fn cookie(&self) -> Result<HeaderValue, StoreError> {
        let set = self.shell.session_cookies(&self.live, &HeaderMap::new())?;
        let pairs = set.iter().filter_map(|line| {
            let line = line.to_str().ok()?;
            line.split(';').next()
        });
        let pairs = pairs.collect::<Vec<_>>().join("; ");
        let cookie = HeaderValue::try_from(pairs);
        let mut cookie = cookie.map_err(|error| StoreError::new(error.to_string()))?;
        cookie.set_sensitive(true);
        Ok(cookie)
    }
}
