//! The app: what every instance serves.

use std::error::Error;
use std::net::SocketAddr;
use std::time::SystemTime;

use axum::Router;
use axum::extract::{ConnectInfo, State};
use axum::http::{HeaderValue, StatusCode, Uri};
use axum::middleware::{map_response, map_response_with_state};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use minijinja::context;
use tower_b2c::{B2cLayer, Config, Session, TokenError};

use crate::api::WebApi;
use crate::views::Views;
use crate::{assets, security};

#[derive(Clone)]
struct App {
    views: Views,
    api: Option<WebApi>,
}

/// The routes of one instance, with its name in the header `X-Instance` of every response.
pub(crate) fn routes(config: Config, name: String) -> Result<Router, Box<dyn Error>> {
    let instance = HeaderValue::from_str(&name)?;
    let views = Views::new(name);
    let api = config.downstream("demo").map(WebApi::new).transpose()?;
    let (error_page, sign_out_page) = (views.clone(), views.clone());
    let layer = B2cLayer::builder(config)
        .error_page(move |error| error_page.error(error))
        .sign_out_page(move |question| sign_out_page.sign_out(question))
        .peer_address(|extensions| {
            extensions
                .get()
                .map(|ConnectInfo(peer): &ConnectInfo<SocketAddr>| peer.ip())
        })
        .build()?;
    let policy = security::Policy::new(&layer, "style-src 'self'; img-src 'self'");
    let readiness = layer.readiness();
    let ready = get(move || async move {
        if readiness.is_ready() {
            StatusCode::OK
        } else {
            StatusCode::SERVICE_UNAVAILABLE
        }
    });
    Ok(Router::new()
        .route("/", get(home))
        .route("/ask", post(ask))
        .route("/profile", get(profile))
        .route("/api", get(call_api))
        .route("/static/style.css", get(assets::style))
        .route("/static/favicon.svg", get(assets::favicon))
        .fallback(not_found)
        .with_state(App { views, api })
        .layer(layer)
        // Outside of the layer: probes are nobody's requests.
        .route("/live", get(StatusCode::OK))
        .route("/ready", ready)
        .layer(map_response_with_state(policy, security::add_headers))
        .layer(map_response(move |mut response: Response| {
            let instance = instance.clone();
            async move {
                response.headers_mut().insert("x-instance", instance);
                response
            }
        })))
}

/// `/`: for everyone; says who answered.
async fn home(State(app): State<App>, session: Option<Session>) -> Response {
    let signed_in = session.as_ref().map(|session| ago(session.signed_in_at()));
    let content = context! { signed_in };
    app.views
        .page(StatusCode::OK, "home.html", session.as_ref(), content)
}

/// `POST /ask`: a request that must not be made twice, as a form is.
async fn ask(_: Session) -> Redirect {
    Redirect::to("/")
}

/// `/profile`: the claims of whoever is signed in.
async fn profile(State(app): State<App>, session: Session) -> Response {
    let claims = session.claims();
    let rows = claims.iter().map(|(name, value)| {
        let value = value.as_str().map_or(value.to_string(), str::to_owned);
        context! { name, value, meaning => "" }
    });
    let content = context! {
        claims => rows.collect::<Vec<_>>(),
        email => claims.email(),
        user_flow => session.user_flow(),
        signed_in => ago(session.signed_in_at()),
        can_edit_profile => session.can_edit_profile(),
    };
    app.views
        .page(StatusCode::OK, "profile.html", Some(&session), content)
}

/// `/api`: a call in the user's name; whichever instance it is has, or refreshes, the user's token.
async fn call_api(State(app): State<App>, session: Session) -> Result<Response, TokenError> {
    let Some(api) = &app.api else {
        return Ok(StatusCode::NOT_FOUND.into_response());
    };
    let answer = api.call(&session).await?;
    let content = context! {
        url => api.url(),
        status => answer.status,
        success => answer.success,
        body => answer.body,
    };
    let page = app
        .views
        .page(StatusCode::OK, "api.html", Some(&session), content);
    Ok(page)
}

async fn not_found(State(app): State<App>, session: Option<Session>, uri: Uri) -> Response {
    let content = context! {
        status => 404,
        provider_code => (),
        reference => (),
        title => "There is no such page",
        message => format!("Nothing is at {}.", uri.path()),
    };
    let status = StatusCode::NOT_FOUND;
    app.views
        .page(status, "error.html", session.as_ref(), content)
}

fn ago(time: SystemTime) -> String {
    match time.elapsed().map_or(0, |elapsed| elapsed.as_secs() / 60) {
        0 => "just now".to_owned(),
        1 => "1 minute ago".to_owned(),
        minutes => format!("{minutes} minutes ago"),
    }
}
