//! Connecting: name lookup, guard, TCP, TLS; the connection goes to the exact address that was checked.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{sleep, timeout},
};

use super::{Options, Proxy, guard, tls};
use crate::{
    capture::{Connection, FailureKind, status_of},
    uri::TargetUri,
};

/// A stream of bytes in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send + Sync {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send + Sync> Stream for T {}

/// An open connection.
pub(super) struct Link {
    /// The stream.
    pub(super) stream: Box<dyn Stream>,
    /// The endpoint and its TLS parameters.
    pub(super) connection: Connection,
}

/// Why connecting failed.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    /// The kind of failure.
    pub(super) kind: FailureKind,
    /// What happened, in words.
    pub(super) detail: String,
    /// The endpoint, as far as known.
    pub(super) connection: Option<Connection>,
}

impl Refusal {
    fn new(kind: FailureKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            connection: None,
        }
    }
}

/// The head start of one address before the next is tried (RFC 8305, 5).
const HEAD_START: Duration = Duration::from_millis(250);

/// Makes connections.
#[derive(Clone, Debug)]
pub(super) struct Dialer {
    options: Arc<Options>,
    trust: Result<tls::Trust, String>,
}

impl Dialer {
    /// A dialer with these options. A fault in the trusted certificates is reported at the first connection that needs them.
    pub(super) fn new(options: Arc<Options>) -> Self {
        let trust = tls::Trust::of(&options);
        Self { options, trust }
    }

    /// Connects to the host of `uri`, with TLS if the scheme says so.
    pub(super) async fn dial(&self, uri: &TargetUri) -> Result<Link, Refusal> {
        let proxy = self.options.proxies.for_uri(uri);
        let addresses = match proxy {
            None => addresses(uri, &self.options).await?,
            Some(proxy) => addresses_of(proxy, uri, &self.options).await?,
        };
        let within = self.options.connect_timeout;
        let end = timeout(within, connect(&addresses)).await;
        let refusal = |kind, detail| match proxy {
            None => Refusal::new(kind, detail),
            Some(proxy) => Refusal::new(FailureKind::Proxy, format!("the proxy {proxy}: {detail}")),
        };
        let (stream, address) = match end {
            Ok(Ok(end)) => end,
            Ok(Err(error)) if error.kind() != io::ErrorKind::TimedOut => {
                let detail = format!("{}: {error}", list(&addresses));
                return Err(refusal(FailureKind::Connect, detail));
            }
            _ => {
                let detail = format!("{} did not answer in {within:?}", list(&addresses));
                return Err(refusal(FailureKind::ConnectTimeout, detail));
            }
        };
        // Otherwise the kernel can delay a small request; a failure to set the option does no harm.
        let _ = stream.set_nodelay(true);
        let connection = Connection {
            address,
            tls: None,
            interim: Vec::new(),
        };
        if uri.is_https() {
            let stream = match proxy {
                None => stream,
                Some(proxy) => timeout(within, tunnel(stream, proxy, uri))
                    .await
                    .unwrap_or_else(|_| Err(format!("no answer in {within:?}")))
                    .map_err(|error| refusal(FailureKind::Proxy, error))?,
            };
            return self.shake_hands(uri, stream, connection).await;
        }
        Ok(Link {
            stream: Box::new(stream),
            connection,
        })
    }

    async fn shake_hands(
        &self,
        uri: &TargetUri,
        stream: TcpStream,
        mut connection: Connection,
    ) -> Result<Link, Refusal> {
        let refusal = |kind, detail: String, connection: &Connection| Refusal {
            kind,
            detail,
            connection: Some(connection.clone()),
        };
        let trust = self
            .trust
            .as_ref()
            .map_err(|error| refusal(FailureKind::Tls, error.clone(), &connection))?;
        let (config, witness) = trust
            .config()
            .map_err(|error| refusal(FailureKind::Tls, error, &connection))?;
        let name = server_name(uri).ok_or_else(|| {
            refusal(
                FailureKind::Tls,
                format!("{} is not a valid server name", uri.host()),
                &connection,
            )
        })?;
        let within = self.options.connect_timeout;
        let connector = tokio_rustls::TlsConnector::from(Arc::new(config));
        let (stream, first) = tls::Overheard::new(stream);
        let end = timeout(within, connector.connect(name, stream)).await;
        let chain = witness.chain();
        if !chain.is_empty() {
            connection.tls = Some(crate::capture::Tls {
                version: String::new(),
                cipher_suite: String::new(),
                certificates: chain,
                untrusted: None,
            });
        }
        match end {
            Err(_) => {
                let detail = format!("the TLS handshake took longer than {within:?}");
                Err(refusal(FailureKind::TlsTimeout, detail, &connection))
            }
            Ok(Err(error)) => {
                let first = first.lock().map(|it| it.clone()).unwrap_or_default();
                let (kind, detail) = tls::failure(&error, &first);
                Err(refusal(kind, detail, &connection))
            }
            Ok(Ok(stream)) => {
                connection.tls = Some(tls::agreement(stream.get_ref().1, &witness));
                Ok(Link {
                    stream: Box::new(stream),
                    connection,
                })
            }
        }
    }
}

fn list(addresses: &[SocketAddr]) -> String {
    let each: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    each.join(", ")
}

fn server_name(uri: &TargetUri) -> Option<rustls::pki_types::ServerName<'static>> {
    use rustls::pki_types::ServerName;
    match uri.as_url().host()? {
        url::Host::Ipv4(ipv4) => Some(ServerName::from(IpAddr::V4(ipv4))),
        url::Host::Ipv6(ipv6) => Some(ServerName::from(IpAddr::V6(ipv6))),
        url::Host::Domain(domain) => {
            ServerName::try_from(domain.trim_end_matches('.').to_owned()).ok()
        }
    }
}

/// The addresses of the host that pass the guard, at least one, in the order to try them.
pub(super) async fn addresses(
    uri: &TargetUri,
    options: &Options,
) -> Result<Vec<SocketAddr>, Refusal> {
    let refused = |why: String| Refusal::new(FailureKind::GuardRefused, why);
    let port = uri.port();
    guard::check_port(port, options).map_err(refused)?;
    let all: Vec<IpAddr> = match uri.as_url().host() {
        Some(url::Host::Ipv4(ipv4)) => vec![IpAddr::V4(ipv4)],
        Some(url::Host::Ipv6(ipv6)) => vec![IpAddr::V6(ipv6)],
        _ => look_up(uri.host(), port, options).await?,
    };
    let mut first_refusal = None;
    let mut allowed = Vec::new();
    for address in all.iter().take(options.max_addresses) {
        match guard::check_address(*address, options) {
            Ok(()) => allowed.push(SocketAddr::new(*address, port)),
            Err(why) => first_refusal = first_refusal.or(Some(why)),
        }
    }
    match first_refusal {
        Some(why) if allowed.is_empty() => Err(refused(why)),
        _ => Ok(in_turns(allowed)),
    }
}

/// Whether `uri` can be requested from a proxy: if the host name resolves here, its addresses are checked here; if not, the
/// name itself is checked, because the address that the proxy finds is unknown here.
pub(super) async fn may_ask_through_proxy(
    uri: &TargetUri,
    options: &Options,
) -> Result<(), Refusal> {
    match addresses(uri, options).await {
        Err(error) if error.kind == FailureKind::GuardRefused => Err(error),
        Err(_) => guard::check_name(uri.host())
            .map_err(|why| Refusal::new(FailureKind::GuardRefused, why)),
        Ok(_) => Ok(()),
    }
}

/// The addresses of the proxy, if the request passes the guard.
async fn addresses_of(
    proxy: &Proxy,
    uri: &TargetUri,
    options: &Options,
) -> Result<Vec<SocketAddr>, Refusal> {
    may_ask_through_proxy(uri, options).await?;
    let found = match proxy.host.trim_matches(['[', ']']).parse() {
        Ok(address) => vec![address],
        Err(_) => look_up(&proxy.host, proxy.port, options)
            .await
            .map_err(|error| {
                let detail = format!("the proxy {proxy}: {}", error.detail);
                Refusal::new(FailureKind::Proxy, detail)
            })?,
    };
    let each = found
        .into_iter()
        .map(|found| SocketAddr::new(found, proxy.port));
    Ok(in_turns(each.collect()))
}

/// Asks the proxy for a tunnel to the host (RFC 9110, 9.3.6).
async fn tunnel(
    mut stream: TcpStream,
    proxy: &Proxy,
    uri: &TargetUri,
) -> Result<TcpStream, String> {
    const LONGEST: usize = 16 << 10;
    let to = format!("{}:{}", uri.host(), uri.port());
    let authorization = proxy.authorization.as_ref();
    let field = authorization.map_or_else(String::new, |authorization| {
        format!("Proxy-Authorization: {authorization}\r\n")
    });
    let request = format!("CONNECT {to} HTTP/1.1\r\nHost: {to}\r\n{field}\r\n");
    let written = stream.write_all(request.as_bytes()).await;
    written.map_err(|error| error.to_string())?;
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && head.len() < LONGEST {
        // Byte by byte: what follows the head no longer comes from the proxy.
        let byte = stream.read_u8().await.map_err(|error| error.to_string())?;
        head.push(byte);
    }
    match status_of(&head) {
        Some(200..=299) => Ok(stream),
        Some(status) => Err(format!("it answered with status {status}")),
        None => Err("the answer is not HTTP".to_owned()),
    }
}

/// The addresses of a host name.
///
/// # Errors
/// The name does not exist, or the lookup failed or took too long.
pub(super) async fn look_up(
    host: &str,
    port: u16,
    options: &Options,
) -> Result<Vec<IpAddr>, Refusal> {
    let not_found = || {
        let detail = format!("{host} has no address");
        Refusal::new(FailureKind::DnsNotFound, detail)
    };
    if let Some(known) = options.resolve.get(host) {
        return if known.is_empty() {
            Err(not_found())
        } else {
            Ok(known.clone())
        };
    }
    let within = options.connect_timeout;
    let found = timeout(within, tokio::net::lookup_host((host, port)))
        .await
        .map_err(|_| {
            let detail = format!("looking up {host} took longer than {within:?}");
            Refusal::new(FailureKind::DnsTimeout, detail)
        })?
        .map_err(|error| {
            let detail = error.to_string();
            if says_not_found(&detail) {
                Refusal::new(FailureKind::DnsNotFound, format!("{host}: {detail}"))
            } else {
                Refusal::new(FailureKind::DnsFailed, format!("{host}: {detail}"))
            }
        })?;
    let found: Vec<IpAddr> = found.map(|found| found.ip()).collect();
    if found.is_empty() {
        return Err(not_found());
    }
    Ok(found)
}

/// Whether the resolver says that the name does not exist, and not that the lookup failed: the standard library passes on
/// only its message (glibc, musl, macOS, Windows).
fn says_not_found(detail: &str) -> bool {
    [
        "not known",
        "does not resolve",
        "No address associated",
        "No such host",
    ]
    .iter()
    .any(|it| detail.contains(it))
}

/// Alternates both address families, starting with that of the first address (RFC 8305, 4).
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first_is_v6 = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (first, second): (Vec<_>, Vec<_>) = addresses
        .into_iter()
        .partition(|address| address.is_ipv6() == first_is_v6);
    let mut second = second.into_iter();
    let mut turns = Vec::new();
    for it in first {
        turns.push(it);
        turns.extend(second.next());
    }
    turns.extend(second);
    turns
}

/// The first connection that succeeds; each address gets a head start on the next (RFC 8305, 5).
async fn connect(addresses: &[SocketAddr]) -> io::Result<(TcpStream, SocketAddr)> {
    let mut waiting = addresses.iter().copied();
    let mut tries = JoinSet::new();
    let mut last_error = io::Error::new(io::ErrorKind::NotFound, "no address to connect to");
    loop {
        let next = waiting.next();
        let is_last = next.is_none();
        if let Some(address) = next {
            tries.spawn(async move { (TcpStream::connect(address).await, address) });
        }
        tokio::select! {
            Some(end) = tries.join_next() => match end {
                Ok((Ok(stream), address)) => return Ok((stream, address)),
                Ok((Err(error), _)) => last_error = error,
                Err(error) => last_error = io::Error::other(error),
            },
            () = sleep(HEAD_START), if !is_last => {}
            else => return Err(last_error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let parse = |text: &&str| text.parse::<SocketAddr>().unwrap();
        let given = ["[::1]:1", "[::2]:1", "[::3]:1", "1.1.1.1:1"];
        let turns = in_turns(given.iter().map(parse).collect());
        let expected = ["[::1]:1", "1.1.1.1:1", "[::2]:1", "[::3]:1"];
        assert_eq!(turns, expected.iter().map(parse).collect::<Vec<_>>());
    }

    #[tokio::test]
    async fn names_are_judged_by_their_addresses() {
        let options = Options {
            resolve: [
                ("inside.example", vec!["10.0.0.1"]),
                ("mixed.example", vec!["127.0.0.1", "93.184.216.34"]),
                ("nowhere.example", vec![]),
            ]
            .map(|(name, them)| {
                let them = them.iter().map(|theirs| theirs.parse().unwrap()).collect();
                (name.to_owned(), them)
            })
            .into(),
            ..Options::default()
        };
        let ask = async |uri: &str| addresses(&uri.parse().unwrap(), &options).await;
        let kind = async |uri| ask(uri).await.unwrap_err().kind;
        assert_eq!(
            kind("http://inside.example/").await,
            FailureKind::GuardRefused
        );
        assert_eq!(
            kind("http://nowhere.example/").await,
            FailureKind::DnsNotFound
        );
        assert_eq!(
            kind("http://mixed.example:25/").await,
            FailureKind::GuardRefused
        );
        // What is left is only what may be visited.
        let allowed = ask("https://mixed.example/").await.unwrap();
        assert_eq!(allowed, ["93.184.216.34:443".parse().unwrap()]);
    }
}
