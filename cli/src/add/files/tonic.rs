//! Whose access tokens these services take: all that `b2c.toml` says, as a layer around them.
//!
//! A call without a valid token never reaches a service. A method says what the token must permit:
//!
//! ```ignore
//! let bearer = request.extensions().get::<tower_b2c::Bearer>().cloned();
//! let bearer = bearer.ok_or_else(tower_b2c::BearerChallenge::token_required)?;
//! bearer.require_scopes(&["demo.read"])?;
//! let caller = bearer.subject();
//! ```

use std::env;
use std::io;
use std::path::{Path, PathBuf};

use tower_b2c::{BearerLayer, Config};

/// The layer that verifies access tokens: `Server::builder().layer(auth::layer()?)`.
///
/// # Errors
///
/// `b2c.toml` cannot be used; the error names every setting that has to be mended.
pub(crate) fn layer() -> io::Result<BearerLayer> {
    let api = Config::from_file(settings()).load_api();
    BearerLayer::new(api.map_err(io::Error::other)?).map_err(io::Error::other)
}

/// `b2c.toml` of the working directory, or where `cargo run` was called elsewhere that of the package.
fn settings() -> PathBuf {
    let here = PathBuf::from("b2c.toml");
    match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) if !here.exists() => Path::new(&package).join(here),
        _ => here,
    }
}
