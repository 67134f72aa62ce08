//! What differs between two configurations: what can be taken over while the app runs, and what not.

use super::api::{AcceptedTokens, ApiConfig};
use super::settings::Config;

impl Config {
    /// The settings of `newer` that differ and that only a restart takes over: what cookies and
    /// registrations at providers are made of, and what is opened once.
    pub(crate) fn fixed_in(&self, newer: &Self) -> Vec<&'static str> {
        let (app, other) = (&self.app, &newer.app);
        let (sessions, others) = (&self.user_sessions, &newer.user_sessions);
        let same_redirects = self.providers.iter().all(|provider| {
            let mut others = newer.providers.iter();
            let other = others.find(|other| other.name == provider.name);
            other.is_none_or(|other| other.redirect_path == provider.redirect_path)
        });
        let fixed = [
            ("app.base_url", app.base_url == other.base_url),
            (
                "app.redirect_path",
                app.redirect_path == other.redirect_path,
            ),
            ("provider.redirect_path", same_redirects),
            ("app.sign_in_path", app.sign_in_path == other.sign_in_path),
            (
                "app.edit_profile_path",
                app.edit_profile_path == other.edit_profile_path,
            ),
            (
                "app.reset_password_path",
                app.reset_password_path == other.reset_password_path,
            ),
            (
                "app.sign_out_path",
                app.sign_out_path == other.sign_out_path,
            ),
            (
                "app.front_channel_sign_out_path",
                app.front_channel_sign_out_path == other.front_channel_sign_out_path,
            ),
            (
                "app.back_channel_sign_out_path",
                app.back_channel_sign_out_path == other.back_channel_sign_out_path,
            ),
            (
                "app.session_path",
                app.edge.session_path == other.edge.session_path,
            ),
            (
                "session.store (with its table)",
                self.store.is_same_place(&newer.store),
            ),
            ("session.cache_sessions", sessions.cached == others.cached),
            (
                "session.cookie_key (from none, or to none)",
                self.cookie_keys.values().is_empty() == newer.cookie_keys.values().is_empty(),
            ),
        ];
        let changed = fixed.into_iter().filter(|(_, same)| !same);
        changed.map(|(name, _)| name).collect()
    }

    /// What differs besides, by table and name, for the log: never a value.
    pub(crate) fn changes_to(&self, newer: &Self) -> Vec<String> {
        // By name, so that whoever adds a table is asked for it here. What is fixed is compared above.
        let Self {
            source: _,
            app,
            lifetimes,
            cookie_keys,
            user_sessions,
            store,
            providers,
            routing,
            downstreams,
            api,
        } = self;
        let mut changes = Vec::new();
        let mut note = |same: bool, name: &str| {
            if !same {
                changes.push(name.to_owned());
            }
        };
        note(*app == newer.app, "app");
        note(
            *lifetimes == newer.lifetimes && *user_sessions == newer.user_sessions,
            "session",
        );
        // With their sources: the same key in another file is looked for there from then on.
        note(*cookie_keys == newer.cookie_keys, "session.cookie_keys");
        note(*store == newer.store, STORE_CREDENTIAL);
        note(*routing == newer.routing, "routing");
        for provider in &newer.providers {
            let before = providers.iter().find(|one| one.name == provider.name);
            match before {
                None => changes.push(format!("provider {} (added)", provider.name)),
                Some(before) if before != provider => {
                    changes.push(format!("provider {}", provider.name));
                }
                Some(_) => {}
            }
        }
        for gone in providers {
            if newer.providers.iter().all(|one| one.name != gone.name) {
                changes.push(format!("provider {} (removed)", gone.name));
            }
        }
        if *downstreams != newer.downstreams {
            changes.push("downstream".to_owned());
        }
        let same_api = match (api, &newer.api) {
            (Some(one), Some(other)) => one.changes_to(other).is_empty(),
            (None, None) => true,
            _ => false,
        };
        if !same_api {
            changes.push(OF_BEARER_LAYER.to_owned());
        }
        changes
    }
}

impl ApiConfig {
    /// What differs, by table and name, for the log: never a value.
    pub(crate) fn changes_to(&self, newer: &Self) -> Vec<String> {
        // By name, so that whoever adds a setting is asked for it here.
        let Self {
            source: _,
            base_url,
            scopes,
            accepted,
            nonce_secrets,
        } = self;
        let own = [
            ("api.base_url", *base_url == newer.base_url),
            ("api.scopes", *scopes == newer.scopes),
            (NONCE_SECRET, *nonce_secrets == newer.nonce_secrets),
        ];
        let own = own.into_iter().filter(|(_, same)| !same);
        let mut changes: Vec<_> = own.map(|(name, _)| name.to_owned()).collect();
        for one in &newer.accepted {
            let name = &one.provider.name;
            let mut before = accepted.iter();
            match before.find(|before| before.provider.name == *name) {
                None => changes.push(format!("tokens of provider {name} (added)")),
                Some(before) => {
                    if !before.provider.is_same_issuer(&one.provider) {
                        changes.push(format!("provider {name}"));
                    }
                    if before.rules != one.rules {
                        changes.push(format!("tokens of provider {name}"));
                    }
                }
            }
        }
        for AcceptedTokens { provider: gone, .. } in accepted {
            let mut left = newer.accepted.iter();
            if left.all(|one| one.provider.name != gone.name) {
                changes.push(format!("tokens of provider {} (removed)", gone.name));
            }
        }
        changes
    }
}

/// What a layer for access tokens takes over, by a reload of its own unless it follows the web app's.
pub(crate) const OF_BEARER_LAYER: &str = "api (for the BearerLayer, which reloads by itself)";

/// What nonces for proofs of possession are made with, unless the app's code says so.
pub(crate) const NONCE_SECRET: &str = "api.dpop_nonce_secret";

/// What the store was opened with: a newer one is for the next start.
pub(crate) const STORE_CREDENTIAL: &str = "session.store (its credential, from a restart on)";
