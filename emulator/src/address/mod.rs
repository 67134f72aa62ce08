//! Which tenant, user flow and endpoint does a URL name?

mod authority;
mod endpoint;
mod origin;
mod place;

pub use endpoint::Endpoint;

pub(crate) use authority::{Authority, Version};
pub(crate) use origin::{host_name, is_loopback_host};
pub(crate) use place::{Place, Service, TenantPath};
