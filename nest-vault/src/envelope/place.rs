//! Where an envelope stands: what it is bound to, so that it opens nowhere else.

use crate::id::{Deployment, KeyId, Lookup, MasterId, RowId};

/// The place of an envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place<'a> {
    pub(crate) deployment: Deployment,
    /// The name of the table.
    pub(crate) table: &'a str,
    pub(crate) row: RowId,
    /// Empty for the envelope of a row's subject; the path of the field for one that is sealed alone.
    pub(crate) slot: &'a str,
    pub(crate) version: u64,
    /// The content fingerprint of the declaration that the row was written by.
    pub(crate) declared: [u8; 16],
}

impl Place<'_> {
    /// The associated data of the envelope.
    pub(crate) fn associated_data(&self) -> Vec<u8> {
        parts(&[
            b"nest-vault/1",
            &self.deployment.0,
            self.table.as_bytes(),
            &self.row.0,
            self.slot.as_bytes(),
            &self.version.to_be_bytes(),
            &self.declared,
        ])
    }
}

/// The associated data of a wrapped key.
pub(crate) fn of_wrapped_key(
    deployment: Deployment,
    key: KeyId,
    lookup: Lookup,
    suite: u8,
    life: u64,
) -> Vec<u8> {
    parts(&[b"nest-vault/key/1", &deployment.0, &key.0, &lookup.0, &[suite], &life.to_be_bytes()])
}

/// The associated data of the wrapped index secret.
pub(crate) fn of_index_secret(deployment: Deployment, master: MasterId) -> Vec<u8> {
    parts(&[b"nest-vault/index-secret/1", &deployment.0, &master.0])
}

/// Each part after its length in four bytes, the highest first: no part can run into the next.
pub(crate) fn parts(parts: &[&[u8]]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(parts.iter().map(|part| 4 + part.len()).sum());
    for part in parts {
        // No part comes near the bound: the longest is a field's path.
        let len = u32::try_from(part.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(part);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_part_runs_into_the_next() {
        assert_ne!(parts(&[b"ab", b"c"]), parts(&[b"a", b"bc"]));
        assert_ne!(parts(&[b"", b"a"]), parts(&[b"a", b""]));
        assert_eq!(parts(&[b"ab", b""]), [0, 0, 0, 2, b'a', b'b', 0, 0, 0, 0]);
    }
}
