//! An app whose operators see what it does: metrics for Prometheus, traces for OpenTelemetry, log lines
//! as JSON. `README.md` says how to look at them.

mod app;
mod management;
mod request_span;
mod telemetry;

pub use app::app;
pub use management::{management, recorder};
pub use telemetry::Telemetry;
