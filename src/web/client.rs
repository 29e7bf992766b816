//! Where a request comes from: the connection, or what a trusted reverse proxy says about it.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Request;

/// The address of a connection, which the server adds to each of its requests.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// The reverse proxies in front of the server.
#[derive(Clone, Debug, Default)]
pub struct Proxies {
    /// The addresses whose `X-Forwarded-…` fields are believed.
    pub trusted: Vec<IpNet>,
    /// The field in which they name the account of a person that they have logged in; empty for none.
    pub user_header: String,
}

/// The client behind a request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Client {
    /// Its address.
    pub(super) address: Option<IpAddr>,
    /// Whether it speaks TLS with the proxy.
    pub(super) https: bool,
    /// The host name that it used.
    pub(super) host: Option<String>,
    /// The account that the proxy has logged in.
    pub(super) user: Option<String>,
    /// Whether a proxy that is not trusted says that it asks for somebody else.
    pub(super) for_another: bool,
}

impl Client {
    /// The client behind a request.
    pub(super) fn of(request: &Request, proxies: &Proxies) -> Self {
        let direct = Self {
            address: request.peer,
            host: request.host.clone(),
            for_another: request.field("x-forwarded-for").is_some(),
            ..Self::default()
        };
        let trusts = |address: IpAddr| proxies.trusted.iter().any(|range| range.contains(&address));
        if !request.peer.is_some_and(trusts) {
            return direct;
        }
        let last = |name: &str| {
            let value = request.field(name)?;
            Some(value.rsplit(',').next()?.trim().to_owned()).filter(|value| !value.is_empty())
        };
        // Each proxy adds the address that it saw: the last one that is not a proxy of ours is the client.
        let forwarded = request.field("x-forwarded-for").unwrap_or_default();
        let seen = forwarded
            .rsplit(',')
            .map_while(|value| value.trim().parse().ok());
        let mut seen = seen.skip_while(|address: &IpAddr| trusts(*address));
        let user = Some(&proxies.user_header).filter(|name| !name.is_empty());
        Self {
            address: seen.next().or(request.peer),
            https: last("x-forwarded-proto")
                .is_some_and(|scheme| scheme.eq_ignore_ascii_case("https")),
            host: last("x-forwarded-host").or(direct.host),
            user: user
                .and_then(|name| request.field(name))
                .filter(|user| !user.is_empty()),
            for_another: false,
        }
    }

    /// Its address as text.
    pub(super) fn address(&self) -> String {
        self.address.map_or_else(
            || "unknown".to_owned(),
            |address| address.to_canonical().to_string(),
        )
    }

    /// Whether it is on this machine, as far as anybody can tell.
    pub(super) fn is_here(&self) -> bool {
        !self.for_another && self.is_loopback()
    }

    /// Whether its connection comes from this machine.
    pub(super) fn is_loopback(&self) -> bool {
        self.address
            .is_some_and(|address| address.to_canonical().is_loopback())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxies() -> Proxies {
        Proxies {
            trusted: vec![
                "10.0.0.0/8".parse().unwrap(),
                "127.0.0.1/32".parse().unwrap(),
            ],
            user_header: "X-User".into(),
        }
    }

    fn client(peer: &str, fields: &[(&str, &str)]) -> Client {
        let mut request = Request {
            peer: Some(peer.parse().unwrap()),
            host: Some("inner:8080".into()),
            ..Request::default()
        };
        for (name, value) in fields {
            request.fields.append(
                axum::http::HeaderName::from_bytes(name.as_bytes()).unwrap(),
                value.parse().unwrap(),
            );
        }
        Client::of(&request, &proxies())
    }

    #[test]
    fn only_trusted_proxies_say_who_a_client_is() {
        let all = [
            ("x-forwarded-for", "198.51.100.1, 203.0.113.5, 10.1.2.3"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "desk.example.org"),
            ("x-user", "ada"),
        ];
        let told = client("10.0.0.1", &all);
        assert_eq!(
            told.address(),
            "203.0.113.5",
            "what the client itself says does not count"
        );
        assert!(told.https && !told.is_here());
        assert_eq!(told.host.as_deref(), Some("desk.example.org"));
        assert_eq!(told.user.as_deref(), Some("ada"));

        let direct = client("192.0.2.1", &all);
        assert_eq!(direct.address(), "192.0.2.1");
        assert!(!direct.https && direct.user.is_none());
        assert_eq!(direct.host.as_deref(), Some("inner:8080"));
    }

    #[test]
    fn an_address_that_cannot_be_read_ends_the_list() {
        for (list, expected) in [
            ("203.0.113.5, rubbish", "127.0.0.1"),
            ("rubbish, 203.0.113.5", "203.0.113.5"),
            ("10.0.0.9", "127.0.0.1"),
            ("", "127.0.0.1"),
            ("2001:db8::1", "2001:db8::1"),
        ] {
            let told = client("127.0.0.1", &[("x-forwarded-for", list)]);
            assert_eq!(told.address(), expected, "{list}");
        }
        assert!(client("127.0.0.1", &[]).is_here());
        let by_a_proxy = client("127.0.0.9", &[("x-forwarded-for", "203.0.113.5")]);
        assert!(
            by_a_proxy.is_loopback() && !by_a_proxy.is_here(),
            "who asks is unknown"
        );
        assert!(!client("127.0.0.1", &[("x-forwarded-for", "203.0.113.5")]).is_here());
    }
}
