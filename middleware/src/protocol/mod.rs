//! What goes over the wire?

mod authorize;
mod callback;
mod capabilities;
mod client_assertion;
mod client_auth;
mod demand;
mod error;
mod front_channel;
mod id_token;
mod logout;
mod logout_token;
mod pushed;
mod token;
mod userinfo;

pub(crate) use authorize::{AuthorizationRequest, authorization_url};
pub(crate) use callback::{Callback, CallbackError};
pub(crate) use capabilities::with_capabilities;
pub(crate) use client_auth::TokenRequestError;
pub(crate) use demand::Demand;
pub use error::{Explanation, ProviderError, Reaction, explain, explanations};
pub(crate) use front_channel::FrontChannelLogout;
pub(crate) use id_token::{verify_front_channel, verify_id_token};
pub(crate) use logout::{LogoutRequest, logout_url};
pub(crate) use logout_token::{LogoutTokenError, verify_logout_token};
pub(crate) use pushed::push_authorization;
#[cfg(feature = "redis")]
pub(crate) use token::seconds;
pub(crate) use token::{TokenAnswer, TokenEndpoint};
pub(crate) use userinfo::{UserinfoError, userinfo};
