//! What the provider's frame asks for (OpenID Connect Front-Channel Logout 1.0 §2).

use url::form_urlencoded;

/// Whose sign-out a frame tells of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum FrontChannelLogout {
    /// Of one session at the provider: `iss` and `sid`.
    Session { issuer: String, sid: String },
    /// Of the browser's own: neither.
    Browser,
}

impl FrontChannelLogout {
    /// Reads the query; `None` if it has one of `iss` and `sid` without the other (§2), or either of
    /// them twice or empty. Other parameters are the registered URL's own.
    pub(crate) fn parse(query: &str) -> Option<Self> {
        let (mut issuer, mut sid) = (None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let place = match &*name {
                "iss" => &mut issuer,
                "sid" => &mut sid,
                _ => continue,
            };
            if value.is_empty() || place.replace(value.into_owned()).is_some() {
                return None;
            }
        }
        match (issuer, sid) {
            (Some(issuer), Some(sid)) => Some(Self::Session { issuer, sid }),
            (None, None) => Some(Self::Browser),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::FrontChannelLogout::{self, Browser, Session};

    #[test]
    fn both_or_neither() {
        let parse = FrontChannelLogout::parse;
        let (issuer, sid) = ("https://id.example/".to_owned(), "a b".to_owned());
        let session = Session { issuer, sid };
        assert_eq!(
            parse("iss=https%3A%2F%2Fid.example%2F&x=1&sid=a+b"),
            Some(session)
        );
        assert_eq!(parse(""), Some(Browser));
        assert_eq!(parse("&&x=1"), Some(Browser));
        for query in [
            "iss=a",
            "sid=a",
            "iss=a&sid=",
            "iss=a&sid=b&sid=c",
            "iss=a&iss=a&sid=b",
        ] {
            assert_eq!(parse(query), None, "{query}");
        }
    }
}
