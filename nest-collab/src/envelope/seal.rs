//! How an envelope is sealed.

use aws_lc_rs::aead::{Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey};
use zeroize::Zeroizing;

use super::{EnvelopeError, Header, SizeClass, hpke, part};
use crate::identity::{Identity, KeyId};

/// The most keys of a receiver that one envelope is sealed to.
pub const MAX_KEYS: usize = 16;

/// What the signature of an envelope is for.
pub(super) const PURPOSE: &str = "nest-collab/env/1";

/// The bytes that each key of the receiver takes: its number, the encapsulated key, and the sealed content key.
pub(super) const WRAP: usize = 8 + 32 + 48;

/// Where a message goes: everything of its header but the number and the keys.
pub struct Sealing<'a> {
    /// The header of the first part. Its number of keys is set when it is sealed.
    pub header: Header,
    /// The identity of the sender.
    pub identity: &'a Identity,
    /// The keys of the receiver.
    pub keys: &'a [[u8; 32]],
}

/// Seals a message: one envelope for each part, numbered from the header's number on.
///
/// # Errors
///
/// [`EnvelopeError::Keys`] where the receiver has no key or more than [`MAX_KEYS`], and [`EnvelopeError::TooLarge`].
///
/// # Privacy
///
/// The header is readable: who sends to whom, in which run and step, and the size rounded up to the step's. HPKE in base
/// mode has no forward secrecy against the theft of the receiver's key; epochs bound it.
pub fn seal(sealing: &Sealing<'_>, message: &[u8]) -> Result<Vec<Vec<u8>>, EnvelopeError> {
    let class: SizeClass = sealing.header.class;
    let mut envelopes = Vec::new();
    let mut seq = sealing.header.seq;
    for part in part::split(message, class)? {
        envelopes.push(seal_part(sealing, seq, part)?);
        seq = seq.checked_add(1).ok_or(EnvelopeError::TooLarge)?;
    }
    Ok(envelopes)
}

fn seal_part(
    sealing: &Sealing<'_>,
    seq: u64,
    mut part: Zeroizing<Vec<u8>>,
) -> Result<Vec<u8>, EnvelopeError> {
    let many = sealing.keys.len();
    if many == 0 || many > MAX_KEYS {
        return Err(EnvelopeError::Keys);
    }
    let keys = u8::try_from(many).map_err(|_| EnvelopeError::Keys)?;
    let header = Header { seq, keys, ..sealing.header.clone() }.to_bytes();
    let content_key = Zeroizing::new(rand::random::<[u8; 32]>());
    let mut envelope = Vec::with_capacity(header.len() + many * WRAP + part.len() + 16 + 64);
    envelope.extend_from_slice(&header);
    for key in sealing.keys {
        let (enc, wrapped) = hpke::seal(key, &header, &*content_key).ok_or(EnvelopeError::Keys)?;
        envelope.extend_from_slice(&KeyId::of(key).0);
        envelope.extend_from_slice(&enc);
        envelope.extend_from_slice(&wrapped);
    }
    let tag = cipher(&content_key)
        .and_then(|cipher| cipher.seal_in_place_separate_tag(nonce(), Aad::from(&envelope), &mut part).ok())
        .ok_or(EnvelopeError::TooLarge)?;
    envelope.extend_from_slice(&part);
    envelope.extend_from_slice(tag.as_ref());
    let signature = sealing.identity.sign(PURPOSE, &[&envelope]);
    envelope.extend_from_slice(&signature.0);
    Ok(envelope)
}

pub(super) fn cipher(key: &[u8; 32]) -> Option<LessSafeKey> {
    UnboundKey::new(&CHACHA20_POLY1305, key).ok().map(LessSafeKey::new)
}

/// A content key seals one content, so that its nonce may be fixed.
pub(super) fn nonce() -> Nonce {
    Nonce::assume_unique_for_key([0; 12])
}
