//! What an API wants to be proved before it serves a request.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use http::{HeaderMap, header};
use serde_json::{Map, Value};

/// A claims challenge: an API's answer that the token is genuine and not enough, such as after the
/// account's password was changed, or without a second factor (Microsoft Learn, "Claims challenges,
/// claims requests and client capabilities"; OpenID Connect Core §5.5 has the language).
///
/// [`Session::replace_access_token_for`](crate::Session::replace_access_token_for) asks the provider
/// for a token that answers it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClaimsChallenge(String);

impl ClaimsChallenge {
    /// Reads the challenge of a 401 or 403: `WWW-Authenticate: Bearer …
    /// error="insufficient_claims", claims="…"`, in base64 or base64url as Microsoft's APIs write
    /// it. `None` if there is none, or one that asks for nothing.
    pub fn from_headers(headers: &HeaderMap) -> Option<Self> {
        let values = headers.get_all(header::WWW_AUTHENTICATE).iter();
        let mut texts = values.filter_map(|value| value.to_str().ok());
        texts.find_map(|text| Self::decode(&find(text)?))
    }

    /// Takes the JSON object itself, of at most 4096 bytes. `None` if it is none, or empty.
    pub fn from_json(claims: &str) -> Option<Self> {
        if claims.len() > LONGEST {
            return None;
        }
        let object: Map<String, Value> = serde_json::from_str(claims).ok()?;
        (!object.is_empty()).then(|| Self(claims.to_owned()))
    }

    /// The JSON object, for the parameter `claims`.
    pub fn as_json(&self) -> &str {
        &self.0
    }

    /// As it stands in a header.
    pub(crate) fn encoded(&self) -> String {
        STANDARD.encode(&self.0)
    }

    fn decode(text: &str) -> Option<Self> {
        if text.starts_with('{') {
            return Self::from_json(text);
        }
        // No more than what can decode to the longest.
        if text.len() > 2 * LONGEST {
            return None;
        }
        let engine = GeneralPurpose::new(&alphabet::URL_SAFE, ANY_PADDING);
        let claims = engine.decode(text.replace('+', "-").replace('/', "_"));
        Self::from_json(&String::from_utf8(claims.ok()?).ok()?)
    }
}

/// The `claims` of the first Bearer challenge that is about claims (RFC 9110 §11.6.1: several
/// challenges may share a line).
fn find(text: &str) -> Option<String> {
    let mut rest = text;
    let mut challenge = Challenge::default();
    loop {
        rest = rest.trim_start_matches([' ', '\t', ',']);
        if rest.is_empty() {
            return challenge.claims();
        }
        let end = rest.find(['=', ',', ' ', '\t']).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        match after.trim_start_matches([' ', '\t']).strip_prefix('=') {
            Some(after) => {
                let (value, after) = value(after.trim_start_matches([' ', '\t']));
                challenge.set(word, value);
                rest = after;
            }
            None => {
                if let Some(claims) = challenge.claims() {
                    return Some(claims);
                }
                challenge = Challenge {
                    is_bearer: word.eq_ignore_ascii_case("bearer"),
                    ..Challenge::default()
                };
                rest = after;
            }
        }
    }
}

#[derive(Default)]
struct Challenge {
    is_bearer: bool,
    error: String,
    claims: String,
}

impl Challenge {
    fn set(&mut self, name: &str, value: String) {
        if name.eq_ignore_ascii_case("error") {
            self.error = value;
        } else if name.eq_ignore_ascii_case("claims") {
            self.claims = value;
        }
    }

    fn claims(&self) -> Option<String> {
        let is_about_claims = self.is_bearer && self.error == "insufficient_claims";
        (is_about_claims && !self.claims.is_empty()).then(|| self.claims.clone())
    }
}

/// A token or a quoted string, and what follows it.
fn value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([',', ' ', '\t']).unwrap_or(text.len());
        return (text[..end].to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
            _ => value.push(character),
        }
    }
    (value, "")
}

const LONGEST: usize = 4096;
const ANY_PADDING: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    const CLAIMS: &str = r#"{"access_token":{"nbf":{"essential":true,"value":"1604106651"}}}"#;
    /// As Microsoft Learn prints it.
    const ENCODED: &str =
        "eyJhY2Nlc3NfdG9rZW4iOnsibmJmIjp7ImVzc2VudGlhbCI6dHJ1ZSwgInZhbHVlIjoiMTYwNDEwNjY1MSJ9fX0=";

    fn read(values: &[&str]) -> Option<String> {
        let mut headers = HeaderMap::new();
        for value in values {
            let value = HeaderValue::from_bytes(value.as_bytes()).unwrap();
            headers.append(header::WWW_AUTHENTICATE, value);
        }
        ClaimsChallenge::from_headers(&headers).map(|challenge| challenge.0)
    }

    #[test]
    fn a_challenge_is_found_however_it_is_written() {
        let about = format!("error=\"insufficient_claims\", claims=\"{ENCODED}\"");
        let unpadded = ENCODED.trim_end_matches('=');
        let escaped = CLAIMS.replace('"', "\\\"");
        for values in [
            vec![format!(
                "Bearer realm=\"\", authorization_uri=\"https://login.microsoftonline.com/common/oauth2/authorize\", {about}"
            )],
            vec![format!("Basic realm=\"a, Bearer b\", bearer {about}")],
            vec!["Negotiate abc==".to_owned(), format!("Bearer {about}")],
            vec![format!(
                "Bearer claims={unpadded} , error = insufficient_claims"
            )],
            vec![format!("Bearer {about}, DPoP error=\"use_dpop_nonce\"")],
            vec![format!(
                "Bearer error=\"insufficient_claims\", claims=\"{escaped}\""
            )],
        ] {
            let texts: Vec<_> = values.iter().map(String::as_str).collect();
            let found = read(&texts).unwrap_or_else(|| panic!("{values:?}"));
            let found: Value = serde_json::from_str(&found).unwrap();
            let expected: Value = serde_json::from_str(CLAIMS).unwrap();
            assert_eq!(found, expected, "{values:?}");
        }
    }

    #[test]
    fn what_is_no_challenge_about_claims_is_none() {
        let huge = format!(
            "Bearer error=\"insufficient_claims\", claims=\"{}\"",
            "A".repeat(100_000)
        );
        for value in [
            "",
            "Bearer",
            "=",
            "\"",
            "Bearer error=\"invalid_token\"",
            &format!("Bearer error=\"invalid_token\", claims=\"{ENCODED}\""),
            &format!("Basic error=\"insufficient_claims\", claims=\"{ENCODED}\""),
            // Of two challenges, half each.
            &format!("Bearer error=\"insufficient_claims\", Bearer claims=\"{ENCODED}\""),
            "Bearer error=\"insufficient_claims\", claims=\"e30=\"",
            "Bearer error=\"insufficient_claims\", claims=\"{}\"",
            "Bearer error=\"insufficient_claims\", claims=\"bm8ganNvbg==\"",
            "Bearer error=\"insufficient_claims\", claims=\"unterminated",
            &huge,
        ] {
            assert_eq!(read(&[value]), None, "{value}");
        }
    }
}
