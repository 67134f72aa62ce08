//! How is an API called for whoever it is about?

mod caller;
mod destination;
mod downstream;
mod downstream_error;
mod error;
mod layer;
mod problem_details;
mod refused;
mod replay;
mod service;
mod transport;

pub use crate::trace::TraceContext;
pub use downstream::DownstreamClient;
pub use downstream_error::{ApiRefusal, DownstreamError};
pub use error::CallError;
pub use layer::AccessTokenLayer;
pub use problem_details::ProblemDetails;
pub use replay::{NoReplay, ReplayBody};
pub use service::AccessTokenService;
pub(crate) use transport::Calls;
