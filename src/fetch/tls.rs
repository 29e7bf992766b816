//! TLS, and its record: version, cipher suite and the chain as sent, even if it is not trusted.

use std::{
    io,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use rustls::{
    AlertDescription, CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct,
    RootCertStore, SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
};

use super::Options;
use crate::{
    capture::{FailureKind, Tls, Untrusted},
    clock::Instant,
};

/// The configuration for TLS connections.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    takes_untrusted: bool,
}

impl Trust {
    /// Trusts the authorities of the web and those of [`Options::extra_roots`].
    ///
    /// # Errors
    /// The error of the TLS library.
    pub(super) fn of(options: &Options) -> Result<Self, String> {
        let mut roots = RootCertStore {
            roots: webpki_roots::TLS_SERVER_ROOTS.to_vec(),
        };
        let extra = options.extra_roots.iter().cloned();
        roots.add_parsable_certificates(extra.map(CertificateDer::from));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let verifier =
            WebPkiServerVerifier::builder_with_provider(roots.into(), Arc::clone(&provider))
                .build()
                .map_err(|error| error.to_string())?;
        Ok(Self {
            provider,
            verifier,
            takes_untrusted: options.untrusted,
        })
    }

    /// A configuration for one connection, and the place where its chain will be recorded.
    ///
    /// Sessions are not resumed: a resumed one shows no chain, and the chain is evidence.
    ///
    /// # Errors
    /// The error of the TLS library.
    pub(super) fn config(&self) -> Result<(ClientConfig, Arc<Witness>), String> {
        let witness = Arc::new(Witness {
            verifier: Arc::clone(&self.verifier),
            takes_untrusted: self.takes_untrusted,
            chain: Mutex::default(),
            untrusted: Mutex::default(),
        });
        let verifier = Arc::clone(&witness);
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&self.provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .dangerous()
            .with_custom_certificate_verifier(verifier)
            .with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        config.resumption = Resumption::disabled();
        Ok((config, witness))
    }
}

/// Verifies as browsers do, and records the chain before judging it.
#[derive(Debug)]
pub(super) struct Witness {
    verifier: Arc<WebPkiServerVerifier>,
    takes_untrusted: bool,
    chain: Mutex<Vec<Vec<u8>>>,
    untrusted: Mutex<Option<Untrusted>>,
}

impl Witness {
    /// The chain as sent, in DER, leaf first; empty before it is received.
    pub(super) fn chain(&self) -> Vec<Vec<u8>> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.clone()
    }

    fn untrusted(&self) -> Option<Untrusted> {
        let untrusted = self.untrusted.lock();
        *untrusted.unwrap_or_else(PoisonError::into_inner)
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        *self.chain.lock().unwrap_or_else(PoisonError::into_inner) =
            chain.map(|chain| chain.to_vec()).collect();
        let judged = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match judged {
            // The signatures of the handshake are still verified: the peer must have the key.
            Err(rustls::Error::InvalidCertificate(bad)) if self.takes_untrusted => {
                let untrusted = self.untrusted.lock();
                *untrusted.unwrap_or_else(PoisonError::into_inner) = Some(distrust(&bad));
                Ok(ServerCertVerified::assertion())
            }
            judged => judged,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

/// The negotiated parameters.
pub(super) fn agreement(connection: &ClientConnection, witness: &Witness) -> Tls {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "tls/1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "tls/1.2".to_owned(),
        other => other.map_or_else(String::new, |it| format!("{it:?}").to_lowercase()),
    };
    let suite = connection.negotiated_cipher_suite();
    Tls {
        version,
        // In the library, the name of a TLS 1.3 suite contains a 13 that is not in the IANA name.
        cipher_suite: suite.map_or_else(String::new, |suite| {
            format!("{:?}", suite.suite()).replacen("TLS13_", "TLS_", 1)
        }),
        certificates: witness.chain(),
        untrusted: witness.untrusted(),
    }
}

/// The fault of a chain.
fn distrust(bad: &CertificateError) -> Untrusted {
    use CertificateError as Bad;
    match bad {
        Bad::Expired
        | Bad::ExpiredContext { .. }
        | Bad::NotValidYet
        | Bad::NotValidYetContext { .. } => Untrusted::Expired,
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Untrusted::WrongHost,
        Bad::UnknownIssuer => Untrusted::UnknownIssuer,
        // The certificate of an authority instead of a server: self-signed ones are often created so.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            Untrusted::UnknownIssuer
        }
        _ => Untrusted::Invalid,
    }
}

/// The kind of a failed handshake, with advice; `first` are the first bytes of the server.
pub(super) fn failure(error: &io::Error, first: &[u8]) -> (FailureKind, String) {
    use rustls::Error as Tls;
    let inner = error
        .get_ref()
        .and_then(|inner| inner.downcast_ref::<Tls>());
    let old = || {
        let version = old_version(first).unwrap_or("an old version of TLS");
        format!("the server supports only {version}, which is not safe: its owner has to update it")
    };
    match inner {
        Some(Tls::InvalidCertificate(bad)) => of_certificate(bad),
        Some(Tls::PeerIncompatible(_)) if old_version(first).is_some() => (FailureKind::Tls, old()),
        Some(Tls::AlertReceived(AlertDescription::ProtocolVersion)) => (FailureKind::Tls, old()),
        Some(
            Tls::AlertReceived(
                AlertDescription::HandshakeFailure | AlertDescription::InsufficientSecurity,
            )
            | Tls::PeerIncompatible(_),
        ) => {
            let detail = "the server supports only unsafe ciphers, or requires something that this program does not offer: its owner has to update it";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::AlertReceived(AlertDescription::UnrecognisedName)) => {
            let detail = "the server does not know the host name: check the address";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::AlertReceived(
            AlertDescription::CertificateRequired | AlertDescription::AccessDenied,
        )) => {
            let detail = "the server requires a client certificate: the page is not public";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::InvalidMessage(_)) if is_plain_http(first) => {
            let detail = "the server speaks plain HTTP on this port: try the address with http://";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::InvalidMessage(_)) => {
            let detail = "the answer of the server is not TLS: check the address";
            (FailureKind::Tls, detail.to_owned())
        }
        _ if error.kind() == io::ErrorKind::UnexpectedEof => {
            let detail = "the server closed the connection during the handshake: it may support only an old version of TLS, or refuse visits from here";
            (FailureKind::Tls, detail.to_owned())
        }
        _ => (FailureKind::Tls, error.to_string()),
    }
}

/// The message about an untrusted chain, with advice.
fn of_certificate(bad: &CertificateError) -> (FailureKind, String) {
    use CertificateError as Bad;
    const TAKE: &str =
        "inform the owner of the site, or set `fetch.untrusted` to archive the page with a remark";
    let day = |seconds: u64| {
        let at = i64::try_from(seconds).ok();
        let at = at.and_then(|it| Instant::from_timestamp(it, 0));
        at.map_or_else(String::new, |it| it.format(" %Y-%m-%d").to_string())
    };
    match (distrust(bad), bad) {
        (Untrusted::Expired, Bad::ExpiredContext { not_after, .. }) => {
            let ended = day(not_after.as_secs());
            let detail = format!("the certificate expired on{ended}: {TAKE}");
            (FailureKind::TlsExpired, detail)
        }
        (Untrusted::Expired, Bad::NotValidYetContext { not_before, .. }) => {
            let begins = day(not_before.as_secs());
            let detail = format!("the certificate is not valid before{begins}: {TAKE}");
            (FailureKind::TlsExpired, detail)
        }
        (Untrusted::Expired, _) => {
            let detail = format!("the certificate has expired, or is not yet valid: {TAKE}");
            (FailureKind::TlsExpired, detail)
        }
        (Untrusted::WrongHost, Bad::NotValidForNameContext { presented, .. })
            if !presented.is_empty() =>
        {
            let mut names: Vec<&str> = presented
                .iter()
                .map(|presented| name_in(presented))
                .collect();
            names.truncate(3);
            let names = names.join(", ");
            let detail = format!("the certificate is for {names}, not for this host: {TAKE}");
            (FailureKind::TlsWrongHost, detail)
        }
        (Untrusted::WrongHost, _) => {
            let detail = format!("the certificate is for another host: {TAKE}");
            (FailureKind::TlsWrongHost, detail)
        }
        (Untrusted::UnknownIssuer, _) => {
            let detail = format!(
                "the issuer of the certificate is unknown: add it to `fetch.roots` if you trust it, {TAKE}"
            );
            (FailureKind::TlsUnknownIssuer, detail)
        }
        (Untrusted::Invalid, bad) => {
            let detail = format!("the certificate cannot be trusted ({bad}): {TAKE}");
            (FailureKind::Tls, detail)
        }
    }
}

/// The name inside the debug form of the TLS library: `DnsName("example.org")`.
fn name_in(text: &str) -> &str {
    text.split('"').nth(1).unwrap_or(text)
}

/// The version with which a server answered or refused, if it is an old one (RFC 8446, 5.1 and 4.1.3).
fn old_version(first: &[u8]) -> Option<&'static str> {
    let version = match *first {
        [0x16, _, _, _, _, 0x02, _, _, _, major, minor, ..] | [0x15, major, minor, ..] => {
            [major, minor]
        }
        _ => return None,
    };
    match version {
        [3, 0] => Some("SSL 3.0"),
        [3, 1] => Some("TLS 1.0"),
        [3, 2] => Some("TLS 1.1"),
        _ => None,
    }
}

fn is_plain_http(first: &[u8]) -> bool {
    first.starts_with(b"HTTP/") || first.starts_with(b"<")
}

/// How many of the first bytes of a server are kept: enough for the head of a record and the version in it.
const FIRST: usize = 16;

/// A connection that keeps the first bytes of the server, because the TLS library does not expose them.
pub(super) struct Overheard {
    stream: TcpStream,
    first: First,
}

/// The first bytes of the server.
pub(super) type First = Arc<Mutex<Vec<u8>>>;

impl Overheard {
    /// Wraps a connection; also returns the place where its first bytes will be recorded.
    pub(super) fn new(stream: TcpStream) -> (Self, First) {
        let first = First::default();
        let heard = Arc::clone(&first);
        (Self { stream, first }, heard)
    }
}

impl AsyncRead for Overheard {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let end = Pin::new(&mut self.stream).poll_read(context, buffer);
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if first.len() < FIRST {
            let new = buffer.filled().get(before..).unwrap_or_default();
            let room = FIRST - first.len();
            first.extend(new.iter().take(room));
        }
        end
    }
}

impl AsyncWrite for Overheard {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
