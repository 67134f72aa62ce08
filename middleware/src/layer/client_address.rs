//! Where a request comes from: as the connection says, or as a trusted proxy says.

use std::net::{IpAddr, SocketAddr};

use http::{HeaderMap, HeaderName, header};

use crate::config::Cidr;

/// The address of the client, given that of the connection's other end.
///
/// `Forwarded` (RFC 7239) or `X-Forwarded-For` counts only behind a trusted proxy, and only as far
/// as trusted proxies have written it: from the right, up to the first address that is not one of
/// theirs. A proxy that writes one of the two passes the other on as the client sent it, so if both
/// are there and differ, neither counts.
pub(crate) fn client_address(peer: IpAddr, proxies: &[Cidr], headers: &HeaderMap) -> IpAddr {
    let peer = peer.to_canonical();
    if !is_trusted(proxies, peer) {
        return peer;
    }
    let standard = headers.contains_key(header::FORWARDED).then(|| {
        walk(
            peer,
            proxies,
            lines(headers, &header::FORWARDED),
            |element| {
                let pairs = element.split(';').filter_map(|pair| pair.split_once('='));
                let mut pairs = pairs.filter(|(name, _)| name.trim().eq_ignore_ascii_case("for"));
                node(pairs.next()?.1.trim().trim_matches('"'))
            },
        )
    });
    let usual = headers.contains_key(&X_FORWARDED_FOR).then(|| {
        walk(peer, proxies, lines(headers, &X_FORWARDED_FOR), |element| {
            node(element.trim())
        })
    });
    match (standard, usual) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(address), _) | (None, Some(address)) => address,
        (None, None) => peer,
    }
}

/// Goes from proxy to proxy for as long as they are trusted and say something.
fn walk<'h>(
    peer: IpAddr,
    proxies: &[Cidr],
    lines: impl DoubleEndedIterator<Item = &'h str>,
    read: impl Fn(&'h str) -> Option<IpAddr>,
) -> IpAddr {
    let mut address = peer;
    for element in lines.rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(proxies, address) {
            break;
        }
        match read(element) {
            Some(before) => address = before.to_canonical(),
            None => break,
        }
    }
    address
}

fn is_trusted(proxies: &[Cidr], address: IpAddr) -> bool {
    proxies.iter().any(|range| range.contains(address))
}

/// The values of a header; one that is no text says nothing.
fn lines<'h>(
    headers: &'h HeaderMap,
    name: &HeaderName,
) -> impl DoubleEndedIterator<Item = &'h str> {
    let values = headers.get_all(name).into_iter();
    values.map(|value| value.to_str().unwrap_or_default())
}

/// An address with or without a port; IPv6 in brackets or not.
fn node(text: &str) -> Option<IpAddr> {
    let with_port = || text.parse().ok().map(|both: SocketAddr| both.ip());
    let in_brackets = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    text.parse().ok().or_else(with_port).or_else(in_brackets)
}

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    fn client(peer: &str, headers: &[(&'static str, &'static str)]) -> String {
        let proxies = ["10.0.0.0/8", "fd00::/8"].map(|range| Cidr::parse(range).unwrap());
        let mut map = HeaderMap::new();
        for &(name, value) in headers {
            map.append(name, HeaderValue::from_static(value));
        }
        client_address(peer.parse().unwrap(), &proxies, &map).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed_and_only_their_own_words() {
        let usual = |value| ("x-forwarded-for", value);
        assert_eq!(client("203.0.113.9", &[usual("1.2.3.4")]), "203.0.113.9");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(client("::ffff:10.0.0.1", &[usual("1.2.3.4")]), "1.2.3.4");
        assert_eq!(client("10.0.0.1", &[usual("6.6.6.6, 1.2.3.4")]), "1.2.3.4");
        assert_eq!(
            client("10.0.0.1", &[usual("6.6.6.6, 1.2.3.4, 10.9.9.9")]),
            "1.2.3.4"
        );
        assert_eq!(
            client("10.0.0.1", &[usual("6.6.6.6"), usual("1.2.3.4:80")]),
            "1.2.3.4"
        );
        assert_eq!(
            client("10.0.0.1", &[usual("6.6.6.6, nonsense")]),
            "10.0.0.1"
        );
        assert_eq!(
            client("10.0.0.1", &[usual("10.0.0.2, 10.0.0.3")]),
            "10.0.0.2"
        );
    }

    #[test]
    fn the_standard_header_is_read_and_two_that_differ_are_not() {
        let standard = |value| ("forwarded", value);
        assert_eq!(
            client(
                "fd00::1",
                &[standard(
                    "for=6.6.6.6, proto=https;For=\"[2001:db8::7]:4711\""
                )]
            ),
            "2001:db8::7"
        );
        assert_eq!(client("10.0.0.1", &[standard("for=_hidden")]), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", &[standard("for=unknown, for=\"")]),
            "10.0.0.1"
        );
        let both = [standard("for=6.6.6.6"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client("10.0.0.1", &both), "10.0.0.1");
        let alike = [standard("for=1.2.3.4"), ("x-forwarded-for", "1.2.3.4")];
        assert_eq!(client("10.0.0.1", &alike), "1.2.3.4");
    }
}
