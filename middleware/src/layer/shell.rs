//! Everything the layer shares between requests, and the few acts that every request may need.

use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Request, Response, header};

use super::builder::{PeerAddress, Render, Respond};
use super::caller::{Audience, Caller};
use super::choice::SignInPage;
use super::client_address::client_address;
use super::page::SignOutPage;
use super::routing::ChooseProvider;
use crate::client::Calls;
use crate::config::Config;
use crate::cookie::{Cookies, KeyRing, SignOuts, Trail, Transactions};
use crate::error::Error;
use crate::events::Hook;
use crate::flow::Refusal;
use crate::guard::{Forgery, forgery};
use crate::http_client::HttpClient;
use crate::provider::{AskAssertion, Providers};
use crate::session::{FormBudget, Home, Live, Session, Sessions, StoreError};
use crate::time::{Clock, Timestamp};
use crate::tokens::{AppTokens, Tokens};
use crate::trace::TraceContext;

/// The imperative shell around the flow: it performs what the flow decides.
pub(crate) struct Shell {
    pub(super) config: Arc<Config>,
    pub(super) cookies: Cookies,
    pub(super) keys: Arc<KeyRing>,
    pub(super) transactions: Transactions,
    pub(super) sign_outs: SignOuts,
    pub(super) sessions: Arc<Sessions>,
    pub(super) providers: Arc<Providers>,
    pub(super) tokens: Arc<Tokens>,
    calls: Arc<Calls>,
    pub(super) app_tokens: AppTokens,
    pub(super) error_page: Option<Respond>,
    pub(super) sign_in_page: Option<Render<SignInPage>>,
    pub(super) sign_out_page: Option<Render<SignOutPage>>,
    pub(super) peer_address: Option<PeerAddress>,
    pub(super) events: Hook,
    pub(super) choose_provider: Option<ChooseProvider>,
    pub(super) form_budget: Arc<FormBudget>,
    http: Arc<dyn HttpClient>,
    assertion: Option<AskAssertion>,
    clock: Arc<dyn Clock>,
}

/// What a [`Shell`] is made of.
pub(super) struct Parts {
    pub(super) config: Arc<Config>,
    pub(super) home: Home,
    pub(super) http: Arc<dyn HttpClient>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) assertion: Option<AskAssertion>,
    pub(super) error_page: Option<Respond>,
    pub(super) sign_in_page: Option<Render<SignInPage>>,
    pub(super) sign_out_page: Option<Render<SignOutPage>>,
    pub(super) peer_address: Option<PeerAddress>,
    pub(super) events: Hook,
    pub(super) choose_provider: Option<ChooseProvider>,
}

impl Shell {
    pub(super) fn new(parts: Parts) -> Self {
        let Parts {
            config,
            home,
            http,
            clock,
            assertion,
            error_page,
            sign_in_page,
            sign_out_page,
            peer_address,
            events,
            choose_provider,
        } = parts;
        let cookies = Cookies::new(&config.app.base_url);
        config.warn_of_large_sessions();
        #[cfg(feature = "metrics")]
        crate::metrics::begin(crate::metrics::Part::SignIn);
        let keys = KeyRing::new(&config.cookie_keys);
        keys.watch();
        let transactions = Transactions::new(Arc::clone(&keys), cookies.clone());
        let sign_outs = SignOuts::new(Arc::clone(&keys), cookies.clone());
        let providers = Providers::new(&config, &http, &clock, assertion.as_ref());
        let providers = Arc::new(providers);
        let shared = home.beside_sessions();
        let sessions = Sessions::new(home, Arc::clone(&keys), &config, Arc::clone(&clock));
        let calls = Arc::new(Calls::new(&config.downstreams, &http));
        let app_tokens = AppTokens::of(
            Arc::clone(&calls),
            Arc::clone(&providers),
            shared,
            Arc::clone(&keys),
            Arc::clone(&clock),
            sessions.background.clone(),
        );
        let tokens = Tokens::new(
            &config,
            Arc::clone(&providers),
            Arc::clone(&sessions),
            Arc::clone(&clock),
        );
        Self {
            cookies,
            keys,
            transactions,
            sign_outs,
            sessions,
            providers,
            tokens: Arc::new(tokens),
            calls,
            app_tokens,
            error_page,
            sign_in_page,
            sign_out_page,
            peer_address,
            events,
            choose_provider,
            form_budget: Arc::default(),
            http,
            assertion,
            clock,
            config,
        }
    }

    /// The shell of another configuration, which must differ in nothing that is fixed
    /// ([`Config::fixed_in`]). Sessions, keys, and what is known of the providers that stay, are shared
    /// with this one, which finishes what it has begun.
    pub(super) fn renewed(&self, config: Arc<Config>) -> Self {
        let assertion = self.assertion.as_ref();
        let providers = self
            .providers
            .renewed(&config, &self.http, &self.clock, assertion);
        let providers = Arc::new(providers);
        let calls = if self.config.downstreams == config.downstreams {
            Arc::clone(&self.calls)
        } else {
            Arc::new(Calls::new(&config.downstreams, &self.http))
        };
        self.sessions.go_by(&config);
        self.app_tokens
            .go_by(Arc::clone(&calls), Arc::clone(&providers));
        let tokens = Tokens::new(
            &config,
            Arc::clone(&providers),
            Arc::clone(&self.sessions),
            Arc::clone(&self.clock),
        );
        Self {
            cookies: self.cookies.clone(),
            keys: Arc::clone(&self.keys),
            transactions: Transactions::new(Arc::clone(&self.keys), self.cookies.clone()),
            sign_outs: SignOuts::new(Arc::clone(&self.keys), self.cookies.clone()),
            sessions: Arc::clone(&self.sessions),
            providers,
            tokens: Arc::new(tokens),
            calls,
            app_tokens: self.app_tokens.clone(),
            error_page: self.error_page.clone(),
            sign_in_page: self.sign_in_page.clone(),
            sign_out_page: self.sign_out_page.clone(),
            peer_address: self.peer_address.clone(),
            events: self.events.clone(),
            choose_provider: self.choose_provider.clone(),
            form_budget: Arc::clone(&self.form_budget),
            http: Arc::clone(&self.http),
            assertion: self.assertion.clone(),
            clock: Arc::clone(&self.clock),
            config,
        }
    }

    /// Whether the app's own function is there if a provider of this configuration wants it.
    pub(super) fn has_assertions_for(&self, config: &Config) -> Result<(), Error> {
        AskAssertion::check(self.assertion.as_ref(), &config.providers)
    }

    /// The handle that goes into a request's extensions; its calls belong to this trace.
    pub(super) fn session(&self, live: Arc<Live>, trace: Option<TraceContext>) -> Session {
        let (tokens, calls) = (Arc::clone(&self.tokens), Arc::clone(&self.calls));
        Session::new(live, tokens, calls, trace)
    }

    /// The journey has arrived.
    pub(super) fn clear_trail(&self, headers: &mut HeaderMap) {
        set_cookie(headers, self.cookies.clear_trail());
    }

    /// Without the store nobody's session can be judged: neither anonymous nor signed in.
    pub(super) fn store_unavailable(&self, caller: &Caller, error: &StoreError) -> Response<Bytes> {
        self.refuse(caller, &Refusal::of_store(error))
    }

    /// A request's own view of itself.
    pub(super) fn caller<B>(&self, request: &Request<B>, trail: Option<Trail>) -> Caller {
        let find = self.peer_address.as_ref();
        let peer = find.and_then(|find| find(request.extensions()));
        let proxies = &self.config.app.edge.trusted_proxies;
        let client = peer.map(|peer| client_address(peer, proxies, request.headers()));
        Caller::of(request, &self.config.app, trail, client)
    }

    /// Why a request for the app is not let through to it, if it was forged.
    pub(super) fn forgery<B>(&self, request: &Request<B>, caller: &Caller) -> Option<Refusal> {
        let (edge, base_url) = (&self.config.app.edge, self.config.base_url());
        let (method, path) = (request.method(), caller.uri.path());
        let scripted = caller.audience == Audience::Api;
        let forgery = forgery(edge, base_url, method, path, request.headers(), scripted)?;
        Some(match forgery {
            Forgery::CrossSite => Refusal::CrossSite,
            Forgery::NoHeader => Refusal::CsrfHeaderMissing,
        })
    }

    pub(crate) fn providers(&self) -> &Providers {
        &self.providers
    }

    pub(crate) fn sessions(&self) -> &Sessions {
        &self.sessions
    }

    /// What is wrong with the files of the cookie keys, so that the last good ones are in use.
    pub(crate) fn cookie_key_problem(&self) -> Option<String> {
        self.keys.problem()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::now(&*self.clock)
    }
}

/// Whatever sets a cookie must not end up in a shared cache.
pub(super) fn set_cookie(headers: &mut HeaderMap, cookie: HeaderValue) {
    headers.append(header::SET_COOKIE, cookie);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
}
