//! What other crates of this workspace need from inside this one. It is not part of the public interface.
//!
//! nest-upstream reads and writes records in libpep's own JSON. It works on single blocks, which no public function
//! shows. nest-api and nest-upstream use libpep's types through this module, so that this crate alone depends on libpep.

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable};

use crate::declare::schema::{Schema, Type};
pub use crate::encode::block::{Number, pad, text_from_blocks, text_to_blocks, unpad};
use crate::encode::libpep_value;
pub use crate::encode::plaintext::{Opened, Plain};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::value::PlainRecord;
use crate::{PepRecord, Sealed, Session};
pub use libpep;
pub use nest_schema::{LIST_COUNT, LIST_ITEMS};

/// The type of a list's count.
pub const COUNT: Type = libpep_value::COUNT;

/// Appends the blocks of a value of this type, read strictly.
///
/// # Errors
///
/// A [`DecodeError`] where the value is of another type or shape.
pub fn read_value(ty: &Type, value: &PEPJSONValue, out: &mut Vec<Opened>) -> Result<(), DecodeError> {
    libpep_value::read_value(ty, value, out)
}

/// The record in these blocks.
///
/// # Errors
///
/// A [`DecodeError`] where they are not the one encoding of a value of the declaration.
pub fn record(schema: &'static Schema, blocks: Vec<Opened>) -> Result<PlainRecord, DecodeError> {
    PlainRecord::from_opened(schema, blocks)
}

/// The record as libpep's tree of values, in its declared form.
///
/// # Errors
///
/// An [`EncodeError`] where a pseudonym is none.
pub fn tree(record: &PlainRecord) -> Result<PEPJSONValue, EncodeError> {
    let schema = record.schema();
    libpep_value::of(schema, &record.plaintext()?)
        .ok_or_else(|| EncodeError::from(EncodeFault::Mismatch).in_record(schema.name))
}

/// A fault in the field of this name.
pub fn in_field(error: DecodeError, name: &'static str) -> DecodeError {
    error.in_field(name)
}

/// A fault in the item at this place of a list or array.
pub fn in_item(error: DecodeError, place: usize) -> DecodeError {
    error.in_item(place)
}

/// A fault in the record of this name.
pub fn in_record(error: impl Into<DecodeError>, name: &'static str) -> DecodeError {
    error.into().in_record(name)
}

/// The fault of a value that cannot be written, in the field of this name.
pub fn encode_in_field(error: EncodeError, name: &'static str) -> EncodeError {
    error.in_field(name)
}

/// The data of an attribute's block, as libpep holds it.
///
/// # Errors
///
/// [`NotData`](DecodeFault::NotData) where it holds none, as after a wrong key.
pub fn block(attribute: &Attribute) -> Result<[u8; 16], DecodeFault> {
    attribute.to_lizard().ok_or(DecodeFault::NotData)
}

/// The attribute that holds this block.
pub fn attribute(block: &[u8; 16]) -> Attribute {
    Attribute::from_lizard(block)
}

/// Encrypts records in the order that they have, in groups. Each fails by itself.
///
/// The order says as much as the order in which the sender holds the records. The caller has shuffled them.
pub fn seal_in_order<R: PepRecord>(
    session: &Session,
    records: &[R],
) -> impl Iterator<Item = Result<Sealed<R>, EncodeError>> {
    session.seal_all::<R, &R>(records)
}
