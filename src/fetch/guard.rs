//! The guard: which addresses and ports can be visited.
//!
//! It checks the exact address that the connection then goes to, so a name that resolves differently the next moment gains
//! nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::Options;

/// Ports of protocols other than HTTP that an HTTP request could abuse: the block list of the Fetch standard ("bad port").
pub(super) const BAD_PORTS: &[u16] = &[
    0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101,
    102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427,
    465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587, 601, 636, 989, 990,
    993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
    6668, 6669, 6679, 6697, 10080,
];

/// IPv4 networks that are not the public web, each with its purpose (IANA special-purpose registry, and the metadata
/// addresses of clouds).
const V4: &[([u8; 4], u8, &str)] = &[
    ([0, 0, 0, 0], 8, "this network"),
    ([10, 0, 0, 0], 8, "private"),
    ([100, 100, 100, 200], 32, "cloud metadata"),
    ([100, 64, 0, 0], 10, "carrier-grade NAT"),
    ([127, 0, 0, 0], 8, "loopback"),
    ([168, 63, 129, 16], 32, "cloud metadata"),
    ([169, 254, 169, 254], 32, "cloud metadata"),
    ([169, 254, 0, 0], 16, "link-local"),
    ([172, 16, 0, 0], 12, "private"),
    ([192, 0, 0, 0], 24, "reserved for protocols"),
    ([192, 0, 2, 0], 24, "documentation"),
    ([192, 31, 196, 0], 24, "reserved for protocols"),
    ([192, 52, 193, 0], 24, "reserved for protocols"),
    ([192, 88, 99, 0], 24, "6to4 relay"),
    ([192, 168, 0, 0], 16, "private"),
    ([192, 175, 48, 0], 24, "reserved for protocols"),
    ([198, 18, 0, 0], 15, "benchmarking"),
    ([198, 51, 100, 0], 24, "documentation"),
    ([203, 0, 113, 0], 24, "documentation"),
    ([224, 0, 0, 0], 4, "multicast"),
    ([240, 0, 0, 0], 4, "reserved"),
];

/// IPv6 networks that are not the public web; if one contains another, the narrower comes first.
const V6: &[([u16; 8], u8, &str)] = &[
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "loopback"),
    ([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48, "local NAT64"),
    ([0x100, 0, 0, 0, 0, 0, 0, 0], 8, "discard-only"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "Teredo"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved for protocols"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "documentation"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "documentation"),
    ([0x5f00, 0, 0, 0, 0, 0, 0, 0], 16, "segment routing"),
    ([0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254], 128, "cloud metadata"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "private"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "link-local"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "site-local"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "multicast"),
    ([0, 0, 0, 0, 0, 0, 0, 0], 8, "reserved"),
];

/// Suffixes of names that no public name server knows: they mean a host in the local network (RFC 6761, RFC 6762, RFC 8375;
/// `.internal`, which ICANN reserves for this; and others that networks use without a reservation).
const INNER: &[&str] = &[
    "corp",
    "home",
    "home.arpa",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "private",
    "test",
];

/// Checks whether a name that does not resolve here can be requested from a proxy: not if it can only mean a host inside the
/// network of the proxy.
///
/// # Errors
/// The reason in words, and how to allow it.
pub(super) fn check_name(host: &str) -> Result<(), String> {
    let name = host.trim_end_matches('.');
    let is_below = |text: &&str| {
        name.strip_suffix(*text)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    if name.contains('.') && !INNER.iter().any(is_below) {
        return Ok(());
    }
    Err(format!(
        "`{name}` can only be a host inside the network of the proxy; to visit it, add it to `fetch.no_proxy` and its address range to `fetch.allow`"
    ))
}

/// Checks whether the port can be visited.
///
/// # Errors
/// The reason in words.
pub(super) fn check_port(port: u16, options: &Options) -> Result<(), String> {
    if options.denied_ports.contains(&port) {
        return Err(format!(
            "port {port} is denied: it belongs to a protocol other than HTTP"
        ));
    }
    Ok(())
}

/// Checks whether the address can be visited: `deny` comes first, then `allow`, then the built-in ranges.
///
/// # Errors
/// The reason in words.
pub(super) fn check_address(address: IpAddr, options: &Options) -> Result<(), String> {
    let plain = address.to_canonical();
    let inside = match plain {
        IpAddr::V4(_) => None,
        IpAddr::V6(v6) => embedded(v6).map(IpAddr::V4),
    };
    let both = [Some(plain), inside];
    for it in both.into_iter().flatten() {
        if let Some(network) = options.deny.iter().find(|net| net.contains(&it)) {
            return Err(format!(
                "{address} is in {network}, which `fetch.deny` lists"
            ));
        }
    }
    if options.allow.iter().any(|net| net.contains(&plain)) {
        return Ok(());
    }
    for it in both.into_iter().flatten() {
        if let Some((network, what)) = special(it) {
            return Err(format!(
                "{address} is in {network} ({what}); to visit it, add it to `fetch.allow`"
            ));
        }
    }
    Ok(())
}

/// Whether anybody on the web can open an address of that host: not this machine, not an inner network.
#[must_use]
pub fn is_public(host: &url::Host<&str>) -> bool {
    match host {
        url::Host::Domain(name) => check_name(&name.to_lowercase()).is_ok(),
        url::Host::Ipv4(it) => special(IpAddr::V4(*it)).is_none(),
        url::Host::Ipv6(it) => {
            let inside = embedded(*it).map(IpAddr::V4);
            special(IpAddr::V6(*it)).is_none()
                && inside.is_none_or(|inside| special(inside).is_none())
        }
    }
}

fn special(address: IpAddr) -> Option<(String, &'static str)> {
    match address {
        IpAddr::V4(v4) => V4.iter().find_map(|(network, bits, what)| {
            let mask = u32::MAX << (32 - bits);
            let network = Ipv4Addr::from(*network);
            (v4.to_bits() & mask == network.to_bits()).then(|| (format!("{network}/{bits}"), *what))
        }),
        IpAddr::V6(v6) => V6.iter().find_map(|(network, bits, what)| {
            let mask = u128::MAX << (128 - bits);
            let network = Ipv6Addr::from(*network);
            // The NAT64 and mapped prefixes are in 0::/8 and are judged by the address embedded in them.
            (v6.to_bits() & mask == network.to_bits() && embedded(v6).is_none())
                .then(|| (format!("{network}/{bits}"), *what))
        }),
    }
}

/// The IPv4 address to which packets to this one go: IPv4-compatible, translated (SIIT), NAT64 (RFC 6052), 6to4 (RFC 3056).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let four = |high: u16, low: u16| Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low));
    match address.segments() {
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 || low > 1 => Some(four(high, low)),
        [0, 0, 0, 0, 0xffff, 0, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            Some(four(high, low))
        }
        [0x2002, high, low, ..] => Some(four(high, low)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::uri::TargetUri;

    fn verdict(host: &str, options: &Options) -> Result<(), String> {
        let uri: TargetUri = format!("http://{host}/").parse().unwrap();
        let address = match uri.as_url().host().unwrap() {
            url::Host::Ipv4(it) => IpAddr::V4(it),
            url::Host::Ipv6(it) => IpAddr::V6(it),
            url::Host::Domain(it) => panic!("{it} is a name"),
        };
        check_address(address, options)
    }

    #[test]
    fn an_address_that_only_some_can_open_is_not_public() {
        for (url, public) in [
            ("https://web.archive.org/web/2022/x", true),
            ("https://192.0.78.9/", true),
            ("http://127.0.0.1:8081/web/", false),
            ("http://localhost/", false),
            ("http://LOCALHOST/", false),
            ("https://archive.corp/", false),
            ("https://wiki.internal/", false),
            ("http://10.1.2.3/", false),
            ("http://[::1]/", false),
            ("http://[::ffff:10.0.0.1]/", false),
            ("http://[64:ff9b::7f00:1]/", false),
        ] {
            let url = url::Url::parse(url).unwrap();
            assert_eq!(is_public(&url.host().unwrap()), public, "{url}");
        }
    }

    #[test]
    fn addresses_off_the_public_web_are_refused_in_every_spelling() {
        for (host, what) in [
            ("127.0.0.1", "loopback"),
            ("0x7f.1", "loopback"),
            ("2130706433", "loopback"),
            ("0177.0.0.1", "loopback"),
            ("127.1", "loopback"),
            ("0", "this network"),
            ("10.255.0.1", "private"),
            ("172.31.9.9", "private"),
            ("192.168.0.1", "private"),
            ("100.64.0.1", "carrier"),
            ("100.127.255.255", "carrier"),
            ("169.254.1.1", "link-local"),
            ("169.254.169.254", "metadata"),
            ("168.63.129.16", "metadata"),
            ("100.100.100.200", "metadata"),
            ("192.0.0.192", "protocols"),
            ("224.0.0.251", "multicast"),
            ("255.255.255.255", "reserved"),
            ("198.19.0.1", "benchmarking"),
            ("203.0.113.7", "documentation"),
            ("[::1]", "loopback"),
            ("[::]", "reserved"),
            ("[::ffff:127.0.0.1]", "loopback"),
            ("[::ffff:a9fe:a9fe]", "metadata"),
            ("[::7f00:1]", "loopback"),
            ("[::ffff:0:10.0.0.1]", "private"),
            ("[64:ff9b::10.0.0.1]", "private"),
            ("[64:ff9b:1::1]", "NAT64"),
            ("[2002:7f00:1::]", "loopback"),
            ("[2002:c0a8:101::1]", "private"),
            ("[2001::1]", "Teredo"),
            ("[2001:db8::1]", "documentation"),
            ("[100::1]", "discard"),
            ("[fd00:ec2::254]", "metadata"),
            ("[fc00::1]", "private"),
            ("[fe80::1]", "link-local"),
            ("[fec0::1]", "site-local"),
            ("[ff02::1]", "multicast"),
        ] {
            let refusal = verdict(host, &Options::default()).unwrap_err();
            assert!(refusal.contains(what), "{host}: {refusal}");
        }
    }

    #[test]
    fn names_that_can_only_be_inside_are_not_asked_of_a_proxy() {
        for inside in [
            "wiki",
            "wiki.",
            "localhost",
            "a.localhost",
            "printer.local",
            "metadata.google.internal",
            "router.home.arpa",
            "nas.lan",
        ] {
            let refusal = check_name(inside).unwrap_err();
            assert!(refusal.contains("fetch.no_proxy"), "{inside}: {refusal}");
        }
        for outside in [
            "example.org",
            "mylocal.org",
            "internal.example.org",
            "in.example.",
        ] {
            assert_eq!(check_name(outside), Ok(()), "{outside}");
        }
    }

    #[test]
    fn public_addresses_pass_also_behind_translation() {
        for host in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1111]",
            "[2a00:1450::1]",
            "[64:ff9b::1.1.1.1]",
            "[2002:101:101::1]",
            "[::ffff:9.9.9.9]",
        ] {
            assert_eq!(verdict(host, &Options::default()), Ok(()), "{host}");
        }
    }

    #[test]
    fn deny_outranks_allow_and_allow_the_built_in_ranges() {
        let options = Options {
            allow: vec!["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()],
            deny: vec![
                "127.0.0.9/32".parse().unwrap(),
                "9.9.9.0/24".parse().unwrap(),
            ],
            ..Options::default()
        };
        assert_eq!(verdict("127.0.0.1", &options), Ok(()));
        assert_eq!(verdict("[::ffff:127.0.0.1]", &options), Ok(()));
        assert_eq!(verdict("[fd12::1]", &options), Ok(()));
        assert!(verdict("127.0.0.9", &options).is_err());
        assert!(verdict("[64:ff9b::9.9.9.9]", &options).is_err());
        assert!(verdict("10.0.0.1", &options).is_err());
        assert!(check_port(25, &options).is_err());
        assert_eq!(check_port(8080, &options), Ok(()));
    }
}
