//! What there is to compare a first token with.

use std::convert::Infallible;
use std::error::Error;
use std::future::{Ready, ready};
use std::task::{Context, Poll};

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http::{Response, StatusCode};
use http_body_util::Full;
use serde_json::Value;
use tower_service::Service;

use crate::drive::Asked;

/// Verifies the same RS256 signature at each request, by the crypto library alone.
pub(crate) struct Verify {
    key: ParsedPublicKey,
    signed: String,
    signature: Vec<u8>,
}

impl Verify {
    /// Of this token, with the first of the keys in the provider's answer.
    pub(crate) fn of(answer: &str, token: &str) -> Result<Self, Box<dyn Error>> {
        let (_, keys) = answer.split_once("\r\n\r\n").ok_or("no answer")?;
        let keys: Value = serde_json::from_str(keys)?;
        let key = &keys["keys"][0];
        let member = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap_or_default());
        let public = RsaPublicKeyComponents {
            n: member("n")?,
            e: member("e")?,
        };
        let (signed, signature) = token.rsplit_once('.').ok_or("no token")?;
        Ok(Self {
            key: public.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)?,
            signed: signed.to_owned(),
            signature: URL_SAFE_NO_PAD.decode(signature)?,
        })
    }
}

impl Service<Asked> for Verify {
    type Response = Response<Full<Bytes>>;
    type Error = Infallible;
    type Future = Ready<Result<Self::Response, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Asked) -> Self::Future {
        let signed = self.signed.as_bytes();
        let verified = self.key.verify_sig(signed, &self.signature);
        let mut response = Response::new(Full::default());
        if verified.is_err() {
            *response.status_mut() = StatusCode::UNAUTHORIZED;
        }
        ready(Ok(response))
    }
}
