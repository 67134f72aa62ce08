//! Who signs this app's users in: all that `b2c.toml` says, as a layer around the routes.
//!
//! A handler that takes a `tower_b2c::Session` is for signed-in people: everybody else is led
//! through a sign-in and back. One that takes an `Option<Session>` is for all.
//!
//! ```ignore
//! async fn profile(session: Session) -> String {
//!     format!("Hello, {}", session.claims().name().unwrap_or("you"))
//! }
//! ```
//!
//! `/login`, `/edit-profile` and `/reset-password` are links to put on pages; `/logout` is where a form's
//! POST signs out.

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use tower_b2c::{B2cLayer, Config};

/// The layer that signs people in. It goes around all routes, so that it sees its own paths:
/// `router.layer(auth::layer()?)`.
///
/// # Errors
///
/// `b2c.toml` cannot be used; the error names every setting that has to be mended.
pub(crate) fn layer() -> io::Result<B2cLayer> {
    let config = Config::from_file(settings()).load();
    B2cLayer::new(config.map_err(io::Error::other)?).map_err(io::Error::other)
}

/// `b2c.toml` of the working directory, or where `cargo run` was called elsewhere that of the package.
fn settings() -> PathBuf {
    let here = PathBuf::from("b2c.toml");
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) if !here.exists() => Path::new(&package).join(here),
        _ => here,
    }
}
