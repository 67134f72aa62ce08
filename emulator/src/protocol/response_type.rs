use serde::{Deserialize, Serialize};

use super::Fault;

/// The `response_type` parameter: what the authorization endpoint itself hands out.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct ResponseType {
    pub(crate) code: bool,
    pub(crate) id_token: bool,
    pub(crate) token: bool,
}

impl ResponseType {
    /// Reads the words, in any order.
    pub(crate) fn read(parameter: &str) -> Result<Self, Fault> {
        let unsupported = || Fault::UnsupportedResponseType(parameter.to_owned());
        let mut kind = Self::default();
        for word in parameter.split(' ') {
            let flag = match word {
                "code" => &mut kind.code,
                "id_token" => &mut kind.id_token,
                "token" => &mut kind.token,
                _ => return Err(unsupported()),
            };
            if *flag {
                return Err(unsupported());
            }
            *flag = true;
        }
        Ok(kind)
    }

    /// Do tokens travel through the browser?
    pub(crate) fn has_tokens(self) -> bool {
        self.id_token || self.token
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_in_any_order_and_once() {
        let all = ResponseType::read("token code id_token").unwrap();
        assert!(all.code && all.id_token && all.token);
        assert!(!ResponseType::read("code").unwrap().has_tokens());
        for bad in ["", " code", "code code", "code  token", "Code", "none"] {
            assert!(ResponseType::read(bad).is_err(), "{bad:?}");
        }
    }
}
