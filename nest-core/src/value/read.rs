//! Blocks to values, by the schema: as strictly as the codec of Rust types, which it has in common.

use nest_schema::{Absent, EnumSchema, Schema, TimeUnit, Type, TypeVisitor, VARIANT, grid};

use super::Value;
use crate::Pseudonym;
use crate::declare::answer::reason;
use crate::declare::field::Codec;
use crate::declare::scalar::{decode_decimal, decode_integer};
use crate::declare::schema::ABSENT_CODE;
use crate::encode::block::Number;
use crate::encode::encoding::{absent_blocks, decode_list, decode_number, is_filler};
use crate::encode::plaintext::{Opened, equal};
use crate::error::{DecodeError, DecodeFault};

/// The value in the blocks of a type.
pub(super) fn read(ty: &Type, blocks: &[Opened]) -> Result<Value, DecodeError> {
    ty.visit(Read { ty, blocks })
}

struct Read<'a> {
    ty: &'a Type,
    blocks: &'a [Opened],
}

impl TypeVisitor<'static> for Read<'_> {
    type Output = Result<Value, DecodeError>;

    fn pseudonym(self) -> Self::Output {
        Pseudonym::decode(self.blocks, self.ty).map(Value::Pseudonym)
    }

    fn bool(self) -> Self::Output {
        bool::decode(self.blocks, self.ty).map(Value::Bool)
    }

    fn integer(self, _: i128, _: i128) -> Self::Output {
        decode_integer(self.blocks, self.ty).map(Value::Integer)
    }

    fn decimal(self, _: i64, _: i64, decimals: u8) -> Self::Output {
        let number = decode_decimal(self.blocks, self.ty)?;
        let steps = grid::to_steps(number, decimals).ok_or(DecodeFault::OffGrid)?;
        Ok(Value::Decimal { steps, decimals })
    }

    fn time(self, unit: TimeUnit, _: i64, _: i64) -> Self::Output {
        decode_integer(self.blocks, self.ty).map(|count| Value::Time { unit, count })
    }

    fn label(self, schema: &'static EnumSchema) -> Self::Output {
        let Number::Integer(code) = decode_number(self.blocks)? else {
            return Err(DecodeFault::Number.into());
        };
        match schema.labels.iter().find(|label| i128::from(label.code) == code) {
            Some(label) => Ok(Value::Label(label.name.to_owned())),
            None if code == i128::from(ABSENT_CODE) => Err(DecodeFault::Reserved.into()),
            None => Err(DecodeFault::UnknownCode.into()),
        }
    }

    fn text(self, _: usize) -> Self::Output {
        String::decode(self.blocks, self.ty).map(Value::Text)
    }

    fn optional(self, item: &'static Type, absent: Absent) -> Self::Output {
        if let reasons @ [_, ..] = absent.reasons() {
            return match reason(self.blocks, item, reasons)? {
                Some(reason) => Ok(Value::Reason(reason.name.to_owned())),
                None => read(item, self.blocks),
            };
        }
        let reserved = absent_blocks(item, absent).map_err(|_| DecodeFault::Mismatch)?;
        if equal(self.blocks, &reserved) { Ok(Value::Absent) } else { read(item, self.blocks) }
    }

    fn array(self, item: &'static Type, _: usize) -> Self::Output {
        items(item, self.blocks).map(Value::List)
    }

    fn list(self, item: &'static Type, max_len: usize) -> Self::Output {
        let (count, blocks) = decode_list(self.blocks)?;
        if count > max_len {
            return Err(DecodeFault::Count.into());
        }
        let used = count.saturating_mul(item.blocks());
        let (used, unused) = blocks.split_at_checked(used).ok_or(DecodeFault::WrongShape)?;
        for (place, blocks) in unused.chunks(item.blocks().max(1)).enumerate() {
            if !is_filler(blocks, item) {
                return Err(DecodeError::from(DecodeFault::Filler).in_item(count + place));
            }
        }
        items(item, used).map(Value::List)
    }

    fn record(self, schema: &'static Schema) -> Self::Output {
        record(schema, self.blocks).map(Value::Record)
    }

    fn or_filler(self, schema: &'static Schema) -> Self::Output {
        match record(schema, self.blocks) {
            Err(_) if is_filler(self.blocks, self.ty) => Ok(Value::Absent),
            read => read.map(Value::Record),
        }
    }
}

fn items(item: &'static Type, blocks: &[Opened]) -> Result<Vec<Value>, DecodeError> {
    let items = blocks.chunks(item.blocks().max(1)).enumerate();
    items.map(|(place, blocks)| read(item, blocks).map_err(|error| error.in_item(place))).collect()
}

/// The fields of a record; of a record with variants those that the variant uses.
pub(super) fn record(
    schema: &'static Schema,
    mut blocks: &[Opened],
) -> Result<Vec<(String, Value)>, DecodeError> {
    let mut fields = Vec::with_capacity(schema.fields.len());
    let mut variant: Option<String> = None;
    for field in schema.fields {
        let (own, rest) = blocks.split_at_checked(field.ty.blocks()).ok_or(DecodeFault::WrongShape)?;
        blocks = rest;
        if variant.as_deref().is_none_or(|variant| is_used(schema, variant, field.name)) {
            let value = read(&field.ty, own).map_err(|error| error.in_field(field.name))?;
            if let (false, VARIANT, Value::Label(label)) = (schema.variants.is_empty(), field.name, &value) {
                variant = Some(label.clone());
            }
            fields.push((field.name.to_owned(), value));
        } else if !is_filler(own, &field.ty) {
            return Err(DecodeError::from(DecodeFault::Filler).in_field(field.name));
        }
    }
    if blocks.is_empty() { Ok(fields) } else { Err(DecodeFault::WrongShape.into()) }
}

/// Whether a variant uses a field.
pub(super) fn is_used(schema: &Schema, variant: &str, field: &str) -> bool {
    let used = schema.variants.iter().find(|known| known.name == variant);
    used.is_some_and(|known| known.fields.contains(&field))
}
