//! Where somebody signs in who did not choose, while users move from one provider to another.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use http::{HeaderMap, HeaderValue, Uri};

use super::builder::B2cLayerBuilder;
use super::caller::Caller;
use super::shell::Shell;
use crate::config::RoutingSettings;
use crate::cookie::{Cookies, Purpose, Route};
use crate::flow::Begin;
use crate::session::Record;

/// Names the provider that somebody signs in at.
pub(super) type ChooseProvider = Arc<dyn Fn(&SignInRequest<'_>) -> Option<String> + Send + Sync>;

/// A sign-in whose provider is to be chosen: what is known of the person before they sign in, none of
/// it proved. See [`B2cLayerBuilder::choose_provider`].
#[derive(Clone, Copy, Debug)]
pub struct SignInRequest<'a> {
    login_hint: Option<&'a str>,
    return_to: &'a str,
    uri: &'a Uri,
    cookies: &'a HeaderMap,
}

impl SignInRequest<'_> {
    /// The address that the person has given somewhere before, as the link to the sign-in
    /// (`/login?login_hint=…`) or the challenge has it.
    pub fn login_hint(&self) -> Option<&str> {
        self.login_hint
    }

    /// The local path and query that the sign-in is to end at.
    pub fn return_to(&self) -> &str {
        self.return_to
    }

    /// What the browser has asked for: the sign-in path with its query, or a page that needs a
    /// sign-in.
    pub fn uri(&self) -> &Uri {
        self.uri
    }

    /// The value of one of the browser's cookies.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        Cookies::value(self.cookies, name)
    }
}

impl B2cLayerBuilder {
    /// Which of several providers somebody signs in at who is not signed in, and for whom neither a
    /// link nor a challenge names one; the name in the configuration. Of `None`, and of a name that
    /// there is none of, `[routing]` decides, then `app.default_provider`, then the person. Default:
    /// `None`, which a panic of it counts as.
    ///
    /// It is asked in the middle of a request, so it looks into memory and waits for nothing. What it is
    /// told is what anybody may write into a link: it decides where a person proves who they are, not
    /// who they are.
    ///
    /// ```
    /// # fn with(builder: tower_b2c::B2cLayerBuilder, moved: std::collections::HashSet<String>)
    /// # -> tower_b2c::B2cLayerBuilder {
    /// builder.choose_provider(move |sign_in| {
    ///     let email = sign_in.login_hint()?.to_ascii_lowercase();
    ///     moved.contains(&email).then(|| "external-id".to_owned())
    /// })
    /// # }
    /// ```
    pub fn choose_provider(
        mut self,
        choose: impl Fn(&SignInRequest<'_>) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.choose_provider = Some(Arc::new(choose));
        self
    }
}

impl Shell {
    /// Sends somebody who is not signed in, and for whom nobody has named a provider, to the one that
    /// the app's function or `[routing]` names.
    pub(super) fn routed(
        &self,
        begin: Begin,
        caller: &Caller,
        signed_in: Option<&Record>,
    ) -> Begin {
        let is_open = begin.provider.is_none() && begin.purpose == Purpose::SignIn;
        if !is_open || signed_in.is_some() {
            return begin;
        }
        let headers = caller.headers();
        let hint = [&begin.demand, &begin.asked];
        let hint = hint.iter().find_map(|one| one.parameters.get("login_hint"));
        let named = self.chosen(&SignInRequest {
            login_hint: hint,
            return_to: &begin.return_to,
            uri: &caller.uri,
            cookies: &headers,
        });
        if let Some(name) = named {
            return begin.at(name);
        }
        let Some(routing) = &self.config.routing else {
            return begin;
        };
        if hint.is_some_and(|hint| routing.names(hint)) {
            return begin.at(&routing.to);
        }
        self.by_browser(routing, begin, &headers)
    }

    /// The provider that the app's function names, if there is such a one. A panic of it must not end the
    /// request.
    fn chosen(&self, sign_in: &SignInRequest<'_>) -> Option<String> {
        let choose = self.choose_provider.as_ref()?;
        let Ok(name) = catch_unwind(AssertUnwindSafe(|| choose(sign_in))) else {
            tracing::error!("choose_provider panicked; the configuration decides");
            return None;
        };
        let name = name?;
        if self.providers.get(&name).is_none() {
            tracing::error!(
                name,
                "choose_provider names a provider that there is none of"
            );
            return None;
        }
        Some(name)
    }

    /// Browsers that were signed in at the new provider go there again, and a share of the others.
    fn by_browser(&self, routing: &RoutingSettings, begin: Begin, headers: &HeaderMap) -> Begin {
        let known = self.cookies.route(headers);
        let is_new = known.is_none() && routing.percent > 0;
        let drawn = is_new.then(Route::draw);
        let moves = known.or(drawn).is_some_and(|route| {
            let within = route.is_within(routing.percent);
            route.moved || within
        });
        let begin = Begin { drawn, ..begin };
        if moves { begin.at(&routing.to) } else { begin }
    }

    /// What the browser is to keep after a sign-in at this provider.
    pub(super) fn route_after(&self, provider: &str, headers: &HeaderMap) -> Option<HeaderValue> {
        let routing = self.config.routing.as_ref()?;
        let known = self.cookies.route(headers);
        let moved = provider == routing.to;
        if !moved && known.is_none_or(|route| !route.moved) {
            return None;
        }
        let route = known.unwrap_or_else(Route::draw);
        Some(self.cookies.set_route(route.with_moved(moved)))
    }
}
