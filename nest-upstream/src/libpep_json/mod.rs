//! Records in libpep's own JSON, as programs read and write them that have no declaration of the record.
//!
//! Such a program knows JSON. It pads a text to the longest of its batch, writes `37` where a decimal is meant, and has
//! nothing between `true` and `false`. This module turns that into the one form that is read strictly, and back.

use std::collections::HashMap;

use nest_core::__workspace_v1::libpep::data::json::PEPJSONValue;
use nest_core::__workspace_v1::libpep::data::simple::Attribute;
use nest_core::__workspace_v1::{
    self as inside, COUNT, LIST_COUNT, LIST_ITEMS, Number, Opened, Plain, encode_in_field, in_field, in_item,
    in_record, pad, text_from_blocks, text_to_blocks, unpad,
};
use nest_core::schema::{Absent, Label, Schema, Type};
use nest_core::value::PlainRecord;
use nest_core::{DecodeError, DecodeFault, EncodeError, EncodeFault, PepRecord};

/// A record in libpep's own JSON.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_upstream::LibpepJson;
///
/// #[derive(Debug, PartialEq, PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Score {
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// let json = Score { points: 87 }.to_libpep_json()?;
/// assert_eq!(Score::from_libpep_json(&json)?, Score { points: 87 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait LibpepJson: PepRecord {
    /// The value in libpep's own JSON. As [`to_pep`](PepRecord::to_pep), except that a `bool` that may be absent is a
    /// number: 0 for `false`, 1 for `true` and 2 for absence. JSON has nothing between `true` and `false`.
    ///
    /// # Errors
    ///
    /// As [`to_pep`](PepRecord::to_pep).
    ///
    /// # Privacy
    ///
    /// The result is plaintext, of one shape for all values. [`Session::seal_json`](nest_core::Session::seal_json)
    /// encrypts it.
    fn to_libpep_json(&self) -> Result<PEPJSONValue, EncodeError> {
        write(&self.to_plain()?)
    }

    /// The value from libpep's own JSON.
    ///
    /// It is read as strictly as by [`from_pep`](PepRecord::from_pep), except for what a program without the
    /// declaration cannot know. A text may have any number of blocks, a whole number may stand for a decimal, and a
    /// `bool` that may be absent may be a number, as [`to_libpep_json`](Self::to_libpep_json) writes it.
    ///
    /// # Errors
    ///
    /// As [`from_pep`](PepRecord::from_pep). It never panics, whatever it is given.
    fn from_libpep_json(value: &PEPJSONValue) -> Result<Self, DecodeError> {
        Self::from_plain(&read(Self::SCHEMA, value)?)
    }
}

impl<R: PepRecord> LibpepJson for R {}

/// The record of this declaration from libpep's own JSON.
pub(crate) fn read(schema: &'static Schema, value: &PEPJSONValue) -> Result<PlainRecord, DecodeError> {
    let mut blocks = Vec::with_capacity(schema.blocks());
    read_record(value, schema, &mut blocks).map_err(|error| in_record(error, schema.name))?;
    inside::record(schema, blocks)
}

/// The record in libpep's own JSON.
pub(crate) fn write(record: &PlainRecord) -> Result<PEPJSONValue, EncodeError> {
    write_value(inside::tree(record)?, &Type::Record(record.schema()))
}

fn read_record(value: &PEPJSONValue, schema: &Schema, out: &mut Vec<Opened>) -> Result<(), DecodeError> {
    let PEPJSONValue::Object(object) = value else {
        return Err(DecodeFault::WrongShape.into());
    };
    if object.len() > schema.fields.len() {
        return Err(DecodeFault::ExtraFields.into());
    }
    schema.fields.iter().try_for_each(|field| {
        let value = object.get(field.name).ok_or_else(|| DecodeFault::MissingField.into());
        value
            .and_then(|value| read_value(value, &field.ty, out))
            .map_err(|error: DecodeError| in_field(error, field.name))
    })
}

fn read_value(value: &PEPJSONValue, ty: &Type, out: &mut Vec<Opened>) -> Result<(), DecodeError> {
    let mut own = Vec::new();
    match (ty, value) {
        (Type::Text { .. }, PEPJSONValue::String(attribute)) => {
            put_text(&read_text(std::slice::from_ref(attribute), ty)?, ty, &mut own);
        }
        (Type::Text { .. }, PEPJSONValue::LongString(long)) => put_text(&read_text(long, ty)?, ty, &mut own),
        (Type::Decimal { .. }, PEPJSONValue::Number(attribute)) => match number(attribute)? {
            Number::Integer(whole) => read_whole(whole, &mut own)?,
            float @ Number::Float(_) => put_number(float, &mut own)?,
        },
        (Type::Optional { item: Type::Bool, absent }, PEPJSONValue::Number(attribute)) => {
            let Number::Integer(code) = number(attribute)? else {
                return Err(DecodeFault::Bool.into());
            };
            match (u8::try_from(code), reason_of(absent, code)) {
                (_, Some(reason)) => put_reason(reason, &mut own)?,
                (Ok(byte @ 0..=1), None) => put_bool(byte, &mut own)?,
                (Ok(ABSENT), None) if absent.reasons().is_empty() => put_bool(ABSENT, &mut own)?,
                _ => return Err(DecodeFault::Bool.into()),
            }
        }
        (Type::Optional { item, .. }, value) => return read_value(value, item, out),
        (Type::Array { item, len }, value) => return read_items(value, item, *len, out),
        (Type::List { item, max_len }, PEPJSONValue::Object(list)) => {
            let (Some(count), Some(items), 2) = (list.get(LIST_COUNT), list.get(LIST_ITEMS), list.len())
            else {
                return Err(DecodeFault::WrongShape.into());
            };
            inside::read_value(&COUNT, count, out)?;
            return read_items(items, item, *max_len, out);
        }
        (Type::Record(schema) | Type::OrFiller(schema), value) => return read_record(value, schema, out),
        (_, value) => return inside::read_value(ty, value, out),
    }
    out.extend(own.into_iter().map(Some));
    Ok(())
}

fn read_items(
    value: &PEPJSONValue,
    item: &Type,
    len: usize,
    out: &mut Vec<Opened>,
) -> Result<(), DecodeError> {
    match value {
        PEPJSONValue::Array(values) if values.len() == len => {
            values.iter().enumerate().try_for_each(|(place, value)| {
                read_value(value, item, out).map_err(|error| in_item(error, place))
            })
        }
        _ => Err(DecodeFault::WrongShape.into()),
    }
}

/// The byte of a `bool` that is absent.
const ABSENT: u8 = 2;

fn put_bool(byte: u8, out: &mut Vec<Plain>) -> Result<(), DecodeFault> {
    out.push(Plain::Data(pad(&[byte]).ok_or(DecodeFault::Mismatch)?));
    Ok(())
}

/// The reason of that code.
fn reason_of(absent: &Absent, code: i128) -> Option<&'static Label> {
    absent.reasons().iter().find(|reason| i128::from(reason.code) == code)
}

/// Why a `bool` is absent: the byte of absence, and the code behind it.
fn put_reason(reason: &Label, out: &mut Vec<Plain>) -> Result<(), DecodeFault> {
    let [a, b, c, d] = reason.code.to_be_bytes();
    out.push(Plain::Data(pad(&[ABSENT, a, b, c, d]).ok_or(DecodeFault::Mismatch)?));
    Ok(())
}

fn put_number(number: Number, out: &mut Vec<Plain>) -> Result<(), DecodeFault> {
    out.push(Plain::Data(number.to_block().ok_or(DecodeFault::Number)?));
    Ok(())
}

/// A text that fits, in the blocks of its type.
fn put_text(text: &str, ty: &Type, out: &mut Vec<Plain>) {
    out.extend(text_to_blocks(text, ty.blocks()).into_iter().map(Plain::Data));
}

/// A text in any number of blocks.
fn read_text(attributes: &[Attribute], ty: &Type) -> Result<String, DecodeFault> {
    let &Type::Text { max_bytes } = ty else {
        return Err(DecodeFault::Mismatch);
    };
    let blocks = attributes.iter().map(inside::block);
    text_from_blocks(&blocks.collect::<Result<Vec<_>, _>>()?, max_bytes)
}

fn number(attribute: &Attribute) -> Result<Number, DecodeFault> {
    Number::from_block(&inside::block(attribute)?)
}

/// A whole number where decimals may be.
fn read_whole(whole: i128, out: &mut Vec<Plain>) -> Result<(), DecodeFault> {
    /// Up to here every whole number is a float.
    const EXACT: i128 = 1 << f64::MANTISSA_DIGITS;
    if (-EXACT..=EXACT).contains(&whole) {
        put_number(Number::Float(whole as f64), out)
    } else {
        Err(DecodeFault::OutOfRange)
    }
}

/// A value of its declared form, in libpep's own JSON.
fn write_value(value: PEPJSONValue, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    match (ty, value) {
        (Type::Optional { item: Type::Bool, .. }, PEPJSONValue::Bool(attribute)) => {
            let block = inside::block(&attribute).map_err(|_| EncodeFault::Mismatch)?;
            let number: i32 = match unpad(&block) {
                Some(&[byte @ 0..=ABSENT]) => byte.into(),
                Some(&[ABSENT, a, b, c, d]) => i32::from_be_bytes([a, b, c, d]),
                _ => return Err(EncodeFault::Mismatch.into()),
            };
            let block = Number::Integer(number.into()).to_block().ok_or(EncodeFault::Mismatch)?;
            Ok(PEPJSONValue::Number(inside::attribute(&block)))
        }
        (Type::Optional { item, .. }, value) => write_value(value, item),
        (Type::Array { item, .. }, PEPJSONValue::Array(values)) => values
            .into_iter()
            .map(|value| write_value(value, item))
            .collect::<Result<_, _>>()
            .map(PEPJSONValue::Array),
        (Type::List { item, .. }, PEPJSONValue::Object(object)) => {
            let part = |(name, value)| match value {
                PEPJSONValue::Array(items) => {
                    let items =
                        items.into_iter().map(|value| write_value(value, item)).collect::<Result<_, _>>();
                    Ok((name, PEPJSONValue::Array(items?)))
                }
                count => Ok((name, count)),
            };
            object.into_iter().map(part).collect::<Result<_, EncodeError>>().map(PEPJSONValue::Object)
        }
        (Type::Record(schema) | Type::OrFiller(schema), PEPJSONValue::Object(object)) => {
            write_record(object, schema)
        }
        (_, value) => Ok(value),
    }
}

fn write_record(object: HashMap<String, PEPJSONValue>, schema: &Schema) -> Result<PEPJSONValue, EncodeError> {
    let field = |(name, value): (String, PEPJSONValue)| {
        let field = schema.field(&name).ok_or(EncodeFault::Mismatch)?;
        let value = write_value(value, &field.ty).map_err(|error| encode_in_field(error, field.name))?;
        Ok((name, value))
    };
    object.into_iter().map(field).collect::<Result<_, EncodeError>>().map(PEPJSONValue::Object)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;
