//! Values as they travel, by their type: of one block, of lists, of what is absent, and of places that are not in use.

use std::collections::HashMap;

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable, Pseudonym as PepPseudonym};

use crate::block::{self, Number};
use crate::error::{DecodeFault, EncodeError, EncodeFault};
use crate::grid;
use crate::schema::{ABSENT_CODE, ABSENT_TIME, Absent, EnumSchema, LIST_COUNT, LIST_ITEMS, Type};

pub(crate) fn decode_list(
    value: &PEPJSONValue,
    max_len: usize,
) -> Result<(usize, &[PEPJSONValue]), DecodeFault> {
    let PEPJSONValue::Object(object) = value else {
        return Err(DecodeFault::WrongShape);
    };
    match (object.get(LIST_COUNT), object.get(LIST_ITEMS)) {
        (Some(count), Some(PEPJSONValue::Array(items))) if object.len() == 2 && items.len() == max_len => {
            match decode_number(count)? {
                Number::Integer(count) => {
                    let count = usize::try_from(count).map_err(|_| DecodeFault::Count)?;
                    Ok((count, items))
                }
                Number::Float(_) => Err(DecodeFault::Number),
            }
        }
        _ => Err(DecodeFault::WrongShape),
    }
}

/// The byte of a `bool` that is absent.
pub(crate) const ABSENT_BOOL: u8 = 2;

pub(crate) fn bool_value(byte: u8) -> Result<PEPJSONValue, EncodeError> {
    let block = block::pad(&[byte]).ok_or(EncodeFault::Mismatch)?;
    Ok(PEPJSONValue::Bool(block::to_attribute(&block)))
}

pub(crate) fn number_value(number: Number) -> Result<PEPJSONValue, EncodeError> {
    let block = number.to_block().ok_or(EncodeFault::Mismatch)?;
    Ok(PEPJSONValue::Number(block::to_attribute(&block)))
}

pub(crate) fn decode_number(value: &PEPJSONValue) -> Result<Number, DecodeFault> {
    match value {
        PEPJSONValue::Number(attribute) => Number::from_block(&block::from_attribute(attribute)?),
        _ => Err(DecodeFault::WrongShape),
    }
}

/// A text that fits, in the blocks of its type.
pub(crate) fn text_value(text: &str, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    let attributes: Vec<Attribute> =
        block::text_to_blocks(text, ty.blocks()).iter().map(block::to_attribute).collect();
    match attributes.as_slice() {
        [] => Err(EncodeFault::Mismatch.into()),
        [attribute] => Ok(PEPJSONValue::String(*attribute)),
        _ => Ok(PEPJSONValue::LongString(attributes.into())),
    }
}

pub(crate) fn list_value(count: usize, items: Vec<PEPJSONValue>) -> Result<PEPJSONValue, EncodeError> {
    let count = i128::try_from(count).map_err(|_| EncodeFault::Mismatch)?;
    Ok(PEPJSONValue::Object(HashMap::from([
        (LIST_COUNT.to_owned(), number_value(Number::Integer(count))?),
        (LIST_ITEMS.to_owned(), PEPJSONValue::Array(items)),
    ])))
}

fn enum_value(schema: &EnumSchema) -> Result<PEPJSONValue, EncodeError> {
    let code = schema.labels.first().map_or(0, |label| label.code);
    number_value(Number::Integer(code.into()))
}

/// The encoding of what stands for absence.
pub(crate) fn absent_value(item: &Type, absent: Absent) -> Result<PEPJSONValue, EncodeError> {
    match (item, absent) {
        (Type::Bool, _) => bool_value(ABSENT_BOOL),
        (Type::Enum(_), _) => number_value(Number::Integer(ABSENT_CODE.into())),
        (Type::Time { .. }, _) => number_value(Number::Integer(ABSENT_TIME)),
        (Type::Integer { .. }, Absent::Number(value)) => number_value(Number::Integer(value)),
        (&Type::Decimal { decimals, .. }, Absent::Number(steps)) => {
            let steps = i64::try_from(steps).map_err(|_| EncodeFault::Mismatch)?;
            number_value(Number::Float(grid::from_steps(steps, decimals)))
        }
        (Type::Text { .. }, Absent::Text(text)) => text_value(text, item),
        _ => Err(EncodeFault::Mismatch.into()),
    }
}

/// What fills a place that is not in use, in the shape of one that is.
///
/// Fillers of attributes are always the same value. A pseudonym is filled with a new random one: a fixed one
/// would be turned into the same pseudonym for everybody, a marker that all records share.
pub(crate) fn filler(ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    match *ty {
        Type::Pseudonym => Ok(PEPJSONValue::Pseudonym(PepPseudonym::random(&mut rand::rng()))),
        Type::Bool => bool_value(0),
        Type::Integer { min, .. } => number_value(Number::Integer(min)),
        Type::Decimal { min, decimals, .. } => number_value(Number::Float(grid::from_steps(min, decimals))),
        Type::Time { min, .. } => number_value(Number::Integer(min.into())),
        Type::Enum(schema) => enum_value(schema),
        Type::Text { .. } => text_value("", ty),
        Type::Optional { item, absent } => absent_value(item, absent),
        Type::Array { item, len } => fillers(item, len).map(PEPJSONValue::Array),
        Type::List { item, max_len } => list_value(0, fillers(item, max_len)?),
        Type::Record(schema) => schema
            .fields
            .iter()
            .map(|field| Ok((field.name.to_owned(), filler(&field.ty)?)))
            .collect::<Result<_, _>>()
            .map(PEPJSONValue::Object),
    }
}

fn fillers(ty: &Type, len: usize) -> Result<Vec<PEPJSONValue>, EncodeError> {
    (0..len).map(|_| filler(ty)).collect()
}

/// Whether a place holds filler: any pseudonym, and the one value of everything else.
pub(crate) fn is_filler(value: &PEPJSONValue, ty: &Type) -> bool {
    match (value, ty) {
        (PEPJSONValue::Pseudonym(_), Type::Pseudonym) => true,
        (PEPJSONValue::Array(values), Type::Array { item, len }) => {
            values.len() == *len && values.iter().all(|value| is_filler(value, item))
        }
        (value, Type::List { item, max_len }) => {
            matches!(decode_list(value, *max_len), Ok((0, items)) if items.iter().all(|value| is_filler(value, item)))
        }
        (PEPJSONValue::Object(object), Type::Record(schema)) => {
            object.len() == schema.fields.len()
                && schema
                    .fields
                    .iter()
                    .all(|field| object.get(field.name).is_some_and(|value| is_filler(value, &field.ty)))
        }
        (_, Type::Pseudonym | Type::Array { .. } | Type::Record(_)) => false,
        _ => filler(ty).is_ok_and(|filler| filler == *value),
    }
}
