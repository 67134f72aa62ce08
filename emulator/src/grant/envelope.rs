use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    error::Unspecified,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::{protocol::Fault, random};

/// Seals bytes into a string of B2C's shape: a compact JWE whose second segment is empty.
pub(super) struct Envelope {
    key: LessSafeKey,
    header: String,
}

impl Envelope {
    /// Draws a new key; what older envelopes sealed cannot be opened.
    pub(super) fn new() -> Result<Self, Unspecified> {
        Ok(Self {
            key: LessSafeKey::new(UnboundKey::new(&AES_256_GCM, &random::bytes())?),
            header: URL_SAFE_NO_PAD.encode(HEADER),
        })
    }

    pub(super) fn seal(&self, plain: &[u8]) -> Result<String, Fault> {
        let mut sealed = plain.to_vec();
        let mut nonce = [0; NONCE_LEN];
        nonce.copy_from_slice(&random::bytes()[..NONCE_LEN]);
        self.key
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(self.header.as_bytes()),
                &mut sealed,
            )
            .map_err(|_| Fault::InternalError)?;
        let (text, tag) = sealed.split_at(plain.len());
        Ok(format!(
            "{}..{}.{}.{}",
            self.header,
            URL_SAFE_NO_PAD.encode(nonce),
            URL_SAFE_NO_PAD.encode(text),
            URL_SAFE_NO_PAD.encode(tag)
        ))
    }

    pub(super) fn open(&self, sealed: &str) -> Result<Vec<u8>, Fault> {
        let segments: Vec<&str> = sealed.split('.').collect();
        let [header, _, nonce, text, tag] = segments.as_slice() else {
            return Err(Fault::MalformedGrant);
        };
        let decode = |segment: &str| {
            URL_SAFE_NO_PAD
                .decode(segment)
                .map_err(|_| Fault::InternalError)
        };
        let nonce =
            Nonce::try_assume_unique_for_key(&decode(nonce)?).map_err(|_| Fault::InternalError)?;
        let mut bytes = decode(text)?;
        bytes.extend(decode(tag)?);
        let plain = self
            .key
            .open_in_place(nonce, Aad::from(header.as_bytes()), &mut bytes)
            .map_err(|_| Fault::InternalError)?;
        Ok(plain.to_vec())
    }
}

const HEADER: &str = r#"{"kid":"cpimcore_09252015","ver":"1.0"}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_like_b2cs() {
        let envelope = Envelope::new().unwrap();
        let sealed = envelope.seal(b"grant").unwrap();
        assert!(sealed.starts_with("eyJraWQiOi"));
        let lengths: Vec<usize> = sealed.split('.').map(str::len).collect();
        assert_eq!(
            (lengths.len(), lengths[1], lengths[2], lengths[4]),
            (5, 0, 16, 22)
        );
        assert_eq!(envelope.open(&sealed).unwrap(), b"grant");
    }

    #[test]
    fn opens_nothing_else() {
        let envelope = Envelope::new().unwrap();
        let sealed = Envelope::new().unwrap().seal(b"grant").unwrap();
        assert_eq!(envelope.open(&sealed), Err(Fault::InternalError));
        assert_eq!(envelope.open("garbage"), Err(Fault::MalformedGrant));
        assert_eq!(envelope.open("...."), Err(Fault::InternalError));
        assert_eq!(envelope.open("é.é.é.é.é"), Err(Fault::InternalError));
    }
}
