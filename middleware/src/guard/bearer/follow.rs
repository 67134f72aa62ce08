//! Has an API go by what the web app of the same file has taken over.

use std::sync::Arc;

use super::builder::BearerLayer;
use super::current::Current;
use super::gate::Gate;
use crate::config::ApiConfig;
use crate::layer::{self, B2cLayer};
use crate::reload::{Reason, ReloadError};

impl BearerLayer {
    /// From now on goes by `[api]` of what `sign_in` has taken over, now and with each of its reloads: a web
    /// app asks for tokens for the audience that its own API accepts. The configuration is read once for both
    /// and checked for both, then both go by it; with one mistake for either, neither does.
    ///
    /// [`reload`](Self::reload) and [`reload_on_change`](Self::reload_on_change) are those of `sign_in` then,
    /// whichever layer is asked, and so is what probes of this one are told of the configuration
    /// ([`health`](Self::health)); looking that was begun for this layer before ends.
    /// [`reload_with`](Self::reload_with) is refused here: [`B2cLayer::reload_with`] has the settings of both.
    /// Files of `api.dpop_nonce_secret` are looked at, too. This layer keeps what `sign_in` shares with its
    /// clones (settings, session store, what looks at files) for as long as one of its own clones is in use.
    ///
    /// ```no_run
    /// # async fn f() -> Result<(), Box<dyn std::error::Error>> {
    /// use std::time::Duration;
    /// use tower_b2c::{B2cLayer, BearerLayer, Config};
    ///
    /// let config = Config::from_file("b2c.toml").load()?;
    /// let bearer = BearerLayer::new(config.api().ok_or("no [api]")?.clone())?;
    /// let sign_in = B2cLayer::new(config)?;
    /// bearer.follow(&sign_in)?;
    /// // Of both.
    /// sign_in.reload_on_change(Duration::from_secs(5));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When the configuration of `sign_in` has no `[api]`, or this layer follows another one. It goes by its
    /// own settings then.
    pub fn follow(&self, sign_in: &B2cLayer) -> Result<(), ReloadError> {
        let led = sign_in.current().lead(self.current());
        led.map_err(ReloadError)
    }
}

/// Settings that were checked and are not in use yet.
pub(crate) struct Prepared {
    gate: Gate,
    changes: Vec<String>,
}

impl Current {
    /// Checks settings; changes nothing.
    pub(crate) fn prepare(&self, config: ApiConfig) -> Result<Prepared, Reason> {
        let gate = self.gate();
        Ok(Prepared {
            changes: gate.changes_to(&config),
            gate: gate.renewed(config).map_err(Reason::Unfit)?,
        })
    }

    /// Goes by settings from now on that were prepared last.
    pub(crate) fn adopt(&self, Prepared { gate, changes }: Prepared) -> Vec<String> {
        let verifier = Arc::clone(&gate.verifier);
        // Those of a verifier that stays are known and being asked already.
        let stays = Arc::ptr_eq(&self.gate().verifier, &verifier);
        self.set(gate);
        if !stays {
            verifier.announce();
            if self.discover {
                verifier.discover();
            }
        }
        changes
    }

    /// Goes by these settings of the web app's, and then by those that it is given with the web app's own.
    pub(crate) fn go_by(
        &self,
        leader: &Arc<layer::Current>,
        config: ApiConfig,
    ) -> Result<(), Reason> {
        self.reloads.replaced(|| {
            if self
                .leader()
                .is_some_and(|known| !Arc::ptr_eq(known, leader))
            {
                return Err(Reason::Follows);
            }
            let prepared = self.prepare(config)?;
            self.follow(leader);
            self.adopt(prepared);
            Ok(())
        })
    }
}
