//! Randomness and hashing, for whoever needs a little of them.

use aws_lc_rs::{digest, rand};

/// Bytes from the operating system's generator.
#[expect(
    clippy::expect_used,
    reason = "without randomness nothing here may go on"
)]
pub(crate) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("AWS-LC aborts before it reports a lack of entropy");
    bytes
}

pub(crate) fn sha256(data: &[u8]) -> [u8; 32] {
    let mut output = [0; 32];
    output.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    output
}
