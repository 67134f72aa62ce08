//! A gRPC service that is protected with access tokens, and a web app that calls it for the signed-in
//! user.

pub mod api;
pub mod web;

/// The code that tonic and prost generate of `proto/notes.proto`; `tests/generated.rs` writes it.
#[allow(
    clippy::pedantic,
    missing_docs,
    unused_qualifications,
    reason = "generated code has a style of its own"
)]
pub mod notes {
    include!("generated/notes.v1.rs");
}
