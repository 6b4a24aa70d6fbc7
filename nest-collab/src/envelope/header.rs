//! The header of an envelope: what the relay sees, and what seals and signs everything after it to its place.

use serde::{Deserialize, Serialize};

use super::{EnvelopeError, MAX_KEYS, SizeClass};
use crate::identity::OrgId;
use crate::identity::hexadecimal;

/// What every envelope begins with.
const MAGIC: &[u8; 3] = b"nc1";

/// The bytes of a header.
pub(crate) const LENGTH: usize = 3 + 16 + 16 + 32 + 2 + 32 + 32 + 8 + 1 + 1;

/// The number of a collaboration.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CollabId(pub [u8; 16]);

/// The number of a run. It is drawn by its starter, and never used twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(pub [u8; 16]);

/// The hash of the terms of a run.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct TermsHash(pub [u8; 32]);

hexadecimal!(CollabId: 16, RunId: 16, TermsHash: 32);

/// The header of an envelope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// The collaboration.
    pub collab: CollabId,
    /// The run.
    pub run: RunId,
    /// The hash of the terms that the sender has for the run.
    pub terms: TermsHash,
    /// The step.
    pub step: u16,
    /// The fingerprint of the sender.
    pub sender: OrgId,
    /// The fingerprint of the receiver.
    pub receiver: OrgId,
    /// How many envelopes of this step the sender sent to this receiver before.
    pub seq: u64,
    /// The size of the content.
    pub class: SizeClass,
    /// To how many keys of the receiver the content key is sealed.
    pub keys: u8,
}

impl Header {
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        [
            MAGIC.as_slice(),
            &self.collab.0,
            &self.run.0,
            &self.terms.0,
            &self.step.to_be_bytes(),
            &self.sender.0,
            &self.receiver.0,
            &self.seq.to_be_bytes(),
            &[self.class.number(), self.keys],
        ]
        .concat()
    }

    /// Reads the header of an envelope.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, EnvelopeError> {
        let mut rest = bytes.strip_prefix(MAGIC).ok_or(EnvelopeError::NoEnvelope)?;
        let header = Self {
            collab: CollabId(take(&mut rest)?),
            run: RunId(take(&mut rest)?),
            terms: TermsHash(take(&mut rest)?),
            step: u16::from_be_bytes(take(&mut rest)?),
            sender: OrgId(take(&mut rest)?),
            receiver: OrgId(take(&mut rest)?),
            seq: u64::from_be_bytes(take(&mut rest)?),
            class: SizeClass::new(u8::from_be_bytes(take(&mut rest)?))
                .map_err(|_| EnvelopeError::NoEnvelope)?,
            keys: u8::from_be_bytes(take(&mut rest)?),
        };
        let keys = usize::from(header.keys);
        if keys == 0 || keys > MAX_KEYS { Err(EnvelopeError::NoEnvelope) } else { Ok(header) }
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], EnvelopeError> {
    let (bytes, after) = rest.split_first_chunk().ok_or(EnvelopeError::NoEnvelope)?;
    *rest = after;
    Ok(*bytes)
}
