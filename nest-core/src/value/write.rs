//! Values to blocks, by the schema: with the refusals of the codec of Rust types, which it has in common.

use nest_schema::{Absent, EnumSchema, Label, Schema, TimeUnit, Type, TypeVisitor, VARIANT, grid};

use super::read::is_used;
use super::{Kind, Value};
use crate::declare::answer::refuse_reason;
use crate::declare::field::Codec;
use crate::declare::scalar::encode_integer;
use crate::encode::block::Number;
use crate::encode::encoding::{absent_blocks, put_count, put_filler, put_number, reason_blocks};
use crate::encode::plaintext::Plaintext;
use crate::error::{EncodeError, EncodeFault};

/// Appends the blocks of a value of a type.
pub(super) fn write(ty: &Type, value: &Value, out: &mut Plaintext) -> Result<(), EncodeError> {
    ty.visit(Write { ty, value, out })
}

struct Write<'a> {
    ty: &'a Type,
    value: &'a Value,
    out: &'a mut Plaintext,
}

fn expected(kind: Kind) -> EncodeError {
    EncodeFault::WrongKind { expected: kind }.into()
}

impl TypeVisitor<'static> for Write<'_> {
    type Output = Result<(), EncodeError>;

    fn pseudonym(self) -> Self::Output {
        match self.value {
            Value::Pseudonym(pseudonym) => pseudonym.encode(self.ty, self.out),
            _ => Err(expected(Kind::Pseudonym)),
        }
    }

    fn bool(self) -> Self::Output {
        match self.value {
            Value::Bool(value) => value.encode(self.ty, self.out),
            _ => Err(expected(Kind::Bool)),
        }
    }

    fn integer(self, _: i128, _: i128) -> Self::Output {
        match self.value {
            Value::Integer(value) => encode_integer(*value, self.ty, self.out),
            _ => Err(expected(Kind::Integer)),
        }
    }

    fn decimal(self, min: i64, max: i64, decimals: u8) -> Self::Output {
        match *self.value {
            Value::Decimal { decimals: given, .. } if given != decimals => {
                Err(EncodeFault::OffGrid { decimals }.into())
            }
            Value::Decimal { steps, .. } if (min..=max).contains(&steps) => {
                Ok(put_number(Number::Float(grid::from_steps(steps, decimals)), self.out)?)
            }
            Value::Decimal { .. } => Err(EncodeFault::DecimalOutOfRange {
                min: grid::text(min, decimals),
                max: grid::text(max, decimals),
            }
            .into()),
            _ => Err(expected(Kind::Decimal)),
        }
    }

    fn time(self, unit: TimeUnit, min: i64, max: i64) -> Self::Output {
        match *self.value {
            Value::Time { unit: given, count } if given == unit => {
                encode_integer(count.into(), self.ty, self.out).map_err(|_| {
                    EncodeFault::TimeOutOfRange { min: unit.format(min), max: unit.format(max) }.into()
                })
            }
            _ => Err(expected(Kind::Time)),
        }
    }

    fn label(self, schema: &'static EnumSchema) -> Self::Output {
        let Value::Label(name) = self.value else {
            return Err(expected(Kind::Label));
        };
        let label = schema.labels.iter().find(|label| label.name == name).ok_or(EncodeFault::UnknownLabel)?;
        Ok(put_number(Number::Integer(label.code.into()), self.out)?)
    }

    fn text(self, _: usize) -> Self::Output {
        match self.value {
            Value::Text(text) => text.encode(self.ty, self.out),
            _ => Err(expected(Kind::Text)),
        }
    }

    fn optional(self, item: &'static Type, absent: Absent) -> Self::Output {
        if let reasons @ [_, ..] = absent.reasons() {
            return answer(item, reasons, self.value, self.out);
        }
        let reserved = absent_blocks(item, absent)?;
        if *self.value == Value::Absent {
            self.out.extend(reserved);
            return Ok(());
        }
        let start = self.out.len();
        write(item, self.value, self.out)?;
        if self.out.get(start..) == Some(&reserved) { Err(EncodeFault::Reserved.into()) } else { Ok(()) }
    }

    fn array(self, item: &'static Type, len: usize) -> Self::Output {
        match self.value {
            Value::List(values) if values.len() == len => items(item, values, self.out),
            Value::List(_) => Err(EncodeFault::WrongLength { len }.into()),
            _ => Err(expected(Kind::List)),
        }
    }

    fn list(self, item: &'static Type, max_len: usize) -> Self::Output {
        let Value::List(values) = self.value else {
            return Err(expected(Kind::List));
        };
        if values.len() > max_len {
            return Err(EncodeFault::TooManyItems { max_len }.into());
        }
        put_count(values.len(), self.out)?;
        items(item, values, self.out)?;
        Ok((values.len()..max_len).try_for_each(|_| put_filler(item, self.out))?)
    }

    fn record(self, schema: &'static Schema) -> Self::Output {
        match self.value {
            Value::Record(fields) => record(schema, fields, self.out),
            _ => Err(expected(Kind::Record)),
        }
    }

    fn or_filler(self, schema: &'static Schema) -> Self::Output {
        match self.value {
            Value::Absent => Ok(put_filler(self.ty, self.out)?),
            _ => self.record(schema),
        }
    }
}

/// Appends the blocks of a value, or of the reason why there is none.
fn answer(
    item: &'static Type,
    reasons: &[Label],
    value: &Value,
    out: &mut Plaintext,
) -> Result<(), EncodeError> {
    match value {
        Value::Reason(name) => {
            let reason =
                reasons.iter().find(|reason| reason.name == name).ok_or(EncodeFault::UnknownLabel)?;
            out.extend(reason_blocks(item, reason)?);
            Ok(())
        }
        Value::Absent => Err(expected(Kind::Reason)),
        _ => {
            let start = out.len();
            write(item, value, out)?;
            refuse_reason(out.get(start..).unwrap_or_default(), item, reasons)
        }
    }
}

fn items(item: &'static Type, values: &[Value], out: &mut Plaintext) -> Result<(), EncodeError> {
    let mut values = values.iter().enumerate();
    values.try_for_each(|(place, value)| write(item, value, out).map_err(|error| error.in_item(place)))
}

/// Appends the blocks of a record of these fields, each there once.
pub(super) fn record(
    schema: &'static Schema,
    values: &[(String, Value)],
    out: &mut Plaintext,
) -> Result<(), EncodeError> {
    if values.iter().any(|(name, _)| schema.field(name).is_none()) {
        return Err(EncodeFault::NoSuchField.into());
    }
    let find = |name: &str| {
        let mut found = values.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        (found.next(), found.next().is_some())
    };
    let variant = match (schema.variants.is_empty(), find(VARIANT).0) {
        (false, Some(Value::Label(label))) => Some(label.as_str()),
        _ => None,
    };
    for field in schema.fields {
        let is_used =
            field.name == VARIANT || variant.is_none_or(|variant| is_used(schema, variant, field.name));
        let written = match (find(field.name), is_used) {
            ((Some(_), true), _) => Err(EncodeFault::RepeatedField.into()),
            ((Some(value), _), true) => write(&field.ty, value, out),
            ((None, _), true) => Err(EncodeFault::MissingField.into()),
            ((Some(_), _), false) => Err(EncodeFault::NotInUse.into()),
            ((None, _), false) => put_filler(&field.ty, out).map_err(EncodeError::from),
        };
        written.map_err(|error| error.in_field(field.name))?;
    }
    Ok(())
}
