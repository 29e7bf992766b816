//! Labelled digests of payloads and record blocks.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest as _, Sha256};

/// Why a text is not a supported digest.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a digest of the form sha256:<64 hexadecimal digits>")]
pub struct DigestError(String);

macro_rules! labelled_digest {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest of `bytes`.
            #[must_use]
            pub fn of(bytes: &[u8]) -> Self {
                Self(Sha256::digest(bytes).into())
            }

            /// The digest with these 32 bytes.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes of the digest.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }

            /// The first 12 hexadecimal digits, for display.
            #[must_use]
            pub fn short(&self) -> String {
                hex(&self.0).chars().take(12).collect()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "sha256:{}", hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, out)
            }
        }

        impl FromStr for $name {
            type Err = DigestError;

            fn from_str(text: &str) -> Result<Self, DigestError> {
                text.strip_prefix("sha256:")
                    .and_then(unhex)
                    .and_then(|bytes| bytes.try_into().ok())
                    .map(Self)
                    .ok_or_else(|| DigestError(text.to_owned()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.collect_str(self)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                String::deserialize(input)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

labelled_digest! {
    /// SHA-256 of the entity body, without transfer coding, with content coding (WARC 1.1, 5.9).
    PayloadDigest
}

labelled_digest! {
    /// SHA-256 of a whole record block (WARC 1.1, 5.8).
    BlockDigest
}

labelled_digest! {
    /// SHA-256 of other content: a profile, a set of findings.
    ContentDigest
}

/// A digest as labelled by other programs (WARC 1.1, 5.8), for comparison: SHA-1 or SHA-256, in base 32 or hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LabelledDigest {
    is_sha1: bool,
    bytes: Vec<u8>,
}

impl LabelledDigest {
    /// Parses `sha1:…` and `sha256:…`; other digests are not supported.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (label, value) = text.trim().split_once(':')?;
        let label = label.to_ascii_lowercase().replace('-', "");
        let is_sha1 = match label.as_str() {
            "sha1" => true,
            "sha256" => false,
            _ => return None,
        };
        let length = if is_sha1 { 20 } else { 32 };
        let bytes = if value.len() == length * 2 {
            unhex(value)
        } else {
            unbase32(value)
        };
        let bytes = bytes.filter(|byte| byte.len() == length)?;
        Some(Self { is_sha1, bytes })
    }

    /// Whether it is the digest of `bytes`.
    #[must_use]
    pub fn is_of(&self, bytes: &[u8]) -> bool {
        let algorithm = if self.is_sha1 {
            &ring::digest::SHA1_FOR_LEGACY_USE_ONLY
        } else {
            &ring::digest::SHA256
        };
        ring::digest::digest(algorithm, bytes).as_ref() == self.bytes
    }
}

/// Lower-case hexadecimal digits of `bytes`.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    use fmt::Write;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let digits = (0..text.len()).step_by(2);
    digits
        .map(|digit| u8::from_str_radix(text.get(digit..digit + 2)?, 16).ok())
        .collect()
}

/// RFC 4648, 6, with or without padding.
fn unbase32(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0);
    for letter in text.trim_end_matches('=').bytes() {
        let value = match letter.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            letter @ b'2'..=b'7' => letter - b'2' + 26,
            _ => return None,
        };
        bits = bits << 5 | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digest_is_labelled_and_reads_back() {
        let digest = PayloadDigest::of(b"");
        assert_eq!(
            digest.to_string(),
            "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert_eq!(digest.to_string().parse::<PayloadDigest>().unwrap(), digest);
        assert!("sha1:AAAA".parse::<PayloadDigest>().is_err());
    }

    #[test]
    fn digests_of_other_programs_are_compared_with() {
        // FIPS 180-4: "abc".
        for text in [
            "sha1:VGMT4NSHA2AWVOR6EVYXQUGCNSONBWE5",
            "SHA1:a9993e364706816aba3e25717850c26c9cd0d89d",
            "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
            "sha-256:XJ4BNP4PAHH6UQKBIDPF3LRCEOYAGYNDSYLXVHFUCD7WD4QACWWQ====",
        ] {
            let digest = LabelledDigest::parse(text).unwrap();
            assert!(digest.is_of(b"abc"), "{text}");
            assert!(!digest.is_of(b"abd"));
        }
        for text in [
            "md5:900150983cd24fb0d6963f7d28e17f72",
            "sha1:AAAA",
            "sha1",
            "",
        ] {
            assert_eq!(LabelledDigest::parse(text), None, "{text}");
        }
    }
}
