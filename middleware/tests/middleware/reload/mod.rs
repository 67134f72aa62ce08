//! Settings that change while people sign in.

mod at_once;
mod changes;
mod credentials;
mod files;
#[cfg(unix)]
mod hanging;
#[cfg(unix)]
mod mounted;
#[cfg(unix)]
mod pipe;
mod refused;
mod together;
#[cfg(unix)]
mod turns;
mod under_load;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use tower_b2c::{ApiConfig, B2cLayer, Config, ConfigFile, RequireSignInLayer};

use crate::support::{KEY, World, who};

#[cfg(unix)]
pub(crate) use pipe::pipe;

const NEXT: &str = "a new key, of thirty-two characters and more";

/// The settings of a world, to be changed.
fn config_of(world: &World, text: &str, change: impl FnOnce(ConfigFile) -> ConfigFile) -> Config {
    let file = Config::from_text(text).environment([
        ("SECRET", world.emulator.client().client_secret()),
        ("OTHER_SECRET", crate::support::OTHER_SECRET),
        ("KEY", KEY),
        ("NEXT", NEXT),
    ]);
    change(file).load().unwrap()
}

/// A folder with `b2c.toml` and `.env` in it, gone with the test.
pub(crate) struct Project(pub(crate) PathBuf);

impl Project {
    pub(crate) fn new(text: &str, env: &str) -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let name = format!("b2c-reload-{}-{number}", std::process::id());
        let folder = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        let project = Self(folder);
        project.has("b2c.toml", text);
        project.has(".env", env);
        project
    }

    pub(crate) fn has(&self, name: &str, text: &str) {
        // Whoever looks meanwhile sees the one or the other.
        let beside = self.0.join(format!("{name}.new"));
        std::fs::write(&beside, text).unwrap();
        std::fs::rename(beside, self.0.join(name)).unwrap();
    }

    fn config(&self) -> Config {
        let config = Config::from_file(self.0.join("b2c.toml")).load();
        config.unwrap()
    }

    pub(crate) fn layer(&self) -> B2cLayer {
        B2cLayer::new(self.config()).unwrap()
    }

    /// What an API needs of it.
    pub(crate) fn api(&self) -> ApiConfig {
        let config = Config::from_file(self.0.join("b2c.toml")).load_api();
        config.unwrap()
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn app(layer: &B2cLayer) -> Router {
    Router::new()
        .route("/private", get(who))
        .route_layer(RequireSignInLayer::new())
        .layer(layer.clone())
}

/// Waits until something is so.
pub(crate) async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..1000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never: {what}");
}

pub(crate) const QUICKLY: Duration = Duration::from_millis(50);
