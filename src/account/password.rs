//! Passwords: which can be used, and the argon2id hash that is stored of them.

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use super::{AccountError, secret};

/// The cost of a hash: 19 MiB, two passes, one lane (the least that OWASP names for argon2id).
const COST: (u32, u32, u32) = (19 * 1024, 2, 1);

/// The length of a salt.
const SALT: usize = 16;

/// Lengths of a password, in bytes.
const LEAST: usize = 12;
const MOST: usize = 1_024;

/// Why a password cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    /// It has fewer than 12 bytes.
    #[error("it is shorter than 12 bytes")]
    Short,
    /// It has more than 1,024 bytes.
    #[error("it is longer than 1,024 bytes")]
    Long,
    /// It is the name, once or several times.
    #[error("it is the name of the account")]
    Name,
    /// It is one character.
    #[error("it is one character over and over")]
    Monotone,
}

/// A password that can be used.
pub struct Password(String);

impl std::fmt::Debug for Password {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Password(…)")
    }
}

impl Password {
    /// The password of the account `name`, if it can be used.
    ///
    /// # Errors
    /// Why not.
    pub fn of(name: &str, text: &str) -> Result<Self, AccountError> {
        let folded = text.to_lowercase();
        let first = text.chars().next();
        let unfit = if text.len() < LEAST {
            Unfit::Short
        } else if text.len() > MOST {
            Unfit::Long
        } else if text.chars().all(|it| Some(it) == first) {
            Unfit::Monotone
        } else if folded.replace(&name.to_lowercase(), "").trim().is_empty() {
            Unfit::Name
        } else {
            return Ok(Self(text.to_owned()));
        };
        Err(unfit.into())
    }

    /// The hash to store.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn hash(&self) -> Result<Hash, AccountError> {
        hashed(&self.0, COST)
    }
}

/// The hash of a password, in the PHC format. Verifying takes about 20 ms and 19 MiB: limit how often that is done at a time.
#[derive(Clone)]
pub struct Hash(String);

impl std::fmt::Debug for Hash {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Hash(…)")
    }
}

impl Hash {
    /// A hash as it was stored.
    pub(super) fn stored(text: String) -> Self {
        Self(text)
    }

    /// The hash as it is stored.
    pub(super) fn as_str(&self) -> &str {
        &self.0
    }

    /// The hash of a random password. An attempt under a name without an account is compared with it, so that it costs
    /// the same.
    ///
    /// # Errors
    /// The system gives no random bytes.
    pub fn of_nobody() -> Result<Self, AccountError> {
        hashed(&secret::Secret::new()?.text(), COST)
    }

    /// Whether `text` is the password.
    #[must_use]
    pub fn is_of(&self, text: &str) -> bool {
        // Longer texts cannot be a password; without the bound they would cost more.
        let text = text.get(..MOST + 1).unwrap_or(text);
        let stored = PasswordHash::new(&self.0);
        stored.is_ok_and(|it| {
            Argon2::default()
                .verify_password(text.as_bytes(), &it)
                .is_ok()
        })
    }

    /// Whether it was made at a lower cost than hashes are made now.
    #[must_use]
    pub fn is_weak(&self) -> bool {
        let cost = |name: &str| {
            let stored = PasswordHash::new(&self.0).ok()?;
            stored.params.get_decimal(name)
        };
        cost("m") < Some(COST.0) || cost("t") < Some(COST.1) || cost("p") < Some(COST.2)
    }
}

fn hashed(text: &str, (memory, passes, lanes): (u32, u32, u32)) -> Result<Hash, AccountError> {
    let wrong = |error: &dyn std::fmt::Display| AccountError::Secret(error.to_string());
    let params = Params::new(memory, passes, lanes, None).map_err(|it| wrong(&it))?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let salt: [u8; SALT] = secret::random()?;
    let hash = argon2.hash_password_with_salt(text.as_bytes(), &salt);
    Ok(Hash(hash.map_err(|it| wrong(&it))?.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_enough_and_not_what_anybody_would_try_first() {
        let unfit = |name: &str, text: &str| match Password::of(name, text) {
            Err(AccountError::Password(it)) => Some(it),
            Err(other) => panic!("{other}"),
            Ok(_) => None,
        };
        let many = "é".repeat(513);
        for (name, text, expected) in [
            ("ada", "eleven byte", Some(Unfit::Short)),
            ("ada", "twelve bytes", None),
            ("ada", "ééééééx", None),
            ("ada", many.as_str(), Some(Unfit::Long)),
            ("ada", "aaaaaaaaaaaa", Some(Unfit::Monotone)),
            ("ada.lovelace", "Ada.Lovelace", Some(Unfit::Name)),
            ("ada", "adaadaadaADA", Some(Unfit::Name)),
            ("ada", "ada lovelace", None),
        ] {
            assert_eq!(unfit(name, text), expected, "{name} {text}");
        }
        assert_eq!(unfit("a", &"ab".repeat(512)), None);
    }

    #[test]
    fn a_hash_is_of_one_password_salted_and_made_again_when_the_cost_is_raised() {
        let password = Password::of("ada", "correct horse").unwrap();
        let (one, other) = (password.hash().unwrap(), password.hash().unwrap());
        assert!(one.as_str().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_ne!(one.as_str(), other.as_str());
        assert!(one.is_of("correct horse") && other.is_of("correct horse"));
        assert!(!one.is_of("correct horsf") && !one.is_of("") && !one.is_of(&"x".repeat(9_999)));
        assert!(!one.is_weak());
        let weak = hashed("correct horse", (8 * 1024, 2, 1)).unwrap();
        assert!(weak.is_weak() && weak.is_of("correct horse"));
        assert!(!Hash::stored("not a hash".into()).is_of("correct horse"));
    }
}
