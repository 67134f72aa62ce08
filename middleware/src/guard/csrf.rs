//! Requests that another site caused.

use http::{HeaderMap, Method, header};

/// Whether a state-changing request comes from another origin.
///
/// Browsers say so in `Sec-Fetch-Site`, older ones in `Origin`; a request with neither is not from
/// a browser and carries nobody's ambient authority.
pub(crate) fn is_cross_site(method: &Method, headers: &HeaderMap, base_url: &str) -> bool {
    if method.is_safe() {
        return false;
    }
    let text = |name| {
        headers
            .get(name)
            .map(|value: &http::HeaderValue| value.to_str().unwrap_or_default())
    };
    if let Some(site) = text(header::HeaderName::from_static("sec-fetch-site")) {
        return site != "same-origin" && site != "none";
    }
    text(header::ORIGIN).is_some_and(|origin| origin != base_url)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn only_the_own_origin_may_change_state() {
        let verdict = |name: &'static str, value: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(name, HeaderValue::from_static(value));
            is_cross_site(&Method::POST, &headers, "https://app.example")
        };
        assert!(!verdict("sec-fetch-site", "same-origin"));
        assert!(!verdict("sec-fetch-site", "none"));
        assert!(verdict("sec-fetch-site", "same-site"));
        assert!(verdict("sec-fetch-site", "cross-site"));
        assert!(!verdict("origin", "https://app.example"));
        assert!(verdict("origin", "https://app.example.evil"));
        assert!(verdict("origin", "null"));
        assert!(!is_cross_site(
            &Method::POST,
            &HeaderMap::new(),
            "https://app.example"
        ));
    }
}
