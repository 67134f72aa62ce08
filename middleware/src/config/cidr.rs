//! Ranges of addresses.

use std::net::IpAddr;

/// A range of IP addresses in CIDR notation (RFC 4632): `10.0.0.0/8`, `fd00::/8`, or one address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Cidr {
    network: u128,
    /// Of 128 bits: IPv4 addresses are compared in their mapped form (RFC 4291 §2.5.5.2), as
    /// sockets for both families report them.
    length: u32,
}

impl Cidr {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, length) = match text.split_once('/') {
            Some((address, length)) => (address, Some(length)),
            None => (text, None),
        };
        let address: IpAddr = address.parse().ok()?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let length = match length {
            Some(length) if length.bytes().all(|byte| byte.is_ascii_digit()) => {
                length.parse().ok().filter(|length| *length <= most)?
            }
            Some(_) => return None,
            None => most,
        };
        let length = length + (128 - most);
        let network = bits(address);
        // A network with bits set beyond its length is a slip of the pen.
        (network == masked(network, length)).then_some(Self { network, length })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        masked(bits(address), self.length) == self.network
    }
}

fn bits(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

fn masked(bits: u128, length: u32) -> u128 {
    let host = 128 - length;
    bits.checked_shr(host)
        .unwrap_or(0)
        .checked_shl(host)
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Cidr;

    #[test]
    fn addresses_are_in_their_ranges_and_no_others() {
        let contains = |range: &str, address: &str| {
            let range = Cidr::parse(range).unwrap();
            range.contains(address.parse().unwrap())
        };
        for (range, address) in [
            ("10.0.0.0/8", "10.255.0.1"),
            ("10.0.0.0/8", "::ffff:10.1.2.3"),
            ("192.0.2.7", "192.0.2.7"),
            ("0.0.0.0/0", "203.0.113.9"),
            ("fd00::/8", "fdff::1"),
            ("::/0", "203.0.113.9"),
            ("::1", "::1"),
        ] {
            assert!(contains(range, address), "{address} in {range}");
        }
        for (range, address) in [
            ("10.0.0.0/8", "11.0.0.1"),
            ("192.0.2.7", "192.0.2.8"),
            ("192.0.2.4/31", "192.0.2.6"),
            ("0.0.0.0/0", "2001:db8::1"),
            ("fd00::/8", "fc00::1"),
        ] {
            assert!(!contains(range, address), "{address} in {range}");
        }
        for wrong in [
            "",
            "10.0.0.0/33",
            "10.0.0.1/8",
            "10.0.0/8",
            "::/129",
            "a/8",
            "10.0.0.0/+8",
            "10.0.0.0/",
        ] {
            assert!(Cidr::parse(wrong).is_none(), "{wrong}");
        }
    }
}
