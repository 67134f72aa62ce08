//! tonic's servers and clients with the layers, over HTTP/2; `examples/tonic-grpc` as it is.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    missing_docs,
    reason = "a test has no public API and ends at the first surprise"
)]

mod bench;
mod grpc_web;
mod hyper_plain;
mod statuses;
#[cfg(unix)]
mod stops;
mod streams;
mod web;
mod web_app;
