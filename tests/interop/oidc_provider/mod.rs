//! The layer with kind `oidc` against npm's oidc-provider, which is certified as an OpenID provider:
//! somebody else's reading of what the emulator could have misread together with us.

mod answers;
mod bench;
mod bound_tokens;
mod errors;
mod proofs;
mod refresh;
mod seen;
mod sign_out;
mod trials;

pub(crate) use trials::tests;
