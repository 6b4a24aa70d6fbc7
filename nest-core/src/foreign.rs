//! Records as programs write and read them that have libpep and no declaration of the record.
//!
//! Such a program knows JSON: it pads a text to the longest of its batch, writes `37` where a decimal is meant, and
//! has nothing between `true` and `false`. Here that becomes the one form that is read strictly, and back.

use std::collections::HashMap;

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable};

use crate::block::{self, Number};
use crate::encoding::{ABSENT_BOOL, put_bool, put_number, put_text, reason_blocks};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::libpep_value;
use crate::plain::{Opened, Plaintext};
use crate::schema::{Absent, LIST_COUNT, LIST_ITEMS, Label, Schema, Type};

/// The blocks of a record as somebody else wrote it, in the one form that is read strictly.
pub(crate) fn read(schema: &Schema, value: &PEPJSONValue) -> Result<Vec<Opened>, DecodeError> {
    let mut out = Vec::new();
    read_record(value, schema, &mut out)?;
    Ok(out)
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
            .map_err(|error: DecodeError| error.in_field(field.name))
    })
}

fn read_value(value: &PEPJSONValue, ty: &Type, out: &mut Vec<Opened>) -> Result<(), DecodeError> {
    let mut own = Plaintext::new();
    match (ty, value) {
        (Type::Text { .. }, PEPJSONValue::String(attribute)) => {
            put_text(&read_text(std::slice::from_ref(attribute), ty)?, ty, &mut own);
        }
        (Type::Text { .. }, PEPJSONValue::LongString(long)) => put_text(&read_text(long, ty)?, ty, &mut own),
        (Type::Decimal { .. }, PEPJSONValue::Number(attribute)) => match number(attribute)? {
            Number::Integer(whole) => read_whole(whole, &mut own)?,
            float @ Number::Float(_) => put_number(float, &mut own).map_err(|_| DecodeFault::Number)?,
        },
        (Type::Optional { item: Type::Bool, absent }, PEPJSONValue::Number(attribute)) => {
            match number(attribute)? {
                Number::Integer(code) => match (u8::try_from(code), reason_of(absent, code)) {
                    (_, Some(reason)) => {
                        own = reason_blocks(&Type::Bool, reason).map_err(|_| DecodeFault::Mismatch)?;
                    }
                    (Ok(byte @ 0..=1), None) => {
                        put_bool(byte, &mut own).map_err(|_| DecodeFault::Mismatch)?
                    }
                    (Ok(ABSENT_BOOL), None) if absent.reasons().is_empty() => {
                        put_bool(ABSENT_BOOL, &mut own).map_err(|_| DecodeFault::Mismatch)?;
                    }
                    _ => return Err(DecodeFault::Bool.into()),
                },
                Number::Float(_) => return Err(DecodeFault::Bool.into()),
            }
        }
        (Type::Optional { item, .. }, value) => return read_value(value, item, out),
        (Type::Array { item, len }, value) => return read_items(value, item, *len, out),
        (Type::List { item, max_len }, PEPJSONValue::Object(list)) => {
            let (Some(count), Some(items), 2) = (list.get(LIST_COUNT), list.get(LIST_ITEMS), list.len())
            else {
                return Err(DecodeFault::WrongShape.into());
            };
            libpep_value::read_value(&libpep_value::COUNT, count, out)?;
            return read_items(items, item, *max_len, out);
        }
        (Type::Record(schema) | Type::OrFiller(schema), value) => return read_record(value, schema, out),
        (_, value) => return libpep_value::read_value(ty, value, out),
    }
    out.extend(own.into_iter().map(Some));
    Ok(())
}

/// The reason of that code.
fn reason_of(absent: &Absent, code: i128) -> Option<&'static Label> {
    absent.reasons().iter().find(|reason| i128::from(reason.code) == code)
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
                read_value(value, item, out).map_err(|error| error.in_item(place))
            })
        }
        _ => Err(DecodeFault::WrongShape.into()),
    }
}

/// A text in any number of blocks.
fn read_text(attributes: &[Attribute], ty: &Type) -> Result<String, DecodeFault> {
    let &Type::Text { max_bytes } = ty else {
        return Err(DecodeFault::Mismatch);
    };
    let blocks = attributes.iter().map(|attribute| attribute.to_lizard().ok_or(DecodeFault::NotData));
    block::text_from_blocks(&blocks.collect::<Result<Vec<_>, _>>()?, max_bytes)
}

fn number(attribute: &Attribute) -> Result<Number, DecodeFault> {
    Number::from_block(&attribute.to_lizard().ok_or(DecodeFault::NotData)?)
}

/// A whole number where decimals may be.
fn read_whole(whole: i128, out: &mut Plaintext) -> Result<(), DecodeFault> {
    /// Up to here every whole number is a float.
    const EXACT: i128 = 1 << f64::MANTISSA_DIGITS;
    if (-EXACT..=EXACT).contains(&whole) {
        put_number(Number::Float(whole as f64), out).map_err(|_| DecodeFault::Number)
    } else {
        Err(DecodeFault::OutOfRange)
    }
}

/// A record of its declared form as anybody can read it who has libpep.
pub(crate) fn write(value: PEPJSONValue, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    match (ty, value) {
        (Type::Optional { item: Type::Bool, .. }, PEPJSONValue::Bool(attribute)) => {
            let block = attribute.to_lizard().ok_or(EncodeFault::Mismatch)?;
            let number: i32 = match block::unpad(&block) {
                Some(&[byte @ 0..=ABSENT_BOOL]) => byte.into(),
                // The code of a reason.
                Some(&[ABSENT_BOOL, a, b, c, d]) => i32::from_be_bytes([a, b, c, d]),
                _ => return Err(EncodeFault::Mismatch.into()),
            };
            let block = Number::Integer(number.into()).to_block().ok_or(EncodeFault::Mismatch)?;
            Ok(PEPJSONValue::Number(Attribute::from_lizard(&block)))
        }
        (Type::Optional { item, .. }, value) => write(value, item),
        (Type::Array { item, .. }, PEPJSONValue::Array(values)) => values
            .into_iter()
            .map(|value| write(value, item))
            .collect::<Result<_, _>>()
            .map(PEPJSONValue::Array),
        (Type::List { item, .. }, PEPJSONValue::Object(object)) => {
            let part = |(name, value)| match value {
                PEPJSONValue::Array(items) => {
                    let items = items.into_iter().map(|value| write(value, item)).collect::<Result<_, _>>();
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
        let value = write(value, &field.ty).map_err(|error| error.in_field(field.name))?;
        Ok((name, value))
    };
    object.into_iter().map(field).collect::<Result<_, EncodeError>>().map(PEPJSONValue::Object)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use libpep::data::json::structure::JSONStructure;
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
    use serde_json::{Value, json};

    use super::*;
    use crate::prelude::*;

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
            let block = if long { raw } else { block::pad(&data).unwrap() };
            let attribute = Attribute::from_lizard(&block);
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
            let blocks = block::text_to_blocks(&text, text.len() / 16 + 1 + spare);
            let long: Vec<_> = blocks.iter().map(Attribute::from_lizard).collect();
            let value = PEPJSONValue::Object(HashMap::from([("text".to_owned(), PEPJSONValue::LongString(long.into()))]));
            prop_assert_eq!(Note::from_libpep_json(&value).unwrap(), Note { text });
        }
    }
}
