//! How does a request find its way to an answer?
//!
//! The only folder that knows HTTP.

mod admin;
mod api;
mod authorize;
mod back_channel;
mod bearer;
mod cors;
mod dispatch;
mod front_channel;
mod home;
mod id_token_hint;
mod interaction;
mod listener;
mod logout;
mod metadata;
mod misbehave;
mod product;
mod record;
mod reply;
mod run;
mod script;
mod tls_listener;
mod token;
mod userinfo;
mod userinfo_claims;
mod visit;

pub(crate) use admin::run_admin;
pub(crate) use back_channel::{deliver, end_sessions};
pub(crate) use listener::Loopback;
pub(crate) use run::{RunningServer, run};
#[cfg(feature = "cli")]
pub(crate) use tls_listener::SPEAKS_HTTPS;
pub(crate) use tls_listener::TlsListener;
