//! The HTML templates, compiled into the binary.

use std::sync::LazyLock;

use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, UndefinedBehavior, Value, context};
use tower_b2c::{ErrorPage, Session, SignOutPage};

static TEMPLATES: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut templates = Environment::new();
    templates.set_undefined_behavior(UndefinedBehavior::Strict);
    templates.add_global("app_name", env!("CARGO_PKG_NAME"));
    for (name, source) in [
        ("layout.html", include_str!("../templates/layout.html")),
        ("home.html", include_str!("../templates/home.html")),
        ("profile.html", include_str!("../templates/profile.html")),
        ("api.html", include_str!("../templates/api.html")),
        ("error.html", include_str!("../templates/error.html")),
        ("sign_out.html", include_str!("../templates/sign_out.html")),
    ] {
        if let Err(error) = templates.add_template(name, source) {
            tracing::error!("{error:#}");
        }
    }
    templates
});

/// A page in the app's layout.
pub fn page(
    status: StatusCode,
    template: &str,
    visitor: Option<&Session>,
    content: Value,
) -> Response {
    let name = visitor.map(|session| {
        let claims = session.claims();
        claims.name().or(claims.email()).unwrap_or("you").to_owned()
    });
    match render(
        template,
        context! { page => template, visitor => name, ..content },
    ) {
        Ok(html) => (status, Html(html)).into_response(),
        Err(error) => {
            tracing::error!("{template}: {error:#}");
            (
                StatusCode::INTERNAL_SERVER_ERROR,
                "This page cannot be shown.",
            )
                .into_response()
        }
    }
}

/// What the sign-in layer shows when a sign-in cannot go on.
pub fn error_page(error: &ErrorPage) -> String {
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
    render("error.html", content).unwrap_or_else(|error| {
        tracing::error!("error.html: {error:#}");
        "This page cannot be shown.".to_owned()
    })
}

/// What the sign-in layer shows to those who open `/logout` instead of pressing the button.
pub fn sign_out_page(question: &SignOutPage) -> String {
    let content = context! { page => "sign_out.html", action => question.action() };
    render("sign_out.html", content).unwrap_or_else(|error| {
        tracing::error!("sign_out.html: {error:#}");
        "This page cannot be shown.".to_owned()
    })
}

fn render(template: &str, content: Value) -> Result<String, minijinja::Error> {
    TEMPLATES.get_template(template)?.render(content)
}
