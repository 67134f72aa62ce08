//! How does it sit in tower?

mod answering;
mod app_events;
mod back_channel;
mod body;
mod builder;
mod callback;
mod caller;
mod choice;
mod client_address;
mod current;
mod followers;
mod form;
mod front_channel;
mod future;
mod grpc;
mod hints;
mod identity;
mod journey;
mod kept_form;
mod link;
#[cfg(feature = "testing")]
mod mint;
mod origins;
mod outcome;
mod own;
mod page;
mod pushed;
mod redeem;
mod refusal_log;
mod reload;
mod respond;
mod routing;
mod service;
mod session_cookie;
mod session_info;
mod shell;
mod shutdown;
mod sign_out;
mod step_up;
mod stream;
mod third_party;
mod user_sessions;
mod wanted;

pub use body::B2cBody;
pub use builder::{B2cLayer, B2cLayerBuilder};
pub use choice::{ProviderChoice, SignInPage};
#[cfg(feature = "fuzzing")]
pub(crate) use client_address::client_address;
pub(crate) use current::Current;
pub use future::ResponseFuture;
pub(crate) use future::kept_headers;
pub(crate) use grpc::{Grpc, GrpcCode, GrpcStatus};
#[cfg(feature = "testing")]
pub(crate) use mint::Minted;
pub use page::{ErrorPage, SignOutPage};
pub(crate) use respond::json_response;
pub use routing::SignInRequest;
pub use service::B2cService;

pub(crate) use form::read_form;
pub(crate) use stream::{Pass, until_ended};
