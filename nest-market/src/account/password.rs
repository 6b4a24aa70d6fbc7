//! Passwords: hashed with argon2id, away from the threads that serve, a few at a time.

use std::fmt;
use std::sync::Arc;

use argon2::{Argon2, PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use super::AccountError;

/// A password on its way to its hash. `Debug` shows nothing of it.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

/// The fewest and the most bytes.
const SHORTEST: usize = 10;
const LONGEST: usize = 200;

impl Password {
    /// A password that somebody chooses.
    ///
    /// # Errors
    ///
    /// [`AccountError::Invalid`] for fewer than 10 or more than 200 bytes.
    pub fn new(text: &str) -> Result<Self, AccountError> {
        if (SHORTEST..=LONGEST).contains(&text.len()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AccountError::Invalid("a password has 10 to 200 bytes"))
        }
    }

    /// A password that somebody gives at the door. It may have any length, and too long a one is a wrong one.
    pub fn given(text: &str) -> Self {
        let mut text = text.to_owned();
        if text.len() > LONGEST {
            text.clear();
        }
        Self(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// Hashes passwords. Each takes 19 MiB, so few run at the same time.
#[derive(Clone)]
pub(crate) struct Hasher {
    turns: Arc<Semaphore>,
    /// What a password is compared with where there is no account: it takes as long, and never fits.
    dummy: Arc<str>,
}

impl Hasher {
    pub(crate) async fn new() -> Result<Self, AccountError> {
        let random = Password(format!("{:032x}", rand::random::<u128>()));
        let turns = Arc::new(Semaphore::new(4));
        let dummy = hash_now(&random).await?.into();
        Ok(Self { turns, dummy })
    }

    /// The hash with its parameters, in the PHC string format.
    pub(crate) async fn hash(&self, password: &Password) -> Result<String, AccountError> {
        let _turn = self.turns.acquire().await.map_err(|_| AccountError::Busy)?;
        hash_now(password).await
    }

    /// Whether the password belongs to the hash. `None` stands for an account that is not there.
    pub(crate) async fn fits(&self, password: &Password, hash: Option<&str>) -> Result<bool, AccountError> {
        let _turn = self.turns.acquire().await.map_err(|_| AccountError::Busy)?;
        let is_there = hash.is_some();
        let hash = hash.unwrap_or(&self.dummy).to_owned();
        let password = password.clone();
        let fits = tokio::task::spawn_blocking(move || {
            Argon2::default().verify_password(password.0.as_bytes(), hash.as_str()).is_ok()
        });
        Ok(fits.await.map_err(|_| AccountError::Busy)? && is_there)
    }
}

/// Argon2id with the parameters of the crate: 19 MiB, two passes, one lane, as OWASP recommends.
async fn hash_now(password: &Password) -> Result<String, AccountError> {
    let (password, salt) = (password.clone(), rand::random::<[u8; 16]>());
    let hashed = tokio::task::spawn_blocking(move || {
        let hash = Argon2::default().hash_password_with_salt(password.0.as_bytes(), &salt);
        hash.map(|hash| hash.to_string())
    });
    hashed.await.map_err(|_| AccountError::Busy)?.map_err(|_| AccountError::Busy)
}
