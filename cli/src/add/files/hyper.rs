//! Who signs this app's users in: all that `b2c.toml` says, as a layer around the service.
//!
//! A request of somebody who is signed in has a `tower_b2c::Session` in its extensions. A response
//! with a `tower_b2c::Challenge` in its extensions leads through a sign-in and back.
//!
//! ```ignore
//! match request.extensions().get::<Session>() {
//!     Some(session) => page(session.claims().name()),
//!     None => {
//!         let mut response = Response::default();
//!         response.extensions_mut().insert(Challenge::sign_in());
//!         response
//!     }
//! }
//! ```
//!
//! `/login`, `/edit-profile` and `/reset-password` are links to put on pages; `/logout` is where a form's
//! POST signs out.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use tower_b2c::{B2cLayer, B2cService, Config};
use tower_layer::Layer;

/// The layer that signs people in; one for all connections, clones share their state.
///
/// # Errors
///
/// `b2c.toml` cannot be used; the error names every setting that has to be mended.
pub(crate) fn layer() -> io::Result<B2cLayer> {
    let config = Config::from_file(settings()).load();
    B2cLayer::new(config.map_err(io::Error::other)?).map_err(io::Error::other)
}

/// A tower service with the sign-in around it, for `TowerToHyperService::new`.
pub(crate) fn around<S>(sign_in: &B2cLayer, service: S) -> B2cService<S> {
    sign_in.layer(service)
}

/// `b2c.toml` of the working directory, or where `cargo run` was called elsewhere that of the package.
fn settings() -> PathBuf {
    let here = PathBuf::from("b2c.toml");
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) if !here.exists() => Path::new(&package).join(here),
        _ => here,
    }
}
