//! The proofs seen before: each is good once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::crypto::sha256;
use crate::jwt::DpopProof;
use crate::time::Timestamp;

/// Remembers the proofs of the last minutes, in this process, up to a bound.
#[derive(Default)]
pub(super) struct SeenProofs(Mutex<HashMap<[u8; 32], Timestamp>>);

/// There is no room to remember one more.
pub(super) struct Full;

impl SeenProofs {
    /// Whether this proof comes for the first time (RFC 9449 §11.1). Only those that are good in
    /// every other way may ask, or anybody could fill the memory.
    pub(super) fn is_first(&self, proof: &DpopProof, now: Timestamp) -> Result<bool, Full> {
        let id = sha256(format!("{} {}", proof.thumbprint, proof.id).as_bytes());
        let until = proof.issued_at + DpopProof::WINDOW;
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.contains_key(&id) {
            return Ok(false);
        }
        if seen.len() >= MOST {
            seen.retain(|_, until| now <= *until);
            // To forget one that is still good would let it be used again.
            if seen.len() >= MOST {
                return Err(Full);
            }
        }
        seen.insert(id, until);
        Ok(true)
    }
}

/// Some 10 MB.
const MOST: usize = 200_000;
