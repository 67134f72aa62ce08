//! A gRPC service that is protected with access tokens, and a web app that calls it for the signed-in
//! user: from its handlers, and by gRPC-Web from the script of a page.

pub mod api;
pub mod board;
pub mod gateway;
pub mod serve;
#[path = "../../hyper-plain/src/stop.rs"]
pub mod stop;
pub mod upstream;
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
