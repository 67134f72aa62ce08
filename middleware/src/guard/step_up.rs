//! Guards for users who did more than sign in.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::{Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::future::GuardFuture;
use crate::challenge::Challenge;
use crate::layer::B2cBody;
use crate::session::Session;

/// Lets users pass who passed a user flow in this session, and sends everybody else there.
///
/// It goes inside a [`B2cLayer`](crate::B2cLayer), around what it protects; without that layer
/// nobody passes. Whoever is signed in steps up: see
/// [`Challenge::with_user_flow`](crate::Challenge::with_user_flow).
///
/// ```
/// use tower_b2c::RequireUserFlowLayer;
///
/// // [provider.user_flows] stepup = "B2C_1A_stepup"
/// let guard = RequireUserFlowLayer::named("stepup");
/// ```
#[derive(Clone, Debug)]
pub struct RequireUserFlowLayer(Arc<str>);

impl RequireUserFlowLayer {
    /// The guard for a user flow: a name from `[provider.user_flows]`, or the flow's own. A name
    /// that the provider does not have leads to a page, and the log says so.
    pub fn named(user_flow: impl Into<String>) -> Self {
        Self(user_flow.into().into())
    }
}

impl<S> Layer<S> for RequireUserFlowLayer {
    type Service = StepUpGuard<S>;

    fn layer(&self, inner: S) -> StepUpGuard<S> {
        let rule = Rule::UserFlow(Arc::clone(&self.0));
        StepUpGuard { inner, rule }
    }
}

/// Lets users pass who gave their credentials a short while ago, and asks everybody else for them.
///
/// The provider's `auth_time` counts (OpenID Connect Core §2), so single sign-on does not help, and
/// Entra ID needs the optional claim `auth_time` in the app registration. Clocks may differ by 120
/// seconds. As [`RequireUserFlowLayer`], it goes inside a [`B2cLayer`](crate::B2cLayer).
#[derive(Clone, Copy, Debug)]
pub struct RequireFreshSignInLayer {
    max_age: Duration,
}

impl RequireFreshSignInLayer {
    /// The guard for credentials that were given within this time, in whole seconds.
    pub fn within(max_age: Duration) -> Self {
        Self { max_age }
    }
}

impl<S> Layer<S> for RequireFreshSignInLayer {
    type Service = StepUpGuard<S>;

    fn layer(&self, inner: S) -> StepUpGuard<S> {
        let rule = Rule::Fresh(self.max_age);
        StepUpGuard { inner, rule }
    }
}

/// Lets users pass who authenticated in one of some classes (`acr`, OpenID Connect Core §2), and
/// asks everybody else to. As [`RequireUserFlowLayer`], it goes inside a
/// [`B2cLayer`](crate::B2cLayer).
#[derive(Clone, Debug)]
pub struct RequireAcrLayer(Arc<[String]>);

impl RequireAcrLayer {
    /// The guard for these classes, any of them. None at all lets nobody pass.
    pub fn any_of<V: Into<String>>(values: impl IntoIterator<Item = V>) -> Self {
        Self(values.into_iter().map(Into::into).collect())
    }
}

impl<S> Layer<S> for RequireAcrLayer {
    type Service = StepUpGuard<S>;

    fn layer(&self, inner: S) -> StepUpGuard<S> {
        let rule = Rule::Acr(Arc::clone(&self.0));
        StepUpGuard { inner, rule }
    }
}

#[derive(Clone, Debug)]
enum Rule {
    UserFlow(Arc<str>),
    Fresh(Duration),
    Acr(Arc<[String]>),
}

impl Rule {
    fn check(&self, session: Option<&Session>) -> Result<(), Challenge> {
        let anybody = Challenge::sign_in;
        match (self, session) {
            (Self::UserFlow(name), Some(session)) => session.require_user_flow(name),
            (Self::UserFlow(name), None) => Err(anybody().with_user_flow(&**name)),
            (Self::Fresh(max_age), Some(session)) => session.require_fresh_sign_in(*max_age),
            (Self::Fresh(max_age), None) => Err(anybody().with_max_age(*max_age)),
            (Self::Acr(values), Some(session)) => session.require_acr(values),
            (Self::Acr(values), None) => Err(anybody().with_acr_values(values.iter().cloned())),
        }
    }
}

/// The service of [`RequireUserFlowLayer`], [`RequireFreshSignInLayer`] and [`RequireAcrLayer`].
#[derive(Clone, Debug)]
pub struct StepUpGuard<S> {
    inner: S,
    rule: Rule,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for StepUpGuard<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = GuardFuture<S::Future, Challenge>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let verdict = self.rule.check(request.extensions().get::<Session>());
        match verdict {
            Ok(()) => GuardFuture::pass(self.inner.call(request)),
            Err(challenge) => GuardFuture::stop(challenge),
        }
    }
}
