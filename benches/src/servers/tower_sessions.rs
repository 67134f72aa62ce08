//! tower-sessions: the user is a value in the session.
//!
//! With its own memory store at its newest version; with Redis at the version before, which is the
//! newest that its Redis store works with.

use ::axum::Router;
use ::axum::response::{Html, Redirect};
use ::axum::routing::get;
use tower_sessions::{MemoryStore, Session, SessionManagerLayer};
use tower_sessions_0_14 as before;
use tower_sessions_redis_store::RedisStore;
use tower_sessions_redis_store::fred::clients::Pool;
use tower_sessions_redis_store::fred::interfaces::ClientLike as _;
use tower_sessions_redis_store::fred::types::config::Config;

use super::page;
use super::user::User;
use crate::error::Failure;
use crate::harness::Scene;

/// Sessions in this process.
pub(super) fn in_memory() -> Router {
    let sessions = SessionManagerLayer::new(MemoryStore::default()).with_secure(false);
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login));
    routes.layer(sessions)
}

/// Sessions in Redis, which is asked at each request.
pub(super) async fn in_redis(scene: &Scene) -> Result<Router, Failure> {
    let url = scene.redis.as_deref().unwrap_or_default();
    let config = Config::from_url(url).map_err(Failure::during("fred"))?;
    let pool = Pool::new(config, None, None, None, 6).map_err(Failure::during("fred"))?;
    pool.connect();
    pool.wait_for_connect()
        .await
        .map_err(Failure::during("fred"))?;
    let sessions = before::SessionManagerLayer::new(RedisStore::new(pool)).with_secure(false);
    let routes = Router::new()
        .route("/", get(home_before))
        .route("/login", get(login_before));
    Ok(routes.layer(sessions))
}

async fn home(session: Session) -> Html<String> {
    let user: Option<User> = session.get(USER).await.unwrap_or_default();
    page(user.as_ref().map_or("nobody", |user| &user.name))
}

async fn login(session: Session) -> Redirect {
    // The error shows as a page without the user's name.
    let _ = session.insert(USER, User::signed_in()).await;
    Redirect::to("/")
}

async fn home_before(session: before::Session) -> Html<String> {
    let user: Option<User> = session.get(USER).await.unwrap_or_default();
    page(user.as_ref().map_or("nobody", |user| &user.name))
}

async fn login_before(session: before::Session) -> Redirect {
    let _ = session.insert(USER, User::signed_in()).await;
    Redirect::to("/")
}

const USER: &str = "user";
