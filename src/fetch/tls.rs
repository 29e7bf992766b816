//! TLS, and what is kept of it: version, cipher suite and the chain as it was sent, also where it was not trusted.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, RootCertStore,
    SignatureScheme,
    client::{
        Resumption, WebPkiServerVerifier,
        danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    },
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::Options;
use crate::capture::{FailureKind, Tls};

/// What TLS connections are made with.
#[derive(Clone, Debug)]
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Arc<WebPkiServerVerifier>,
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
        Ok(Self { provider, verifier })
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
            chain: Mutex::default(),
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
    chain: Mutex<Vec<Vec<u8>>>,
}

impl Witness {
    /// The chain as it was sent, in DER, leaf first; empty before it came.
    pub(super) fn chain(&self) -> Vec<Vec<u8>> {
        let chain = self.chain.lock().unwrap_or_else(PoisonError::into_inner);
        chain.clone()
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
        self.verifier
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
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
    }
}

/// The kind of a failed handshake, and what it says.
pub(super) fn failure(error: &std::io::Error) -> (FailureKind, String) {
    use CertificateError as Bad;
    let inner = error
        .get_ref()
        .and_then(|it| it.downcast_ref::<rustls::Error>());
    let kind = match inner {
        Some(rustls::Error::InvalidCertificate(bad)) => match bad {
            Bad::Expired
            | Bad::ExpiredContext { .. }
            | Bad::NotValidYet
            | Bad::NotValidYetContext { .. } => FailureKind::TlsExpired,
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => FailureKind::TlsWrongHost,
            Bad::UnknownIssuer => FailureKind::TlsUnknownIssuer,
            // An authority's own certificate in place of a server's: how self-signed ones are often made.
            Bad::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                FailureKind::TlsUnknownIssuer
            }
            _ => FailureKind::Tls,
        },
        _ => FailureKind::Tls,
    };
    (kind, error.to_string())
}
