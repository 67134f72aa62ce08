//! Tokens of the app itself, as applications see them.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;

use super::asked::Asked;
use super::builder::AppTokensBuilder;
use super::slot::Slot;
use crate::background::Background;
use crate::client::Calls;
use crate::config::ClientConfig;
use crate::cookie::KeyRing;
use crate::error::Error;
use crate::guard::Bearer;
use crate::provider::{Provider, Providers};
use crate::session::{Observed, SessionKey, SessionStore};
use crate::time::{Clock, Timestamp};
use crate::tokens::access_token::AccessToken;
use crate::tokens::error::TokenError;
use crate::tokens::scopes::Scopes;

/// Access tokens that the app has in its own name (client credentials, RFC 6749 §4.4), and for the
/// users of those who call it (on-behalf-of).
///
/// They are kept in this process and, sealed with `session.cookie_key`, in the session store, and are
/// replaced before they end, behind the requests. Many callers at once cause one request, also on
/// several instances that share the store and the key. Clones share all state.
///
/// A web app has them from its layer ([`B2cLayer::app_tokens`](crate::B2cLayer::app_tokens)); a
/// service or a worker, which signs nobody in, from its configuration:
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use tower_b2c::{AppTokens, Config};
///
/// let tokens = AppTokens::new(Config::from_file("b2c.toml").load_client()?)?;
/// let token = tokens.token_for("demo").await?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct AppTokens(pub(super) Arc<Inner>);

pub(super) struct Inner {
    pub(super) store: Arc<dyn SessionStore>,
    pub(super) keys: Arc<KeyRing>,
    registration: ArcSwap<Registration>,
    pub(super) background: Background,
    clock: Arc<dyn Clock>,
    slots: Mutex<HashMap<SessionKey, Arc<Slot>>>,
}

/// What the configuration says about whom to ask, and what for.
struct Registration {
    providers: Arc<Providers>,
    scopes: Scopes,
    calls: Arc<Calls>,
}

impl Registration {
    fn new(calls: Arc<Calls>, providers: Arc<Providers>) -> Self {
        Self {
            providers,
            scopes: Scopes::new(calls.apis()),
            calls,
        }
    }

    /// The provider of this name; without one, the one that is asked unless another is named.
    fn provider(&self, name: Option<&str>) -> Option<&Arc<Provider>> {
        match name {
            Some(name) => self.providers.get(name),
            None => self.providers.default().or(self.providers.all().first()),
        }
    }
}

impl AppTokens {
    /// Those of the app's registration, with the store that the configuration names.
    ///
    /// # Errors
    ///
    /// When the HTTP client or the store cannot be set up.
    pub fn new(config: ClientConfig) -> Result<Self, Error> {
        Self::builder(config).build()
    }

    /// For parts other than the defaults.
    pub fn builder(config: ClientConfig) -> AppTokensBuilder {
        AppTokensBuilder::new(config)
    }

    pub(crate) fn of(
        calls: Arc<Calls>,
        providers: Arc<Providers>,
        store: Arc<dyn SessionStore>,
        keys: Arc<KeyRing>,
        clock: Arc<dyn Clock>,
        background: Background,
    ) -> Self {
        Self(Arc::new(Inner {
            store: Observed::around(store),
            keys,
            registration: ArcSwap::from_pointee(Registration::new(calls, providers)),
            clock,
            background,
            slots: Mutex::default(),
        }))
    }

    /// The app's own token for the API that the configuration calls so (`[[downstream]]`): with all
    /// app roles that an administrator has given it there (`{resource}/.default`), or, at a provider
    /// of kind `oidc`, with the scopes that are configured.
    ///
    /// # Errors
    ///
    /// [`TokenError::UnknownDownstream`] if there is none;
    /// [`TokenError::Refused`] if the provider does not take the app's credential;
    /// [`TokenError::Unavailable`] while the provider is away and no token is at hand.
    pub async fn token_for(&self, downstream: &str) -> Result<AccessToken, TokenError> {
        self.acquire(self.own(downstream)?).await
    }

    /// The app's own token with these scopes, in full; at Microsoft's providers one,
    /// `{resource}/.default`. Of several providers `app.default_provider` is asked, or the first.
    ///
    /// # Errors
    ///
    /// As for [`token_for`](Self::token_for).
    pub async fn access_token(&self, scopes: &[&str]) -> Result<AccessToken, TokenError> {
        let registration = self.0.registration.load_full();
        let provider = registration.provider(None).ok_or(TokenError::NoScopes)?;
        let scopes = scopes.iter().map(|&scope| scope.to_owned()).collect();
        self.acquire(Asked {
            provider: Arc::clone(provider),
            scopes,
            caller: None,
        })
        .await
    }

    /// A token to call another API for the user whose token came with a request (on-behalf-of;
    /// External ID and Entra ID). Scopes as for [`Session::access_token`](crate::Session::access_token).
    /// It is kept for as long as it lasts, under the hash of the caller's token.
    ///
    /// # Errors
    ///
    /// [`TokenError::CallerMustSignIn`] where the caller's application has to ask its user, with the
    /// provider's claims challenge, which the handler returns for the [`BearerLayer`](crate::BearerLayer)
    /// to pass on; [`TokenError::Unsupported`] for a user of Azure AD B2C, which has
    /// no such flow, and for an application that calls on its own, which needs
    /// [`token_for`](Self::token_for).
    pub async fn on_behalf_of(
        &self,
        caller: &Bearer,
        scopes: &[&str],
    ) -> Result<AccessToken, TokenError> {
        self.acquire(self.of_caller(caller, scopes)?).await
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.0.now()
    }

    /// What APIs are called with.
    pub(crate) fn calls(&self) -> Arc<Calls> {
        Arc::clone(&self.0.registration.load().calls)
    }

    /// Asks these providers for tokens for these APIs from now on.
    pub(crate) fn go_by(&self, calls: Arc<Calls>, providers: Arc<Providers>) {
        let registration = Registration::new(calls, providers);
        self.0.registration.store(Arc::new(registration));
    }

    /// What the API of this name is called with in the app's own name.
    pub(super) fn own(&self, downstream: &str) -> Result<Asked, TokenError> {
        let registration = self.0.registration.load_full();
        let api = registration.scopes.of_app(downstream);
        let named = api.as_ref().and_then(|(api, _)| api.provider.as_deref());
        let unknown = || TokenError::UnknownDownstream {
            name: downstream.to_owned(),
            provider: named.unwrap_or_default().to_owned(),
        };
        let (api, default) = api.as_ref().ok_or_else(unknown)?;
        let provider = registration.provider(named).ok_or_else(unknown)?;
        let scopes = if provider.settings.kind.is_microsoft() {
            vec![default.clone()]
        } else {
            api.scopes.clone()
        };
        Ok(Asked {
            provider: Arc::clone(provider),
            scopes,
            caller: None,
        })
    }

    /// What an API is called with for the user who called this one.
    pub(super) fn of_caller(&self, caller: &Bearer, scopes: &[&str]) -> Result<Asked, TokenError> {
        let unsupported = |reason| TokenError::Unsupported { reason };
        if caller.is_app_only() {
            return Err(unsupported(APP_ONLY));
        }
        let registration = self.0.registration.load_full();
        let provider = registration.provider(Some(caller.provider()));
        let provider = provider.ok_or_else(|| unsupported(NOT_REGISTERED))?;
        let name = Some(caller.provider());
        let scopes = scopes
            .iter()
            .map(|scope| registration.scopes.full(scope, name));
        Ok(Asked {
            provider: Arc::clone(provider),
            scopes: scopes.map(str::to_owned).collect(),
            // Of kinds that have no such flow there is none, and they are refused.
            caller: Some(caller.token().cloned().unwrap_or_default()),
        })
    }
}

impl Inner {
    pub(super) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }

    pub(super) fn slot(&self, key: SessionKey) -> Arc<Slot> {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = slots.get(&key) {
            return Arc::clone(slot);
        }
        if slots.len() >= MOST {
            let now = self.now();
            slots.retain(|_, slot| Arc::strong_count(slot) > 1 || !slot.is_empty(now));
            if slots.len() >= MOST {
                // Every other one: they are in the store.
                let mut keep = false;
                slots.retain(|_, slot| {
                    keep = !keep;
                    keep || Arc::strong_count(slot) > 1
                });
            }
        }
        let slot = Arc::new(Slot::new(key));
        slots.insert(key, Arc::clone(&slot));
        slot
    }
}

impl fmt::Debug for AppTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppTokens(…)")
    }
}

/// How many tokens this process keeps in memory, most of them of on-behalf-of.
const MOST: usize = 10_000;
const APP_ONLY: &str = "the caller is an application on its own, for which nobody can act; call the \
                        other API in this app's own name";
const NOT_REGISTERED: &str = "the caller's provider is none that this app is registered at";
