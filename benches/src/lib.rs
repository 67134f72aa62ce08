//! What a request costs through tower-b2c and through its peers, measured in one run.
//!
//! `harness` starts servers, signs in and drives them; `servers` is what they serve; `sessions`,
//! `tokens` and `scale` are the measurements; `stage` is a row of the first two, `report` prints it.
#![forbid(unsafe_code)]

pub mod arguments;
pub mod command;
pub mod error;
pub mod harness;
pub mod report;
pub mod scale;
pub mod servers;
pub mod sessions;
pub mod stage;
pub mod tokens;
