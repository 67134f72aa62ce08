//! Can it serve?

mod credentials;
mod examination;
mod probe;
mod provider;
mod report;
mod service;
mod store;

pub use report::{HealthCheck, HealthReport, HealthStatus};
pub use service::HealthService;
