//! TLS, and what is kept of it: version, cipher suite and the chain as it was sent, also where it was not trusted.

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

/// What TLS connections are made with.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
    takes_untrusted: bool,
}

impl Trust {
    /// The web's authorities and those of [`Options::extra_roots`].
    ///
    /// # Errors
    /// What the TLS library says.
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

    /// A configuration for one connection, and where its chain will be written down.
    ///
    /// Sessions are not resumed: a resumed one shows no chain, and the chain is evidence.
    ///
    /// # Errors
    /// What the TLS library says.
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

/// Verifies as the web does, and writes down the chain before it judges it.
#[derive(Debug)]
pub(super) struct Witness {
    verifier: Arc<WebPkiServerVerifier>,
    takes_untrusted: bool,
    chain: Mutex<Vec<Vec<u8>>>,
    untrusted: Mutex<Option<Untrusted>>,
}

impl Witness {
    /// The chain as it was sent, in DER, leaf first; empty before it came.
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
            chain.map(|it| it.to_vec()).collect();
        let judged = self.verifier.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match judged {
            // The signatures of the handshake are verified all the same: who has the key is who is talked to.
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

/// What was agreed on.
pub(super) fn agreement(connection: &ClientConnection, witness: &Witness) -> Tls {
    let version = match connection.protocol_version() {
        Some(rustls::ProtocolVersion::TLSv1_3) => "tls/1.3".to_owned(),
        Some(rustls::ProtocolVersion::TLSv1_2) => "tls/1.2".to_owned(),
        other => other.map_or_else(String::new, |it| format!("{it:?}").to_lowercase()),
    };
    let suite = connection.negotiated_cipher_suite();
    Tls {
        version,
        // The library's name for a TLS 1.3 suite has a 13 in it that IANA's has not.
        cipher_suite: suite.map_or_else(String::new, |it| {
            format!("{:?}", it.suite()).replacen("TLS13_", "TLS_", 1)
        }),
        certificates: witness.chain(),
        untrusted: witness.untrusted(),
    }
}

/// What is wrong with a chain.
fn distrust(bad: &CertificateError) -> Untrusted {
    use CertificateError as Bad;
    match bad {
        Bad::Expired
        | Bad::ExpiredContext { .. }
        | Bad::NotValidYet
        | Bad::NotValidYetContext { .. } => Untrusted::Expired,
        Bad::NotValidForName | Bad::NotValidForNameContext { .. } => Untrusted::WrongHost,
        Bad::UnknownIssuer => Untrusted::UnknownIssuer,
        // An authority's own certificate in place of a server's: how self-signed ones are often made.
        Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
            Untrusted::UnknownIssuer
        }
        _ => Untrusted::Invalid,
    }
}

/// The kind of a failed handshake, and what to do about it; `first` is what the server said first.
pub(super) fn failure(error: &io::Error, first: &[u8]) -> (FailureKind, String) {
    use rustls::Error as Tls;
    let inner = error.get_ref().and_then(|it| it.downcast_ref::<Tls>());
    let old = || {
        let version = old_version(first).unwrap_or("an old version of TLS");
        format!("the server speaks only {version}, which is not safe: its owner has to update it")
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
            let detail = "the server offers only ciphers that are not safe, or wants something that this program does not offer: its owner has to update it";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::AlertReceived(AlertDescription::UnrecognisedName)) => {
            let detail =
                "the server does not know the host name: look whether the address is right";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::AlertReceived(
            AlertDescription::CertificateRequired | AlertDescription::AccessDenied,
        )) => {
            let detail =
                "the server asks visitors for a certificate of their own: the page is not public";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::InvalidMessage(_)) if is_plain_http(first) => {
            let detail = "the server speaks plain HTTP on this port: try the address with http://";
            (FailureKind::Tls, detail.to_owned())
        }
        Some(Tls::InvalidMessage(_)) => {
            let detail = "what the server says is not TLS: look whether the address is right";
            (FailureKind::Tls, detail.to_owned())
        }
        _ if error.kind() == io::ErrorKind::UnexpectedEof => {
            let detail = "the server ended the connection in the middle of the handshake: it may speak only an old version of TLS, or not want to be visited from here";
            (FailureKind::Tls, detail.to_owned())
        }
        _ => (FailureKind::Tls, error.to_string()),
    }
}

/// What to say of a chain that is not trusted, and what to do about it.
fn of_certificate(bad: &CertificateError) -> (FailureKind, String) {
    use CertificateError as Bad;
    const TAKE: &str =
        "tell the site's owner, or set `fetch.untrusted` to archive the page with a remark";
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
            let detail = format!("the certificate is past its date, or not yet valid: {TAKE}");
            (FailureKind::TlsExpired, detail)
        }
        (Untrusted::WrongHost, Bad::NotValidForNameContext { presented, .. })
            if !presented.is_empty() =>
        {
            let mut names: Vec<&str> = presented.iter().map(|it| name_in(it)).collect();
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
                "nobody known vouches for the certificate: name its authority in `fetch.roots` if you trust it, {TAKE}"
            );
            (FailureKind::TlsUnknownIssuer, detail)
        }
        (Untrusted::Invalid, bad) => {
            let detail = format!("the certificate cannot be trusted ({bad}): {TAKE}");
            (FailureKind::Tls, detail)
        }
    }
}

/// The name in what the TLS library calls a name: `DnsName("example.org")`.
fn name_in(text: &str) -> &str {
    text.split('"').nth(1).unwrap_or(text)
}

/// The version that a server answered with, or refused in, where it is an old one (RFC 8446, 5.1 and 4.1.3).
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

/// How much is kept of what a server says first: enough for a record's head and the version in it.
const FIRST: usize = 16;

/// A connection that remembers what the server said first, because the TLS library keeps it to itself.
pub(super) struct Overheard {
    stream: TcpStream,
    first: First,
}

/// What the server said first.
pub(super) type First = Arc<Mutex<Vec<u8>>>;

impl Overheard {
    /// The connection, and where its first bytes will be written down.
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
