//! The host that a request was sent to becomes the host of every URL in its answer.

/// Does a `Host` header, with or without a port, name this machine's loopback interface?
///
/// Other names are refused, so that no web site can reach the emulator by rebinding its DNS.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let name = host_name(host).to_ascii_lowercase();
    matches!(name.as_str(), "localhost" | "127.0.0.1" | "[::1]") || name.ends_with(".localhost")
}

/// A `Host` header without its port.
pub(crate) fn host_name(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knows_the_names_of_this_machine() {
        for host in [
            "localhost",
            "LOCALHOST:80",
            "127.0.0.1:8400",
            "[::1]:8400",
            "[::1]",
            "b2c.localhost",
        ] {
            assert!(is_loopback_host(host), "{host}");
        }
        for host in [
            "",
            "example.com",
            "localhost.example.com",
            "10.0.0.1:80",
            "[::2]:80",
            "localhost:x",
        ] {
            assert!(!is_loopback_host(host), "{host}");
        }
    }
}
