//! A sealed record: encrypted, in the shape of its type, and written to the wire in one order.

use std::fmt;
use std::marker::PhantomData;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::{LIST_COUNT, LIST_ITEMS, Schema, Type};
use crate::{PepRecord, wire};

/// A record of type `R` on its way: encrypted for one session, readable by nobody in between.
///
/// On the wire it is libpep's JSON, with keys in alphabetical order, so that two sealed records of one type differ in
/// the text of their ciphertexts only, which all have one length. Whatever is deserialised into it has the shape of
/// `R`, block for block and key for key; anything else is refused as soon as it differs.
///
/// # Privacy
///
/// The shape, the field names and the sealed record's type are in clear. The values and pseudonyms are not.
/// Sealing the same record twice gives two ciphertexts that cannot be matched without a key.
pub struct Sealed<R> {
    value: EncryptedPEPJSONValue,
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
        if has_record_shape(&value, R::SCHEMA) { Ok(Self::from_shaped(value)) } else { Err(Box::new(value)) }
    }

    /// For values that were encrypted in the shape of `R`.
    pub(crate) fn from_shaped(value: EncryptedPEPJSONValue) -> Self {
        Self { value, record: PhantomData }
    }
}

impl<R> Sealed<R> {
    /// The sealed record as a libpep value. For transcryption services.
    pub fn into_libpep(self) -> EncryptedPEPJSONValue {
        self.value
    }

    /// The sealed record as a libpep value. For transcryption services.
    pub fn as_libpep(&self) -> &EncryptedPEPJSONValue {
        &self.value
    }
}

impl<R> Clone for Sealed<R> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), record: PhantomData }
    }
}

impl<R> PartialEq for Sealed<R> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

impl<R> fmt::Debug for Sealed<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealed(…)")
    }
}

impl<R> Serialize for Sealed<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::Ordered(&self.value).serialize(serializer)
    }
}

impl<'de, R: PepRecord> Deserialize<'de> for Sealed<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own messages may quote what was sent.
        let value = wire::read(R::SCHEMA, deserializer);
        value.map(Self::from_shaped).map_err(|_| D::Error::custom("no sealed record of the declared shape"))
    }
}

/// Whether a value is of a record's shape, to the tag. libpep's own description does not tell a text of one
/// block from a long text of one block, which the wire shows.
fn has_record_shape(value: &EncryptedPEPJSONValue, schema: &Schema) -> bool {
    let EncryptedPEPJSONValue::Object(fields) = value else {
        return false;
    };
    fields.len() == schema.fields.len()
        && schema
            .fields
            .iter()
            .all(|field| fields.get(field.name).is_some_and(|value| has_shape(value, &field.ty)))
}

fn has_shape(value: &EncryptedPEPJSONValue, ty: &Type) -> bool {
    use EncryptedPEPJSONValue as Value;
    match (ty, value) {
        (Type::Pseudonym, Value::Pseudonym(_)) | (Type::Bool, Value::Bool(_)) => true,
        (
            Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_),
            Value::Number(_),
        ) => true,
        (Type::Text { .. }, Value::String(_)) => ty.blocks() == 1,
        (Type::Text { .. }, Value::LongString(long)) => long.len() > 1 && long.len() == ty.blocks(),
        (Type::Optional { item, .. }, value) => has_shape(value, item),
        (Type::Array { item, len }, Value::Array(values)) => have_shape(values, item, *len),
        (Type::List { item, max_len }, Value::Object(fields)) => {
            matches!(
                (fields.len(), fields.get(LIST_COUNT), fields.get(LIST_ITEMS)),
                (2, Some(Value::Number(_)), Some(Value::Array(values)))
                    if have_shape(values, item, *max_len)
            )
        }
        (Type::Record(schema), value) => has_record_shape(value, schema),
        _ => false,
    }
}

fn have_shape(values: &[EncryptedPEPJSONValue], item: &Type, len: usize) -> bool {
    values.len() == len && values.iter().all(|value| has_shape(value, item))
}
