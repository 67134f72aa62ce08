//! What the measured processes serve: one page with the signed-in user's name, by different means.

mod axum_login;
mod axum_oidc_client;
mod bare;
pub mod bearer;
mod bearer_peers;
mod huskarl;
pub mod ours;
mod tower_sessions;
mod user;

use std::io::BufRead as _;
use std::net::Ipv4Addr;

use ::axum::Router;
use ::axum::response::Html;
use tokio::net::TcpListener;

use crate::error::Failure;
use crate::harness::Scene;

/// Serves a row until the harness ends it; answers its questions for `allocations`: how many there
/// were, and how many bytes are held.
///
/// # Errors
///
/// When the row is not known, or cannot be served; the harness prints why.
pub fn serve(row: &str, allocations: fn() -> (u64, i64)) -> Result<(), Failure> {
    let scene = Scene::from_environment()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(Failure::during("tokio"))?;
    runtime.block_on(async {
        let app = app(row, &scene).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, scene.port)).await;
        let listener = listener.map_err(Failure::during("listening"))?;
        println!("ready");
        std::thread::spawn(move || {
            for _ in std::io::stdin().lock().lines() {
                let (count, held) = allocations();
                println!("{count} {held}");
            }
        });
        let served = ::axum::serve(listener, app).await;
        served.map_err(Failure::during("serving"))
    })
}

async fn app(row: &str, scene: &Scene) -> Result<Router, Failure> {
    match row {
        "bare" => Ok(bare::app()),
        "any-layer" => Ok(bare::layered()),
        "anonymous" => ours::app(scene, USER_NAME),
        "memory" | "redis-warm" | "postgres-warm" => ours::app(scene, "nobody"),
        "cookie-3k" => {
            let scene = Scene {
                in_cookies: true,
                ..scene.clone()
            };
            ours::app(&scene, "nobody")
        }
        "peer:tower-sessions-memory" => Ok(tower_sessions::in_memory()),
        "peer:tower-sessions-redis" => tower_sessions::in_redis(scene).await,
        "peer:axum-login" => Ok(axum_login::app()),
        "peer:axum-oidc-client" => axum_oidc_client::app(scene),
        "bearer-first" => bearer::app(scene, FEW),
        "bearer-cached" => bearer::app(scene, 10_000),
        "peer:tower-oauth2-resource-server" => bearer_peers::resource_server(scene).await,
        "peer:jsonwebtoken-per-request" => bearer_peers::jsonwebtoken(scene).await,
        "peer:huskarl-axum" => huskarl::app(scene).await,
        _ => Err(Failure::new(format!("there is no server for {row}"))),
    }
}

/// The page that every row answers with: 217 bytes for a name of twelve.
fn page(name: &str) -> Html<String> {
    Html(format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>Orders</title></head>\
         <body><h1>Orders</h1><p>Signed in as {name}.</p><p>There are no orders at present; \
         new ones are shown here.</p></body></html>"
    ))
}

/// Fewer tokens than the harness sends in turn, so that none is remembered when it comes again.
const FEW: usize = 16;

/// Whom the emulator's access tokens are for: its demo API.
const AUDIENCE: &str = "11112222-bbbb-3333-cccc-4444dddd5555";

/// Whom the emulator signs in.
pub const USER_NAME: &str = "Ada Lovelace";
