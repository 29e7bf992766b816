//! Random secrets: sessions and tokens are 32 random bytes, of which only the SHA-256 is stored.

use ring::rand::{SecureRandom, SystemRandom};

use super::AccountError;
use crate::digest::{ContentDigest, hex};

/// The prefix of a token, so that scanners for leaked secrets find it.
const TOKEN: &str = "ss_";

/// A secret that its owner shows again.
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Secret(…)")
    }
}

impl Secret {
    /// A new one.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn new() -> Result<Self, AccountError> {
        random().map(Self)
    }

    /// It as 64 hexadecimal digits.
    #[must_use]
    pub fn text(&self) -> String {
        hex(&self.0)
    }

    /// It as a token: `ss_` and 64 hexadecimal digits.
    #[must_use]
    pub fn token(&self) -> String {
        format!("{TOKEN}{}", self.text())
    }
}

/// The digest of a secret that a request shows as a cookie or token; only this is stored.
pub(super) fn digest(shown: &str) -> Vec<u8> {
    let secret = shown.strip_prefix(TOKEN).unwrap_or(shown);
    ContentDigest::of(secret.as_bytes()).as_bytes().to_vec()
}

/// Random bytes.
pub(super) fn random<const N: usize>() -> Result<[u8; N], AccountError> {
    let mut bytes = [0; N];
    let filled = SystemRandom::new().fill(&mut bytes);
    filled.map_err(|_| AccountError::Secret("the system gives no random bytes".into()))?;
    Ok(bytes)
}
