//! The options of the fetcher: manners and limits.

use std::{collections::HashMap, net::IpAddr, time::Duration};

use ipnet::IpNet;
use tokio::sync::mpsc;

/// How to visit: manners, limits and forbidden addresses. Every limit is per exchange, unless it says otherwise.
#[derive(Clone, Debug)]
pub struct Options {
    /// The `User-Agent` field: an honest name, a version and a contact. Its product token is looked up in robots.txt.
    pub user_agent: String,
    /// The least pause between two requests to one host; default 5 s.
    pub delay: Duration,
    /// A longer `Crawl-delay` is cut to this; default 60 s.
    pub max_crawl_delay: Duration,
    /// The longest time that a run waits for a host; beyond that, its seeds fail with `host-backoff` and the next run visits
    /// them; default 90 s.
    pub max_wait: Duration,
    /// The most attempts at one request in one run, if they fail in a way that may be temporary; default 3.
    pub tries: u32,
    /// The first pause after such a failure; it doubles with each further one; default 10 s.
    pub backoff: Duration,
    /// The first pause after a host has blocked (three times 403 in a row, a challenge); it doubles each time; default 1 h.
    pub block_backoff: Duration,
    /// The longest pause from doubling, and the longest `Retry-After` that is respected; default 7 days.
    pub max_backoff: Duration,
    /// How many hosts are visited at the same time; default 8.
    pub jobs: usize,

    /// The time for looking up a name, and again for each of connecting and the TLS handshake; default 15 s.
    pub connect_timeout: Duration,
    /// The time from the request's first byte to the end of the response's head; default 30 s.
    pub response_timeout: Duration,
    /// The time from the request's first byte to the response's last; default 180 s.
    pub total_timeout: Duration,
    /// The least rate of a body, in bytes per second, averaged over [`Options::rate_window`]; a slower one is truncated; default 128.
    pub min_rate: u64,
    /// The time over which the rate is averaged; default 20 s.
    pub rate_window: Duration,
    /// How long an exchange in progress can continue after the signal to stop; default 10 s.
    pub grace: Duration,

    /// The most bytes of a body, framing included; a longer one is truncated; default 32 MiB.
    pub max_body: u64,
    /// The most bytes of a head, and of the interim heads before it; default 256 KiB.
    pub max_head: usize,
    /// The most header fields; default 512.
    pub max_fields: usize,
    /// The most redirects of one visit; default 10.
    pub max_redirects: usize,
    /// The most addresses of a name that are considered; default 16.
    pub max_addresses: usize,
    /// Limits on decoding content codings, if the fetcher itself decodes: robots.txt, [`download`](fn@super::download).
    pub caps: crate::content_coding::Caps,

    /// Networks to allow although they are private, loopback or reserved; default none.
    pub allow: Vec<IpNet>,
    /// Networks to refuse, whatever else is said; default none.
    pub deny: Vec<IpNet>,
    /// Ports to refuse; default those of well-known protocols other than HTTP.
    pub denied_ports: Vec<u16>,
    /// Names with known addresses, which are not looked up; the addresses are still checked; default none.
    pub resolve: HashMap<String, Vec<IpAddr>>,
    /// The proxies; default none, whatever the environment says.
    pub proxies: super::Proxies,
    /// Certificates (DER) of additional trusted authorities; default none.
    pub extra_roots: Vec<Vec<u8>>,
    /// Whether to archive pages of hosts with an invalid certificate; the capture says so; default no.
    pub untrusted: bool,

    /// The `Accept-Language` field; default none.
    pub accept_language: String,
    /// Additional request header fields, each for some hosts; default none.
    pub headers: Vec<super::Header>,

    /// How long the rules of a robots.txt are used (RFC 9309, 2.4: a day); default 24 h.
    pub robots_age: Duration,
    /// How long to leave a host alone after a server error for its robots.txt; default 1 h.
    pub robots_retry: Duration,

    /// The least time between two requests to one address, whatever the names of its hosts; needs a keeper of the turns, who knows
    /// of all requests; default none.
    pub address_delay: Duration,
    /// Who keeps the turns of hosts, if other programs ask them too; default none: only this one does.
    pub turns: Option<mpsc::Sender<super::Turns>>,
}

impl Options {
    /// A `User-Agent` field with this program, its version and a contact.
    #[must_use]
    pub fn user_agent_with(contact: &str) -> String {
        format!("stillsays/{} (+{contact})", env!("CARGO_PKG_VERSION"))
    }

    /// The product token of the `User-Agent` field: the name of this program in robots.txt (RFC 9309, 2.2.1).
    #[must_use]
    pub fn product_token(&self) -> &str {
        let end = self
            .user_agent
            .find(|letter: char| !letter.is_ascii_alphabetic() && !matches!(letter, '-' | '_'));
        end.map_or(&self.user_agent, |end| {
            self.user_agent.get(..end).unwrap_or_default()
        })
    }
}

impl Default for Options {
    fn default() -> Self {
        let seconds = Duration::from_secs;
        Self {
            user_agent: format!(
                "stillsays/{} (archives pages that articles cite; no contact configured)",
                env!("CARGO_PKG_VERSION")
            ),
            delay: seconds(5),
            max_crawl_delay: seconds(60),
            max_wait: seconds(90),
            tries: 3,
            backoff: seconds(10),
            block_backoff: seconds(3_600),
            max_backoff: seconds(7 * 86_400),
            jobs: 8,
            connect_timeout: seconds(15),
            response_timeout: seconds(30),
            total_timeout: seconds(180),
            min_rate: 128,
            rate_window: seconds(20),
            grace: seconds(10),
            max_body: 32 << 20,
            max_head: 256 << 10,
            max_fields: 512,
            max_redirects: 10,
            max_addresses: 16,
            caps: crate::content_coding::Caps::default(),
            allow: Vec::new(),
            deny: Vec::new(),
            denied_ports: super::guard::BAD_PORTS.to_vec(),
            resolve: HashMap::new(),
            proxies: super::Proxies::default(),
            extra_roots: Vec::new(),
            untrusted: false,
            accept_language: String::new(),
            headers: Vec::new(),
            robots_age: seconds(86_400),
            robots_retry: seconds(3_600),
            address_delay: Duration::ZERO,
            turns: None,
        }
    }
}
