//! What the command says when it fails, and with which exit code.

use std::fmt;

use nest_vault::{KeyError, LedgerError, MasterError, VaultError};
use serde_json::json;

/// Why a command was not carried out.
#[derive(Debug)]
pub(crate) enum Failure {
    Vault(VaultError),
    Master(MasterError),
    Settings(String),
    /// It was carried out, and found what is wrong.
    Damage(String),
}

impl Failure {
    pub(crate) fn code(&self) -> u8 {
        match self {
            Failure::Settings(_) | Failure::Vault(VaultError::Settings(_)) => 2,
            Failure::Damage(_) => 3,
            Failure::Master(MasterError::Damaged) => 3,
            Failure::Master(_) => 2,
            Failure::Vault(error) => match error {
                VaultError::WrongMaster { .. }
                | VaultError::Tampered { .. }
                | VaultError::UnknownFormat
                | VaultError::Declaration { .. }
                | VaultError::Ledger(LedgerError::Broken(_) | LedgerError::Older | LedgerError::OtherVault) => {
                    3
                }
                VaultError::Full
                | VaultError::ReadOnly
                | VaultError::Unavailable
                | VaultError::AccessLog(_)
                | VaultError::Ledger(LedgerError::Io(_))
                | VaultError::Database(_) => 4,
                _ => 1,
            },
        }
    }

    pub(crate) fn tell(&self, json: bool) {
        if json {
            println!("{}", json!({ "error": self.to_string(), "code": self.code() }));
        } else {
            eprintln!("nest-vault: {self}");
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Vault(error) => error.fmt(f),
            Failure::Master(error) => error.fmt(f),
            Failure::Settings(what) | Failure::Damage(what) => f.write_str(what),
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Failure::Vault(error)
    }
}

impl From<KeyError> for Failure {
    fn from(error: KeyError) -> Self {
        Failure::Vault(error.into())
    }
}

impl From<MasterError> for Failure {
    fn from(error: MasterError) -> Self {
        Failure::Master(error)
    }
}
