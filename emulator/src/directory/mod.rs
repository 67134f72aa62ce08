//! Who and what is registered here?

mod api;
mod attribute;
mod client;
mod client_logout;
mod derived;
mod extensions;
mod flow_settings;
mod guests;
mod identity_provider;
mod platform;
mod seed;
mod subject;
mod tenant;
mod tenant_builder;
mod tenant_kind;
mod user;
mod user_flow;
mod users;

pub use attribute::{AttributeType, AttributeValue};
pub use client::Client;
pub use flow_settings::{ClaimSource, SsoScope};
pub use identity_provider::IdentityProvider;
pub use tenant::Tenant;
pub use tenant_builder::{IssuerForm, TenantBuilder};
pub use tenant_kind::TenantKind;
pub use user::{User, UserBuilder};
pub use user_flow::UserFlow;

pub(crate) use api::Api;
pub(crate) use attribute::{Attribute, bare_name, claim_name};
pub(crate) use derived::derived_guid;
pub(crate) use extensions::Extensions;
pub(crate) use platform::Platform;
pub(crate) use seed::{is_domain, tenant_domain};
pub(crate) use subject::pairwise_subject;
pub(crate) use tenant::is_shared_authority;
pub(crate) use user_flow::UserFlowKind;
pub(crate) use users::{SignInProblem, Users};
