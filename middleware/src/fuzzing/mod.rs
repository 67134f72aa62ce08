//! The parsers that read bytes from outside, each as a function that fuzzers and tests can feed.
//!
//! One list, [`TARGETS`], used twice: `middleware/fuzz` runs it under libFuzzer, `cargo test` replays
//! the committed corpora and mutations of them. A target panics where one of its invariants does not
//! hold; that bytes are refused is no failure.

mod answers;
mod browser;
mod canned;
mod certificates;
mod documents;
mod requests;
mod settings;
mod tokens;

/// One parser and what must hold whatever it is fed.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// The name of its binary in `middleware/fuzz` and of its corpus.
    pub name: &'static str,
    /// Feeds it.
    pub run: fn(&[u8]),
}

/// Every target, by name.
pub const TARGETS: &[Target] = &[
    target("access_token", tokens::access_token),
    target("authorization_header", requests::authorization_header),
    target("callback_query", answers::callback_query),
    target("certificate", certificates::certificate),
    target("claims_challenge", answers::claims_challenge),
    target("config_file", settings::config_file),
    target("cookie_header", browser::cookie_header),
    target("dpop_proof", tokens::dpop_proof),
    target("error_response", answers::error_response),
    target("forwarded", requests::forwarded),
    target("front_channel_query", answers::front_channel_query),
    target("id_token_claims", tokens::id_token_claims),
    target("jwks", documents::jwks),
    target("jwt", tokens::jwt),
    target("logout_token", tokens::logout_token),
    target("metadata", documents::metadata),
    target("provider_error", answers::provider_error),
    target("pushed_response", answers::pushed_response),
    target("return_path", requests::return_path),
    target("stored_record", browser::stored_record),
    target("ticket", browser::ticket),
    target("token_response", answers::token_response),
    target("transaction_cookie", browser::transaction_cookie),
    target("userinfo_response", answers::userinfo_response),
];

/// Feeds the target of this name.
///
/// # Panics
///
/// If there is none, or one of its invariants does not hold.
pub fn run(name: &str, data: &[u8]) {
    let target = TARGETS.iter().find(|target| target.name == name);
    assert!(target.is_some(), "there is no target {name}");
    if let Some(target) = target {
        (target.run)(data);
    }
}

const fn target(name: &'static str, run: fn(&[u8])) -> Target {
    Target { name, run }
}

/// When it is while fuzzing: the moment at which the genuine token was issued.
const NOW: crate::time::Timestamp = crate::time::Timestamp(1_768_470_639);
