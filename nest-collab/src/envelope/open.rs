//! How an envelope is read, verified and opened: in this order, so that nothing unverified is opened.

use aws_lc_rs::aead::Aad;
use zeroize::Zeroizing;

use super::header::LENGTH;
use super::seal::{PURPOSE, WRAP, cipher, nonce};
use super::{EnvelopeError, Header, hpke};
use crate::identity::{DeviceKeys, IdentityKey, KeyId, Signature};

/// Bytes with the shape of an envelope. Nothing of them is verified yet.
#[derive(Debug, Clone, Copy)]
pub struct Envelope<'a> {
    bytes: &'a [u8],
    signed: &'a [u8],
    signature: Signature,
}

/// The content of an envelope that verified.
pub struct Opened {
    /// The header.
    pub header: Header,
    /// One part of a message, with its padding.
    pub part: Zeroizing<Vec<u8>>,
}

impl<'a> Envelope<'a> {
    /// Looks at the shape: the header, and the length that follows from it.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::NoEnvelope`].
    pub fn read(bytes: &'a [u8]) -> Result<(Header, Self), EnvelopeError> {
        let header = Header::read(bytes)?;
        let length = LENGTH + usize::from(header.keys) * WRAP + header.class.bytes() + 16 + 64;
        if bytes.len() != length {
            return Err(EnvelopeError::NoEnvelope);
        }
        let (signed, signature) = bytes.split_last_chunk().ok_or(EnvelopeError::NoEnvelope)?;
        Ok((header, Self { bytes, signed, signature: Signature(*signature) }))
    }

    /// The bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Whether this identity signed all of it.
    pub fn is_signed_by(&self, sender: &IdentityKey) -> bool {
        sender.verify(PURPOSE, &[self.signed], &self.signature)
    }

    /// The numbers of the keys that it is sealed to.
    pub fn key_ids(&self) -> impl Iterator<Item = KeyId> + 'a {
        self.wraps().filter_map(|wrap| wrap.first_chunk().map(|id| KeyId(*id)))
    }

    fn wraps(&self) -> impl Iterator<Item = &'a [u8]> + use<'a> {
        let keys = Header::read(self.bytes).map_or(0, |header| usize::from(header.keys));
        self.bytes.get(LENGTH..).unwrap_or_default().chunks_exact(WRAP).take(keys)
    }

    /// Verifies the signature of the sender, and opens the content with a key of the receiver.
    ///
    /// Run, receiver, terms and order are checked by the caller, who knows which ones are right.
    ///
    /// # Errors
    ///
    /// [`EnvelopeError::Signature`], [`EnvelopeError::OtherKey`] or [`EnvelopeError::Content`].
    pub fn open(&self, sender: &IdentityKey, keys: &DeviceKeys) -> Result<Opened, EnvelopeError> {
        let header = Header::read(self.bytes)?;
        if !self.is_signed_by(sender) {
            return Err(EnvelopeError::Signature);
        }
        let head = self.bytes.get(..LENGTH).ok_or(EnvelopeError::NoEnvelope)?;
        let ours = self.wraps().find_map(|wrap| {
            let (id, rest) = wrap.split_first_chunk()?;
            Some((keys.find(KeyId(*id))?, rest))
        });
        let (key, wrap) = ours.ok_or(EnvelopeError::OtherKey)?;
        let (enc, wrapped) = wrap.split_at_checked(32).ok_or(EnvelopeError::NoEnvelope)?;
        let content_key = hpke::open(key.secret(), enc, head, wrapped).ok_or(EnvelopeError::Content)?;
        let content_key: &[u8; 32] = content_key.as_slice().try_into().map_err(|_| EnvelopeError::Content)?;
        let at = LENGTH + usize::from(header.keys) * WRAP;
        let (data, content) = self.signed.split_at_checked(at).ok_or(EnvelopeError::NoEnvelope)?;
        let mut part = Zeroizing::new(content.to_vec());
        let length = cipher(content_key)
            .and_then(|cipher| {
                cipher.open_in_place(nonce(), Aad::from(data), &mut part).ok().map(|part| part.len())
            })
            .ok_or(EnvelopeError::Content)?;
        part.truncate(length);
        Ok(Opened { header, part })
    }
}
