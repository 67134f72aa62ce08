//! Guards for tokens that permit more than others.

use std::sync::Arc;
use std::task::{Context, Poll};

use http::{Extensions, Request, Response};
use tower_layer::Layer;
use tower_service::Service;

use super::challenge::BearerChallenge;
use super::token::Bearer;
use crate::events::{AuditEvent, Occurrence};
use crate::guard::future::GuardFuture;
use crate::layer::B2cBody;
use crate::session::Session;

/// Lets requests pass whose token has scopes: what a person lets the calling application do.
///
/// It goes inside a [`BearerLayer`](crate::BearerLayer), around what it protects; without that layer
/// nobody passes. An empty list lets nobody pass, either.
///
/// ```
/// use tower_b2c::RequireScopesLayer;
///
/// // For users, and for jobs that run on their own.
/// let guard = RequireScopesLayer::all_of(["demo.read"]).or_app_roles(["Demo.Read.All"]);
/// ```
#[derive(Clone, Debug)]
pub struct RequireScopesLayer(Rule);

impl RequireScopesLayer {
    /// The guard for all of these scopes.
    pub fn all_of<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self(Rule {
            scopes: collect(scopes),
            all: true,
            ..Rule::default()
        })
    }

    /// The guard for one of these scopes.
    pub fn any_of<S: Into<String>>(scopes: impl IntoIterator<Item = S>) -> Self {
        Self(Rule {
            scopes: collect(scopes),
            ..Rule::default()
        })
    }

    /// Lets applications pass, too, that call on their own and have one of these roles.
    pub fn or_app_roles<S: Into<String>>(mut self, roles: impl IntoIterator<Item = S>) -> Self {
        self.0.app_roles = collect(roles);
        self
    }

    /// Lets the app's own signed-in users pass, too, if the request carries no token. The
    /// [`B2cLayer`](crate::B2cLayer) goes around the [`BearerLayer`](crate::BearerLayer), which is
    /// [optional](crate::BearerLayerBuilder::optional).
    pub fn or_session(mut self) -> Self {
        self.0.session = true;
        self
    }
}

/// Lets requests pass whose token has one of some roles. As [`RequireScopesLayer`], it goes inside a
/// [`BearerLayer`](crate::BearerLayer).
#[derive(Clone, Debug)]
pub struct RequireRolesLayer(Rule);

impl RequireRolesLayer {
    /// The guard for applications that call on their own and have one of these roles; a user's roles
    /// do not count.
    pub fn of_app<S: Into<String>>(roles: impl IntoIterator<Item = S>) -> Self {
        Self(Rule {
            app_roles: collect(roles),
            ..Rule::default()
        })
    }

    /// The guard for users who have one of these roles; those of an application that calls on its
    /// own do not count.
    pub fn of_user<S: Into<String>>(roles: impl IntoIterator<Item = S>) -> Self {
        Self(Rule {
            user_roles: collect(roles),
            ..Rule::default()
        })
    }
}

#[derive(Clone, Debug, Default)]
struct Rule {
    scopes: Arc<[String]>,
    /// Whether all of the scopes are needed.
    all: bool,
    app_roles: Arc<[String]>,
    user_roles: Arc<[String]>,
    /// Whether a session will do.
    session: bool,
}

impl Rule {
    fn check(&self, extensions: &Extensions) -> Result<(), BearerChallenge> {
        let scopes = || self.scopes.iter().map(String::as_str);
        let Some(bearer) = extensions.get::<Bearer>() else {
            if self.session && extensions.get::<Session>().is_some() {
                return Ok(());
            }
            return Err(BearerChallenge::scopes_required(scopes()));
        };
        let by_scope = if self.all {
            !self.scopes.is_empty() && scopes().all(|scope| bearer.has_scope(scope))
        } else {
            scopes().any(|scope| bearer.has_scope(scope))
        };
        let one_of = |wanted: &[String], role| wanted.iter().any(|wanted| wanted == role);
        let by_role = bearer.app_roles().any(|role| one_of(&self.app_roles, role))
            || bearer
                .user_roles()
                .any(|role| one_of(&self.user_roles, role));
        if by_scope || by_role {
            Ok(())
        } else {
            Err(BearerChallenge::insufficient_scope(scopes()))
        }
    }
}

impl<S> Layer<S> for RequireScopesLayer {
    type Service = PermissionGuard<S>;

    fn layer(&self, inner: S) -> PermissionGuard<S> {
        let rule = self.0.clone();
        PermissionGuard { inner, rule }
    }
}

impl<S> Layer<S> for RequireRolesLayer {
    type Service = PermissionGuard<S>;

    fn layer(&self, inner: S) -> PermissionGuard<S> {
        let rule = self.0.clone();
        PermissionGuard { inner, rule }
    }
}

/// The service of [`RequireScopesLayer`] and [`RequireRolesLayer`].
#[derive(Clone, Debug)]
pub struct PermissionGuard<S> {
    inner: S,
    rule: Rule,
}

impl<S, RequestBody, ResponseBody> Service<Request<RequestBody>> for PermissionGuard<S>
where
    S: Service<Request<RequestBody>, Response = Response<ResponseBody>>,
{
    type Response = Response<B2cBody<ResponseBody>>;
    type Error = S::Error;
    type Future = GuardFuture<S::Future, BearerChallenge>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: Request<RequestBody>) -> Self::Future {
        let Err(challenge) = self.rule.check(request.extensions()) else {
            return GuardFuture::pass(self.inner.call(request));
        };
        if let Some(bearer) = request.extensions().get::<Bearer>() {
            let event = AuditEvent {
                subject: Some(bearer.subject()),
                provider: Some(bearer.provider()),
                path: Some(request.uri().path()),
                reason: Some(challenge.reason()),
                ..AuditEvent::default()
            };
            event.tell(Occurrence::AccessTokenRefused);
        }
        GuardFuture::stop(challenge)
    }
}

fn collect<S: Into<String>>(words: impl IntoIterator<Item = S>) -> Arc<[String]> {
    words.into_iter().map(Into::into).collect()
}
