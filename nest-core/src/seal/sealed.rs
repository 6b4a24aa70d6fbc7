//! A sealed record: encrypted, in the shape of its type, and written to the wire in one order.

use std::fmt;
use std::marker::PhantomData;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::declare::schema::Schema;
use crate::encode::libpep_value;
use crate::error::{DecodeError, DecodeFault};
use crate::seal::cipher::Sealed64;
use crate::{PepRecord, wire};

/// A record of type `R` on its way: encrypted for one session, not readable in between.
///
/// Alone, as a transcryptor is sent it, it is libpep's JSON, with keys in alphabetical order, so that two sealed records
/// of one type differ in the text of their ciphertexts only, which all have one length. Between two ends that know the
/// declaration a [`Batch`](crate::Batch) leaves the names out. Whatever is deserialised into it has the shape of
/// `R`, block for block and key for key; anything else is refused as soon as it differs. Whether a block holds
/// elements of the group is not looked at before it is used: one that does not opens as
/// [`NotData`](DecodeFault::NotData), and transcryptors refuse it.
///
/// # Privacy
///
/// The shape, the field names and the sealed record's type are in clear. The values and pseudonyms are not.
/// Sealing the same record twice gives two ciphertexts that cannot be matched without a key.
pub struct Sealed<R> {
    schema: &'static Schema,
    blocks: Box<[Sealed64]>,
    record: PhantomData<fn() -> R>,
}

impl<R: PepRecord> Sealed<R> {
    /// A libpep value as a sealed record; gives it back where it has another shape than `R`.
    ///
    /// For transcryption services, which handle libpep's own types.
    ///
    /// # Errors
    ///
    /// The value itself, where it is of another shape.
    pub fn from_libpep(value: EncryptedPEPJSONValue) -> Result<Self, Box<EncryptedPEPJSONValue>> {
        match libpep_value::to_blocks(R::SCHEMA, &value) {
            Ok(blocks) => Ok(Self::from_blocks(blocks)),
            Err(_) => Err(Box::new(value)),
        }
    }

    /// For blocks in the layout of `R`.
    pub(crate) fn from_blocks(blocks: impl Into<Box<[Sealed64]>>) -> Self {
        Self { schema: R::SCHEMA, blocks: blocks.into(), record: PhantomData }
    }
}

impl<R> Sealed<R> {
    /// The sealed record as a libpep value. For transcryption services.
    ///
    /// # Errors
    ///
    /// [`NotData`](DecodeFault::NotData), where a block that was received holds no elements of the group.
    pub fn to_libpep(&self) -> Result<EncryptedPEPJSONValue, DecodeError> {
        libpep_value::of(self.schema, &self.blocks)
            .ok_or_else(|| DecodeError::from(DecodeFault::NotData).in_record(self.schema.name))
    }

    /// The ciphertexts, in the order of the schema.
    pub(crate) fn blocks(&self) -> &[Sealed64] {
        &self.blocks
    }
}

impl<R> Clone for Sealed<R> {
    fn clone(&self) -> Self {
        Self { schema: self.schema, blocks: self.blocks.clone(), record: PhantomData }
    }
}

impl<R> PartialEq for Sealed<R> {
    fn eq(&self, other: &Self) -> bool {
        self.blocks == other.blocks
    }
}

impl<R> fmt::Debug for Sealed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl<R> Serialize for Sealed<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::write(self.schema, &self.blocks, serializer)
    }
}

impl<'de, R: PepRecord> Deserialize<'de> for Sealed<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own messages may quote what was sent.
        let blocks = wire::read(R::SCHEMA, deserializer);
        blocks.map(Self::from_blocks).map_err(|_| D::Error::custom("no sealed record of the declared shape"))
    }
}
