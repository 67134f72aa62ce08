//! What a request says of itself.

use http::header::AUTHORIZATION;
use http::{HeaderMap, HeaderName, HeaderValue};
use percent_encoding::percent_decode_str;
use url::Url;

use crate::config::Cidr;
use crate::flow::local_path;
use crate::guard::access_token;
use crate::layer::client_address;

/// A path to come back to.
pub(super) fn return_path(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Some(path) = local_path(text) else {
        return;
    };
    assert_eq!(path, text, "what passes is passed unchanged");
    assert!(HeaderValue::from_str(path).is_ok(), "it is a Location");
    let mut read = path.to_owned();
    for _ in 0..8 {
        stays(&read);
        // As browsers read what they are lenient with (URL Standard, "basic URL parser").
        let trimmed = read.trim_matches(|c: char| c <= ' ');
        stays(&trimmed.replace('\\', "/").replace(['\t', '\n', '\r'], ""));
        read = percent_decode_str(&read).decode_utf8_lossy().into_owned();
    }
}

fn stays(path: &str) {
    // The query and the fragment are not decoded on the way to another origin.
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let base = Url::parse("https://app.example/login");
    let Ok(joined) = base.and_then(|base| base.join(path)) else {
        return;
    };
    assert_eq!(
        joined.host_str(),
        Some("app.example"),
        "{path:?} leads away"
    );
    assert_eq!(joined.scheme(), "https");
    assert!(joined.username().is_empty() && joined.port().is_none());
    let again = joined.path();
    assert!(
        !again.starts_with("//"),
        "{path:?} becomes {again:?}, which leads away"
    );
}

/// The input's lines are `Authorization` headers.
pub(super) fn authorization_header(data: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in data.split(|&byte| byte == b'\n') {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(AUTHORIZATION, value);
        }
    }
    let Ok(Some((_, token))) = access_token(&headers) else {
        return;
    };
    assert_eq!(headers.len(), 1, "one of several was chosen");
    assert!((1..=16 * 1024).contains(&token.len()));
    assert!(
        token
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b',')
    );
    let value = headers.get(AUTHORIZATION).map(HeaderValue::as_bytes);
    assert!(value.is_some_and(|value| value.ends_with(token.as_bytes())));
}

/// The input's lines are `X-Forwarded-For` and `Forwarded` headers, in turn.
pub(super) fn forwarded(data: &[u8]) {
    let names = ["x-forwarded-for", "forwarded"].map(HeaderName::from_static);
    let mut headers = HeaderMap::new();
    for (line, name) in data.split(|&byte| byte == b'\n').zip(names.iter().cycle()) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append(name, value);
        }
    }
    let stranger = [203, 0, 113, 9].into();
    let proxies: Vec<_> = Cidr::parse("10.0.0.0/8").into_iter().collect();
    assert_eq!(
        client_address(stranger, &proxies, &headers),
        stranger,
        "nobody but a proxy is believed"
    );
    let address = client_address([10, 0, 0, 1].into(), &proxies, &headers);
    assert_eq!(address, address.to_canonical());
}
