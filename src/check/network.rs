//! Address ranges and host names.

use std::net::IpAddr;

use ipnet::IpNet;

fn range(text: &str) -> Result<IpNet, String> {
    let text = text.trim();
    text.parse::<IpNet>()
        .or_else(|_| text.parse::<IpAddr>().map(IpNet::from))
        .map_err(|_| format!("`{text}` is neither an address nor a range such as 10.0.0.0/16"))
}

/// Tells whether every address of `inner` is in `outer`.
pub(crate) fn contains(outer: &str, inner: &str) -> Result<bool, String> {
    Ok(range(outer)?.contains(&range(inner)?))
}

/// Tells whether a range is so wide that it stands for the internet: IPv4 prefixes up to 7, which
/// no private range has (RFC 1918's widest is a /8), and IPv6 prefixes up to 19, wider than what
/// registries allocate.
pub(crate) fn world_open(text: &str) -> Result<bool, String> {
    Ok(match range(text)? {
        IpNet::V4(net) => net.prefix_len() <= 7,
        IpNet::V6(net) => net.prefix_len() <= 19,
    })
}

/// Tells whether a certificate's or ingress's host pattern covers a host: the same name, or `*.`
/// standing for exactly one label (RFC 6125 section 6.4.3).
pub(crate) fn host_covers(pattern: &str, host: &str) -> bool {
    let (pattern, host) = (pattern.to_ascii_lowercase(), host.to_ascii_lowercase());
    if pattern == host {
        return true;
    }
    match (pattern.strip_prefix("*."), host.split_once('.')) {
        (Some(parent), Some((label, rest))) => !label.is_empty() && label != "*" && rest == parent,
        (None, _) | (_, None) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_contain_ranges_and_addresses_of_their_own_family() {
        for (outer, inner, expected) in [
            ("10.0.0.0/8", "10.1.0.0/16", true),
            ("10.1.0.0/16", "10.0.0.0/8", false),
            ("10.0.0.0/8", "10.0.0.1", true),
            ("::/0", "10.0.0.0/8", false),
            ("2001:db8::/32", "2001:db8:1::/48", true),
        ] {
            assert_eq!(contains(outer, inner), Ok(expected), "{outer} over {inner}");
        }
        assert!(contains("pl-123", "10.0.0.0/8").is_err());
    }

    #[test]
    fn halves_of_the_internet_are_the_internet() {
        for (text, expected) in [
            ("0.0.0.0/0", true),
            ("128.0.0.0/1", true),
            ("::/0", true),
            ("10.0.0.0/8", false),
            ("2001:db8::/32", false),
        ] {
            assert_eq!(world_open(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_wildcard_covers_exactly_one_label() {
        for (pattern, host, expected) in [
            ("pay.example.com", "PAY.example.com", true),
            ("*.example.com", "pay.example.com", true),
            ("*.example.com", "a.b.example.com", false),
            ("*.example.com", "example.com", false),
            ("*", "example.com", false),
        ] {
            assert_eq!(
                host_covers(pattern, host),
                expected,
                "{pattern} over {host}"
            );
        }
    }
}
