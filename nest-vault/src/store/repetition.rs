//! Requests that are sent twice: their outcomes are kept with what they wrote.

use super::{Refusal, Store, Version};
use crate::database::Tx;
use crate::day;
use crate::error::VaultError;
use crate::keys::KeyStore;

/// A request that may be repeated: who asked by which key, and what.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Repetition {
    name: [u8; 16],
    asked: [u8; 16],
}

/// For how many days outcomes are kept.
const DAYS: i64 = 2;

impl Repetition {
    /// `asked` names what was asked: the operation and the hash of what was sent.
    pub(crate) fn new(keys: &dyn KeyStore, caller: &str, key: &str, asked: &[&[u8]]) -> Self {
        let index = keys.index();
        Self {
            name: index.repetition(&[b"name", caller.as_bytes(), key.as_bytes()]).to_bytes(),
            asked: index.repetition(asked).to_bytes(),
        }
    }
}

impl Store {
    /// The outcomes of the first time, where it was before.
    pub(super) async fn known(
        &self,
        tx: &mut Tx,
        repetition: Option<&Repetition>,
    ) -> Result<Option<Vec<Result<Version, Refusal>>>, VaultError> {
        let Some(repetition) = repetition else { return Ok(None) };
        let sql = "SELECT asked, outcomes FROM repetition WHERE name = $1";
        let rows = tx.query(sql, &[repetition.name.into()]).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if row.array(0)? != repetition.asked {
            return Err(VaultError::Conflict { found: 0 });
        }
        read(&row.bytes(1)?)
            .map(Some)
            .ok_or_else(|| VaultError::Tampered { table: "repetition".to_owned() })
    }

    /// Keeps the outcomes in the transaction of what they are of.
    pub(super) async fn remember(
        &self,
        tx: &mut Tx,
        repetition: Option<&Repetition>,
        outcomes: &[Result<Version, Refusal>],
    ) -> Result<(), VaultError> {
        let Some(repetition) = repetition else { return Ok(()) };
        let today = day::today();
        tx.execute("DELETE FROM repetition WHERE day < $1", &[(today - DAYS).into()]).await?;
        let sql = "INSERT INTO repetition (name, asked, outcomes, day) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
        let params = [repetition.name.into(), repetition.asked.into(), write(outcomes).into(), today.into()];
        match tx.execute(sql, &params).await? {
            1 => Ok(()),
            // The same request was carried out at this moment, and nothing of this one is written.
            _ => Err(VaultError::Unavailable),
        }
    }
}

/// Nine bytes for each: a code, and a version.
fn write(outcomes: &[Result<Version, Refusal>]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(9 * outcomes.len());
    for outcome in outcomes {
        let (code, version) = match *outcome {
            Ok(version) => (0, version),
            Err(Refusal::NotFound) => (1, 0),
            Err(Refusal::Conflict(found)) => (2, found),
            Err(Refusal::Erased) => (3, 0),
            Err(Refusal::Hold) => (4, 0),
            Err(Refusal::Invalid) => (5, 0),
        };
        bytes.push(code);
        bytes.extend_from_slice(&version.to_be_bytes());
    }
    bytes
}

fn read(bytes: &[u8]) -> Option<Vec<Result<Version, Refusal>>> {
    let (chunks, []) = bytes.as_chunks::<9>() else { return None };
    let outcome = |[code, version @ ..]: &[u8; 9]| {
        let version = u64::from_be_bytes(*version);
        Some(match code {
            0 => Ok(version),
            1 => Err(Refusal::NotFound),
            2 => Err(Refusal::Conflict(version)),
            3 => Err(Refusal::Erased),
            4 => Err(Refusal::Hold),
            5 => Err(Refusal::Invalid),
            _ => return None,
        })
    };
    chunks.iter().map(outcome).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_read_back() {
        let outcomes = [
            Ok(1),
            Ok(u64::MAX),
            Err(Refusal::NotFound),
            Err(Refusal::Conflict(7)),
            Err(Refusal::Erased),
            Err(Refusal::Hold),
            Err(Refusal::Invalid),
        ];
        assert_eq!(read(&write(&outcomes)).as_deref(), Some(&outcomes[..]));
        assert_eq!(read(&[9; 9]), None);
        assert_eq!(read(&[0; 8]), None);
    }
}
