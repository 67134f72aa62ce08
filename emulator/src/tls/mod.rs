//! How does a client come to trust this server?

mod authority;
mod error;
mod leaf;
mod settings;
mod store;
mod trust;

pub use authority::CertificateAuthority;
pub use error::TlsError;
pub use settings::Tls;

pub(crate) use leaf::server_config;
