//! Time-stamps of an authority (RFC 3161) over a checkpoint: the request, the answer, and the offline check of a token.

use chrono::NaiveDateTime;
use ring::rand::{SecureRandom, SystemRandom};
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, UnixTime};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert, ring as algorithms};

use super::der::{
    BOOLEAN, CONTEXT_0, INTEGER, NULL, OCTETS, OID, SEQUENCE, SET, TIME, Value, Values, value,
};
use crate::{clock::Instant, digest::ContentDigest};

/// `id-sha256`, `id-sha384`, `id-sha512` (RFC 5754, 2).
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
const SHA384: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
/// `id-signedData` (RFC 5652, 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
/// `id-ct-TSTInfo` (RFC 3161, 2.4.2).
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
/// `id-contentType`, `id-messageDigest` (RFC 5652, 11).
const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
/// `id-aa-signingCertificate` (RFC 2634, 5.4) and `id-aa-signingCertificateV2` (RFC 5035, 3).
const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];
const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];
/// `id-kp-timeStamping` (RFC 5280, 4.2.1.12).
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];

/// Why the answer of an authority has no valid time-stamp.
#[derive(Debug, thiserror::Error)]
pub enum StampError {
    /// It is not an answer to such a request.
    #[error("the answer is not a time-stamp response")]
    Form,
    /// It refuses (RFC 3161, 2.4.2: status).
    #[error("the authority refuses, with status {0}")]
    Refused(u8),
    /// The granted token is not valid.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    Random,
}

/// Why a token does not prove that a checkpoint existed at a time.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// It is not a token.
    #[error("the time-stamp token is invalid: no {0}")]
    Form(&'static str),
    /// It is about something else.
    #[error("the time-stamp token is not about this checkpoint")]
    Imprint,
    /// It answers another request.
    #[error("the time-stamp token answers another request")]
    Nonce,
    /// An unknown digest or signature algorithm.
    #[error("the time-stamp token is signed with an unsupported algorithm")]
    Algorithm,
    /// The signature is not valid.
    #[error("the signature of the time-stamp token is not valid")]
    Signature,
    /// The certificates do not lead to a trusted one.
    #[error("the certificates of the time-stamp token do not lead to a trusted one: {0}")]
    Untrusted(String),
}

/// A request for a time-stamp over a checkpoint (RFC 3161, 2.4.1).
#[derive(Clone, Debug)]
pub struct StampRequest {
    nonce: Vec<u8>,
    note: String,
}

impl StampRequest {
    /// Creates a request for that checkpoint, with a random nonce.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn new(note: &str) -> Result<Self, StampError> {
        let mut nonce = [0; 9];
        SystemRandom::new()
            .fill(&mut nonce)
            .map_err(|_| StampError::Random)?;
        // A positive number whose first digit is not zero, so that it has only one encoding.
        nonce[0] = 1;
        Ok(Self {
            nonce: nonce.to_vec(),
            note: note.to_owned(),
        })
    }

    /// The request in DER: SHA-256 of the note, a nonce, and the request for the certificates.
    #[must_use]
    pub fn der(&self) -> Vec<u8> {
        let algorithm = value(SEQUENCE, &[&value(OID, &[SHA256]), &value(NULL, &[])]);
        let digest = value(OCTETS, &[&Sha256::digest(&self.note)]);
        value(
            SEQUENCE,
            &[
                &value(INTEGER, &[&[1]]),
                &value(SEQUENCE, &[&algorithm, &digest]),
                &value(INTEGER, &[&self.nonce]),
                &value(BOOLEAN, &[&[0xff]]),
            ],
        )
    }

    /// The token in the answer of the authority, checked except for the identity of the authority.
    ///
    /// # Errors
    /// It is not an answer, a refusal, or a token that is invalid or about something else.
    pub fn token(&self, response: &[u8]) -> Result<Vec<u8>, StampError> {
        let response = Values(response).expect(SEQUENCE).ok_or(StampError::Form)?;
        let mut response = response.inside();
        let status = response
            .expect(SEQUENCE)
            .and_then(|response| response.inside().expect(INTEGER))
            .and_then(|it| it.content.last().copied())
            .ok_or(StampError::Form)?;
        // 0 is granted, 1 granted with changes.
        if status > 1 {
            return Err(StampError::Refused(status));
        }
        let token = response.expect(SEQUENCE).ok_or(StampError::Form)?;
        let signed = Signed::read(token.whole)?;
        if signed.nonce != Some(self.nonce.as_slice()) {
            return Err(TokenError::Nonce.into());
        }
        Stamp::read(token.whole, &self.note, &[])?;
        Ok(token.whole.to_vec())
    }
}

/// What a token proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The time at which the checkpoint existed.
    pub at: Instant,
    /// SHA-256 of the DER of the certificate that signed.
    pub certificate: ContentDigest,
    /// Whether it was checked against trusted certificates, and leads to one of them.
    pub trusted: bool,
}

impl Stamp {
    /// Parses the token over a checkpoint, and checks it: its subject, its signature, the purpose of the certificate, and, if
    /// `roots` are given, that its certificates lead to one of them.
    ///
    /// # Errors
    /// The first check that fails.
    pub fn read(
        token: &[u8],
        note: &str,
        roots: &[CertificateDer<'_>],
    ) -> Result<Self, TokenError> {
        let signed = Signed::read(token)?;
        if !is_digest(signed.imprint_algorithm, note.as_bytes(), signed.imprint)? {
            return Err(TokenError::Imprint);
        }
        let certificate = signed.check()?;
        let at = signed.at;
        if !roots.is_empty() {
            signed.check_trust(&certificate, at, roots)?;
        }
        Ok(Self {
            at,
            certificate: ContentDigest::of(&certificate),
            trusted: !roots.is_empty(),
        })
    }
}

/// The parts of a token that are used (RFC 5652, 5.1 and 5.3; RFC 3161, 2.4.2).
struct Signed<'a> {
    /// The `TSTInfo`.
    content: &'a [u8],
    imprint_algorithm: &'a [u8],
    imprint: &'a [u8],
    at: Instant,
    nonce: Option<&'a [u8]>,
    certificates: Vec<&'a [u8]>,
    digest_algorithm: &'a [u8],
    /// The signed attributes, with the tag that they have in the token.
    attributes: Value<'a>,
    signature_algorithm: &'a [u8],
    signature: &'a [u8],
}

impl<'a> Signed<'a> {
    fn read(token: &'a [u8]) -> Result<Self, TokenError> {
        fn or<T>(value: Option<T>, what: &'static str) -> Result<T, TokenError> {
            value.ok_or(TokenError::Form(what))
        }
        let mut outer = or(Values(token).expect(SEQUENCE), "sequence")?.inside();
        let is_signed = outer
            .expect(OID)
            .is_some_and(|outer| outer.content == SIGNED_DATA);
        let inner = outer.expect(CONTEXT_0).filter(|_| is_signed);
        let mut data = or(
            inner.and_then(|inner| inner.inside().expect(SEQUENCE)),
            "signed data",
        )?
        .inside();
        or(data.expect(INTEGER), "version")?;
        or(data.expect(SET), "digest algorithms")?;
        let mut encapsulated = or(data.expect(SEQUENCE), "content")?.inside();
        let is_stamp = encapsulated
            .expect(OID)
            .is_some_and(|encapsulated| encapsulated.content == TST_INFO);
        let octets = encapsulated
            .expect(CONTEXT_0)
            .and_then(|encapsulated| encapsulated.inside().expect(OCTETS))
            .filter(|_| is_stamp);
        let content = or(octets, "time-stamp inside")?.content;
        let mut certificates = Vec::new();
        if let Some(set) = data.optional(CONTEXT_0) {
            let mut set = set.inside();
            while let Some(set) = set.take() {
                certificates.push(set.whole);
            }
        }
        // Revocation lists.
        data.optional(CONTEXT_0 | 1);
        let signers = or(data.expect(SET), "signers")?;
        let mut signer = or(signers.inside().expect(SEQUENCE), "signer")?.inside();
        or(signer.expect(INTEGER), "version of the signer")?;
        or(signer.take(), "name of the signer")?;
        let algorithm = |it: Option<Value<'a>>| {
            it.and_then(|it| it.inside().expect(OID))
                .map(|it| it.content)
        };
        let digest_algorithm = or(algorithm(signer.expect(SEQUENCE)), "digest algorithm")?;
        let attributes = or(signer.expect(CONTEXT_0), "signed attributes")?;
        let signature_algorithm = or(algorithm(signer.expect(SEQUENCE)), "signature algorithm")?;
        let signature = or(signer.expect(OCTETS), "signature")?.content;

        let mut info = or(Values(content).expect(SEQUENCE), "time-stamp")?.inside();
        or(info.expect(INTEGER), "version of the time-stamp")?;
        or(info.expect(OID), "policy")?;
        let mut imprint = or(info.expect(SEQUENCE), "imprint")?.inside();
        let imprint_algorithm = or(algorithm(imprint.expect(SEQUENCE)), "imprint's algorithm")?;
        let imprint = or(imprint.expect(OCTETS), "imprint's digest")?.content;
        or(info.expect(INTEGER), "serial number")?;
        let at = or(
            info.expect(TIME).and_then(|info| time(info.content)),
            "time",
        )?;
        // Accuracy and ordering.
        info.optional(SEQUENCE);
        info.optional(BOOLEAN);
        let nonce = info.optional(INTEGER).map(|optional| optional.content);
        Ok(Self {
            content,
            imprint_algorithm,
            imprint,
            at,
            nonce,
            certificates,
            digest_algorithm,
            attributes,
            signature_algorithm,
            signature,
        })
    }

    /// Checks the signature, and returns the certificate that signed.
    fn check(&self) -> Result<CertificateDer<'a>, TokenError> {
        let is_tst = self
            .attribute(CONTENT_TYPE)
            .is_some_and(|attribute| attribute.tag == OID && attribute.content == TST_INFO);
        let digest = self.attribute(MESSAGE_DIGEST).filter(|_| is_tst);
        let digest = digest.ok_or(TokenError::Form("digest among the signed attributes"))?;
        if !is_digest(self.digest_algorithm, self.content, digest.content)? {
            return Err(TokenError::Signature);
        }
        let certificate = self.signing_certificate()?;
        let parsed = EndEntityCert::try_from(&certificate)
            .map_err(|_| TokenError::Form("certificate that can be read"))?;
        // The signature is over a SET, which has the tag of its place in the token (RFC 5652, 5.4).
        let signed = value(SET, &[self.attributes.content]);
        let candidates = algorithms_for(self.signature_algorithm, self.digest_algorithm);
        if candidates.is_empty() {
            return Err(TokenError::Algorithm);
        }
        let holds = candidates.iter().any(|candidate| {
            parsed
                .verify_signature(*candidate, &signed, self.signature)
                .is_ok()
        });
        if holds {
            Ok(certificate)
        } else {
            Err(TokenError::Signature)
        }
    }

    fn check_trust(
        &self,
        certificate: &CertificateDer<'_>,
        at: Instant,
        roots: &[CertificateDer<'_>],
    ) -> Result<(), TokenError> {
        let untrusted = |error: webpki::Error| TokenError::Untrusted(error.to_string());
        let parsed = EndEntityCert::try_from(certificate).map_err(untrusted)?;
        let anchors = roots
            .iter()
            .map(anchor_from_trusted_cert)
            .collect::<Result<Vec<_>, _>>()
            .map_err(untrusted)?;
        let others: Vec<CertificateDer<'_>> = self
            .certificates
            .iter()
            .map(|certificate| CertificateDer::from(*certificate))
            .collect();
        let seconds = u64::try_from(at.timestamp()).unwrap_or_default();
        let time = UnixTime::since_unix_epoch(std::time::Duration::from_secs(seconds));
        parsed
            .verify_for_usage(
                webpki::ALL_VERIFICATION_ALGS,
                &anchors,
                &others,
                time,
                KeyUsage::required(TIME_STAMPING),
                None,
                None,
            )
            .map(|_| ())
            .map_err(untrusted)
    }

    /// The first value of a signed attribute.
    fn attribute(&self, oid: &[u8]) -> Option<Value<'a>> {
        let mut attributes = self.attributes.inside();
        while let Some(attribute) = attributes.expect(SEQUENCE) {
            let mut inside = attribute.inside();
            if inside.expect(OID)?.content == oid {
                return inside.expect(SET)?.inside().take();
            }
        }
        None
    }

    /// The certificate that the signed attributes name by its digest (RFC 5816, 2.2.1): no other can replace it.
    fn signing_certificate(&self) -> Result<CertificateDer<'a>, TokenError> {
        let none = TokenError::Form("certificate of the signer");
        let first = |value: Value<'a>| {
            let certificates = value.inside().expect(SEQUENCE)?;
            Some(certificates.inside().expect(SEQUENCE)?.inside())
        };
        let found = if let Some(mut id) = self.attribute(SIGNING_CERTIFICATE_V2).and_then(first) {
            let algorithm = id
                .optional(SEQUENCE)
                .and_then(|optional| optional.inside().expect(OID))
                .map_or(SHA256, |it| it.content);
            let digest = id.expect(OCTETS).ok_or(none)?.content;
            let mut found = None;
            for certificate in &self.certificates {
                if is_digest(algorithm, certificate, digest)? {
                    found = Some(*certificate);
                }
            }
            found
        } else {
            let mut id = self
                .attribute(SIGNING_CERTIFICATE)
                .and_then(first)
                .ok_or(none)?;
            let digest = id.expect(OCTETS).map(|id| id.content);
            let sha1 =
                |bytes: &[u8]| ring::digest::digest(&ring::digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
            self.certificates
                .iter()
                .copied()
                .find(|certificate| Some(sha1(certificate).as_ref()) == digest)
        };
        found
            .map(CertificateDer::from)
            .ok_or(TokenError::Form("certificate of the signer"))
    }
}

fn is_digest(algorithm: &[u8], of: &[u8], digest: &[u8]) -> Result<bool, TokenError> {
    match algorithm {
        SHA256 => Ok(Sha256::digest(of).as_slice() == digest),
        SHA384 => Ok(Sha384::digest(of).as_slice() == digest),
        SHA512 => Ok(Sha512::digest(of).as_slice() == digest),
        _ => Err(TokenError::Algorithm),
    }
}

/// The verification algorithms for a signature algorithm; for elliptic curves it is one of two.
fn algorithms_for(
    signature: &[u8],
    digest: &[u8],
) -> Vec<&'static dyn SignatureVerificationAlgorithm> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3];
    const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
    if signature == ED25519 {
        return vec![algorithms::ED25519];
    }
    // `rsaEncryption` leaves it to the digest algorithm; the others name it.
    let rsa = signature.strip_prefix(RSA).and_then(|rest| rest.first());
    let ecdsa = signature.strip_prefix(ECDSA).and_then(|rest| rest.first());
    match (rsa, ecdsa, digest) {
        (Some(11), ..) | (Some(1), _, SHA256) => vec![algorithms::RSA_PKCS1_2048_8192_SHA256],
        (Some(12), ..) | (Some(1), _, SHA384) => vec![algorithms::RSA_PKCS1_2048_8192_SHA384],
        (Some(13), ..) | (Some(1), _, SHA512) => vec![algorithms::RSA_PKCS1_2048_8192_SHA512],
        (_, Some(2), _) => vec![algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P384_SHA256],
        (_, Some(3), _) => vec![algorithms::ECDSA_P256_SHA384, algorithms::ECDSA_P384_SHA384],
        _ => Vec::new(),
    }
}

/// A `GeneralizedTime` as RFC 3161 (2.4.2) allows: with seconds, an optional fraction, in UTC.
fn time(content: &[u8]) -> Option<Instant> {
    let text = std::str::from_utf8(content).ok()?.strip_suffix('Z')?;
    NaiveDateTime::parse_from_str(text, "%Y%m%d%H%M%S%.f")
        .ok()
        .map(|parsed| parsed.and_utc())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::warc_date;

    #[test]
    fn a_request_is_der_as_the_rfc_has_it() {
        let request = StampRequest::new("a note").unwrap();
        let der = request.der();
        let mut inside = Values(&der).expect(SEQUENCE).unwrap().inside();
        assert_eq!(inside.expect(INTEGER).unwrap().content, [1]);
        let mut imprint = inside.expect(SEQUENCE).unwrap().inside();
        assert_eq!(
            imprint.take().unwrap().inside().take().unwrap().content,
            SHA256
        );
        assert_eq!(
            imprint.take().unwrap().content,
            Sha256::digest("a note").as_slice()
        );
        assert_eq!(inside.expect(INTEGER).unwrap().content.len(), 9);
        assert_eq!(inside.expect(BOOLEAN).unwrap().content, [0xff]);
        assert!(inside.take().is_none());
        assert_ne!(StampRequest::new("a note").unwrap().der(), der);
    }

    #[test]
    fn a_refusal_is_reported_and_so_is_an_invalid_answer() {
        let request = StampRequest::new("a note").unwrap();
        let status = |it: u8| value(SEQUENCE, &[&value(SEQUENCE, &[&value(INTEGER, &[&[it]])])]);
        assert!(matches!(
            request.token(&status(2)),
            Err(StampError::Refused(2))
        ));
        assert!(matches!(request.token(&status(0)), Err(StampError::Form)));
        assert!(matches!(request.token(b"<html>"), Err(StampError::Form)));
        let empty = value(SEQUENCE, &[&status(0)[2..], &value(SEQUENCE, &[])]);
        assert!(matches!(
            request.token(&empty),
            Err(StampError::Token(TokenError::Form(_)))
        ));
    }

    #[test]
    fn times_have_seconds_and_perhaps_a_fraction() {
        let of = |text: &str| time(text.as_bytes()).map(warc_date);
        assert_eq!(of("20260102030405Z").unwrap(), "2026-01-02T03:04:05Z");
        assert_eq!(
            of("20260102030405.25Z").unwrap(),
            "2026-01-02T03:04:05.250Z"
        );
        assert_eq!(of("20260102030405"), None);
        assert_eq!(of("2026Z"), None);
    }
}
