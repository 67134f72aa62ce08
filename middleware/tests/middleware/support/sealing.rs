//! Seals as `docs/sessions.md` describes it, by other code than the layer's.

use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, Nonce, RandomizedNonceKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, Salt};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// What is sealed in this use of a key, bound to its place.
pub fn seal(key: &[u8], label: &str, place: &[u8], text: &[u8]) -> Vec<u8> {
    let mut body = text.to_vec();
    let nonce = derive(key, label).seal_in_place_append_tag(Aad::from(place), &mut body);
    let nonce = nonce.unwrap();
    [nonce.as_ref().as_slice(), body.as_slice()].concat()
}

/// The text again.
pub fn unseal(key: &[u8], label: &str, place: &[u8], sealed: &[u8]) -> Vec<u8> {
    let (nonce, body) = sealed.split_at(12);
    let nonce = Nonce::try_assume_unique_for_key(nonce).unwrap();
    let mut body = body.to_vec();
    let text = derive(key, label).open_in_place(nonce, Aad::from(place), &mut body);
    text.unwrap().to_vec()
}

/// A ticket as the browser has it: the key that its record is stored under, and the one that opens it.
pub struct Ticket {
    pub store_key: [u8; 32],
    pub key: Vec<u8>,
}

impl Ticket {
    pub fn of(cookie: &str) -> Self {
        let bytes = URL_SAFE_NO_PAD.decode(cookie).unwrap();
        let store_key = digest(&SHA256, &bytes[..16]).as_ref().try_into().unwrap();
        let key = bytes[16..].to_vec();
        Self { store_key, key }
    }
}

fn derive(key: &[u8], label: &str) -> RandomizedNonceKey {
    let mut derived = [0; 32];
    let extracted = Salt::new(HKDF_SHA256, b"tower-b2c").extract(key);
    let info = [label.as_bytes()];
    let expanded = extracted.expand(&info, HKDF_SHA256);
    expanded.unwrap().fill(&mut derived).unwrap();
    RandomizedNonceKey::new(&AES_256_GCM_SIV, &derived).unwrap()
}
