//! The admin API: a listener of its own, with a token of its own. Microsoft Graph's stand-in is there,
//! too: whoever may administer the emulator may register applications.

mod auth;
mod graph;
mod handlers;
mod routes;

use std::sync::Arc;

use axum::{
    Router,
    body::to_bytes,
    extract::{Request, State},
    http::{Method, StatusCode, header},
    response::Response,
};

use self::{
    auth::{Caller, caller},
    routes::{Answer, Call, find},
};
use super::{Loopback, RunningServer, reply, run::serve};
use crate::{
    address::is_loopback_host,
    pages::{ICON, STYLESHEET},
    protocol::Params,
    world::World,
};

/// What the admin API's handlers are given.
#[derive(Clone)]
struct Admin {
    world: Arc<World>,
    token: Arc<str>,
}

/// Starts the admin API in a task of its own.
pub(crate) fn run_admin(listener: Loopback, world: Arc<World>, token: &str) -> RunningServer {
    let admin = Admin {
        world,
        token: token.into(),
    };
    serve(listener, |_| {
        Router::new().fallback(dispatch).with_state(admin)
    })
}

async fn dispatch(State(admin): State<Admin>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let host = parts.headers.get(header::HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    if !is_loopback_host(host) {
        return reply::not_found();
    }
    let path = parts.uri.path();
    let is_get = parts.method == Method::GET;
    match path {
        "/emulator/style.css" if is_get => {
            return reply::asset("text/css; charset=utf-8", STYLESHEET);
        }
        "/emulator/icon.svg" if is_get => return reply::asset("image/svg+xml", ICON),
        _ => {}
    }
    if let Some(place) = graph::place(path) {
        return graph::graph(&admin, place, &parts, body).await;
    }
    let allowed = match caller(&parts.headers, &admin.token) {
        Some(Caller::Program) => true,
        // A browser sends a password along with what other sites make it do.
        Some(Caller::Browser) => is_get,
        None => false,
    };
    if !allowed {
        return auth::challenge();
    }
    let Ok(body) = to_bytes(body, LONGEST_BODY).await else {
        return reply::empty(StatusCode::PAYLOAD_TOO_LARGE);
    };
    let Some((handler, id)) = find(&parts.method, path) else {
        return Answer::missing().into_response();
    };
    let call = Call {
        world: &admin.world,
        id,
        body: String::from_utf8_lossy(&body).into_owned(),
        tenant: Params::parse(parts.uri.query().unwrap_or_default()).get("tenant"),
    };
    handler(&call)
        .unwrap_or_else(|error| Answer::refusal(&error))
        .into_response()
}

const LONGEST_BODY: usize = 4 * 1024 * 1024;
