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
use nest_core::schema::{Schema, Type};
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
        (Type::Optional { item: Type::Bool, .. }, PEPJSONValue::Number(attribute)) => {
            match number(attribute)? {
                Number::Integer(code @ 0..=2) => {
                    let byte = u8::try_from(code).map_err(|_| DecodeFault::Bool)?;
                    put_bool(byte, &mut own)?;
                }
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
    let blocks = attributes.iter().map(|attribute| inside::block(attribute));
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
            match unpad(&block) {
                Some(&[byte @ 0..=ABSENT]) => {
                    let block = Number::Integer(byte.into()).to_block().ok_or(EncodeFault::Mismatch)?;
                    Ok(PEPJSONValue::Number(inside::attribute(&block)))
                }
                _ => Err(EncodeFault::Mismatch.into()),
            }
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
mod tests {
    use nest_core::__workspace_v1::libpep::data::json::structure::JSONStructure;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use super::*;
    use nest_core::prelude::*;

    #[derive(Debug, Clone, PartialEq, PepEnum)]
    enum Kind {
        Small,
        #[pep(code = 9)]
        Large,
    }

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 4, max_bits = 322)]
    struct Inner {
        #[pep(absent)]
        sure: Option<bool>,
        #[pep(max_bytes = 40)]
        remark: String,
    }

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 24, max_bits = 953)]
    struct Visit {
        done: bool,
        kind: Kind,
        #[pep(absent)]
        lunch: Option<bool>,
        #[pep(range = 0..=99, absent = 100)]
        score: Option<u8>,
        #[pep(decimals = 1, range = 30.0..=45.0)]
        degrees: f64,
        #[pep(max_bytes = 15)]
        short: String,
        #[pep(max_bytes = 20, absent = "-")]
        long: Option<String>,
        #[pep(range = 0..=9)]
        pair: [u8; 2],
        #[pep(max_len = 2)]
        inner: Vec<Inner>,
    }

    fn visit() -> Visit {
        Visit {
            done: true,
            kind: Kind::Large,
            lunch: None,
            score: Some(7),
            degrees: 37.0,
            short: "é".to_owned(),
            long: None,
            pair: [1, 2],
            inner: vec![Inner { sure: Some(true), remark: "a remark of two blocks".to_owned() }],
        }
    }

    fn filed() -> Value {
        json!({
            "done": true, "kind": 9, "lunch": 2, "score": 7, "degrees": 37.0, "short": "é", "long": "-",
            "pair": [1, 2],
            "inner": {"count": 1, "items": [
                {"sure": 1, "remark": "a remark of two blocks"}, {"sure": 2, "remark": ""},
            ]},
        })
    }

    fn read_json(value: &Value) -> Result<Visit, DecodeError> {
        Visit::from_libpep_json(&PEPJSONValue::from_value(value))
    }

    #[test]
    fn libpep_reads_what_is_written_and_it_is_read_back() {
        let value = visit().to_libpep_json().unwrap();
        assert_eq!(value.to_value().unwrap(), filed());
        assert_eq!(Visit::from_libpep_json(&value).unwrap(), visit());
        // One shape, whatever is absent.
        let other = Visit { lunch: Some(true), inner: vec![], long: Some("x".to_owned()), ..visit() };
        assert_eq!(other.to_libpep_json().unwrap().structure(), value.structure());
    }

    #[test]
    fn what_libpep_makes_of_json_is_read() {
        assert_eq!(read_json(&filed()).unwrap(), visit());
        let mut whole = filed();
        *whole.get_mut("degrees").unwrap() = json!(37);
        assert_eq!(read_json(&whole).unwrap(), visit());
        let mut flag = filed();
        *flag.get_mut("lunch").unwrap() = json!(true);
        assert_eq!(read_json(&flag).unwrap().lunch, Some(true));
    }

    #[test]
    fn texts_are_read_in_any_number_of_blocks() {
        let JSONStructure::Object(mut fields) = PEPJSONValue::from_value(&filed()).structure() else {
            unreachable!("a record is an object");
        };
        for (name, structure) in &mut fields {
            if name == "short" || name == "long" {
                *structure = JSONStructure::String(7);
            }
        }
        let padded = PEPJSONValue::from_value(&filed()).pad_to(&JSONStructure::Object(fields)).unwrap();
        assert_eq!(Visit::from_libpep_json(&padded).unwrap(), visit());
        assert!(Visit::from_pep(&padded).is_err());
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let fault = |pointer: &str, value: Value| {
            let mut filed = filed();
            *filed.pointer_mut(pointer).unwrap() = value;
            read_json(&filed).unwrap_err().fault().clone()
        };
        assert_eq!(fault("", json!(null)), DecodeFault::WrongShape);
        assert_eq!(fault("/done", json!(null)), DecodeFault::WrongShape);
        assert_eq!(fault("/done", json!(1)), DecodeFault::WrongShape);
        assert_eq!(fault("/lunch", json!(3)), DecodeFault::Bool);
        assert_eq!(fault("/lunch", json!(1.0)), DecodeFault::Bool);
        assert_eq!(fault("/kind", json!(3)), DecodeFault::UnknownCode);
        assert_eq!(fault("/kind", json!("Large")), DecodeFault::WrongShape);
        assert_eq!(fault("/score", json!(-1)), DecodeFault::OutOfRange);
        assert_eq!(fault("/score", json!(7.0)), DecodeFault::Number);
        assert_eq!(fault("/degrees", json!(u64::MAX)), DecodeFault::OutOfRange);
        assert_eq!(fault("/degrees", json!(37.05)), DecodeFault::OffGrid);
        assert_eq!(fault("/short", json!("sixteen bytes ab")), DecodeFault::TextTooLong { max_bytes: 15 });
        assert_eq!(fault("/pair", json!([1])), DecodeFault::WrongShape);
        assert_eq!(fault("/inner", json!([])), DecodeFault::WrongShape);
        assert_eq!(fault("/inner/count", json!(3)), DecodeFault::Count);
        assert_eq!(fault("/inner/count", json!(0)), DecodeFault::Filler);
        let mut missing = filed();
        missing.as_object_mut().unwrap().remove("done");
        assert_eq!(*read_json(&missing).unwrap_err().fault(), DecodeFault::MissingField);
        missing.as_object_mut().unwrap().insert("anna".to_owned(), json!(1));
        assert_eq!(*read_json(&missing).unwrap_err().fault(), DecodeFault::MissingField);
        let mut extra = filed();
        extra.as_object_mut().unwrap().insert("anna".to_owned(), json!(1));
        assert_eq!(*read_json(&extra).unwrap_err().fault(), DecodeFault::ExtraFields);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
        #[test]
        fn blocks_of_any_content_never_panic(tag: u8, bits: [u8; 8], raw: [u8; 16], field in 0..9_usize, long: bool) {
            let names = ["done", "kind", "lunch", "score", "degrees", "short", "long", "pair", "inner"];
            let PEPJSONValue::Object(mut object) = visit().to_libpep_json().unwrap() else { unreachable!() };
            let data: Vec<u8> = std::iter::once(tag).chain(bits).collect();
            let block = if long { raw } else { pad(&data).unwrap() };
            let attribute = inside::attribute(&block);
            for value in [
                PEPJSONValue::Number(attribute),
                PEPJSONValue::Bool(attribute),
                PEPJSONValue::String(attribute),
                PEPJSONValue::LongString(vec![attribute; 2].into()),
                PEPJSONValue::LongString(vec![].into()),
                PEPJSONValue::Array(vec![]),
                PEPJSONValue::Null,
            ] {
                object.insert((*names.get(field).unwrap()).to_owned(), value);
                let value = PEPJSONValue::Object(object.clone());
                if let Ok(read) = Visit::from_libpep_json(&value) {
                    // What is read is a value of the record: it can be written.
                    prop_assert_eq!(Visit::from_libpep_json(&read.to_libpep_json().unwrap()).unwrap(), read);
                }
            }
        }

        #[test]
        fn texts_come_back(text in "\\PC{0,20}", spare in 0_usize..5) {
            #[derive(Debug, PartialEq, PepRecord)]
            #[pep(max_blocks = 6, max_bits = 640)]
            struct Note {
                #[pep(max_bytes = 80)]
                text: String,
            }
            let blocks = text_to_blocks(&text, text.len() / 16 + 1 + spare);
            let long: Vec<_> = blocks.iter().map(inside::attribute).collect();
            let value = PEPJSONValue::Object(HashMap::from([("text".to_owned(), PEPJSONValue::LongString(long.into()))]));
            prop_assert_eq!(Note::from_libpep_json(&value).unwrap(), Note { text });
        }
    }
}
