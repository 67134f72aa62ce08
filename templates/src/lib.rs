//! The files that `cargo b2c-init` writes, embedded in this crate.
//!
//! ```
//! use b2c_templates::{Answers, Kind, Store, Template};
//!
//! # fn main() -> Result<(), b2c_templates::RenderError> {
//! let answers = Answers::new()
//!     .kind(Kind::ExternalId)
//!     .store(Store::Redis)
//!     .with("name", "demo")
//!     .with("crate_name", "demo")
//!     .with("app_url", "http://localhost:5000")
//!     .with("emulator_url", "http://localhost:8400")
//!     .with("cookie_key", "32 random characters or more, please")
//!     .with("tower_b2c", r#"{ version = "0.1.0", features = ["axum", "redis"] }"#)
//!     .with("tower_b2c_testing", r#"{ version = "0.1.0", features = ["testing"] }"#)
//!     .with("b2c_emulator", r#"{ version = "0.1.0", default-features = false }"#);
//!
//! let files = Template::WebApp.render(&answers)?;
//! let manifest = files.iter().find(|file| file.path() == "Cargo.toml");
//! assert!(manifest.is_some_and(|file| file.contents().contains("name = \"demo\"")));
//! # Ok(())
//! # }
//! ```
//!
//! The README of this crate says how a template is laid out.

mod answers;
mod deploy;
mod error;
mod file;
mod kind;
mod layers;
mod mounts;
mod secrets;
mod store;
mod template;
mod unknown;

pub use answers::Answers;
pub use deploy::Deploy;
pub use error::RenderError;
pub use file::File;
pub use kind::Kind;
pub use secrets::Secrets;
pub use store::Store;
pub use template::Template;
pub use unknown::Unknown;
