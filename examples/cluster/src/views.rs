//! The pages: those of generated projects, with a home page that names the instance.

use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use tower_b2c::{ErrorPage, Session, SignOutPage};

/// The templates of one instance.
#[derive(Clone)]
pub(crate) struct Views(Arc<Environment<'static>>);

impl Views {
    /// Every page's head shows this name.
    pub(crate) fn new(instance: String) -> Self {
        let mut templates = Environment::new();
        templates.set_undefined_behavior(UndefinedBehavior::Strict);
        templates.add_global("app_name", format!("Instance {instance}"));
        templates.add_global("instance", instance);
        templates.add_global("navigation", NAVIGATION.map(Vec::from).to_vec());
        for (name, source) in SOURCES {
            if let Err(error) = templates.add_template(name, source) {
                tracing::error!("{error:#}");
            }
        }
        Self(Arc::new(templates))
    }

    /// A page in the layout.
    pub(crate) fn page(
        &self,
        status: StatusCode,
        template: &str,
        visitor: Option<&Session>,
        content: Value,
    ) -> Response {
        let name = visitor.map(|session| session.claims().name().unwrap_or("you").to_owned());
        let content = context! { page => template, visitor => name, ..content };
        (status, Html(self.render(template, content))).into_response()
    }

    /// What the layer shows when a sign-in cannot go on.
    pub(crate) fn error(&self, error: &ErrorPage) -> String {
        let content = context! {
            page => "error.html",
            status => error.status(),
            title => error.title(),
            message => error.message(),
            retry_url => error.retry_url(),
            provider_code => error.provider_code(),
            correlation_id => error.correlation_id(),
            reference => error.reference(),
        };
        self.render("error.html", content)
    }

    /// What the layer shows to those who open `/logout` instead of pressing the button.
    pub(crate) fn sign_out(&self, question: &SignOutPage) -> String {
        let content = context! { page => "sign_out.html", action => question.action() };
        self.render("sign_out.html", content)
    }

    fn render(&self, template: &str, content: Value) -> String {
        let page = self.0.get_template(template);
        page.and_then(|page| page.render(content))
            .unwrap_or_else(|error| {
                tracing::error!("{template}: {error:#}");
                "This page cannot be shown.".to_owned()
            })
    }
}

/// Where the links at the top lead, what they say, and which template is there.
const NAVIGATION: [[&str; 3]; 3] = [
    ["/", "Home", "home.html"],
    ["/profile", "Profile", "profile.html"],
    ["/api", "Web API", "api.html"],
];
const SOURCES: [(&str, &str); 6] = [
    (
        "layout.html",
        include_str!("../../../templates/site/templates/layout.html"),
    ),
    ("home.html", include_str!("../templates/home.html")),
    (
        "profile.html",
        include_str!("../../../templates/web-app/templates/profile.html"),
    ),
    (
        "api.html",
        include_str!("../../../templates/web-app/templates/api.html"),
    ),
    (
        "error.html",
        include_str!("../../../templates/site/templates/error.html"),
    ),
    (
        "sign_out.html",
        include_str!("../../../templates/site/templates/sign_out.html"),
    ),
];
