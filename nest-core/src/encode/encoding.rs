//! Values as they travel, by their type: of one block, of lists, of what is absent, and of places that are not in use.

use crate::Pseudonym;
use crate::declare::schema::{
    ABSENT_CODE, ABSENT_TIME, Absent, EnumSchema, Label, Schema, TimeUnit, Type, TypeVisitor,
};
use crate::encode::block::{self, Number};
use crate::encode::plaintext::{Opened, Plain, Plaintext, data, equal};
use crate::error::{DecodeFault, EncodeFault};
use nest_schema::grid;

/// The count of a list, and its items.
pub(crate) fn decode_list(blocks: &[Opened]) -> Result<(usize, &[Opened]), DecodeFault> {
    let (count, items) = blocks.split_at_checked(1).ok_or(DecodeFault::WrongShape)?;
    match decode_number(count)? {
        Number::Integer(count) => Ok((usize::try_from(count).map_err(|_| DecodeFault::Count)?, items)),
        Number::Float(_) => Err(DecodeFault::Number),
    }
}

/// The byte of a `bool` that is absent.
pub(crate) const ABSENT_BOOL: u8 = 2;

pub(crate) fn put_bool(byte: u8, out: &mut Plaintext) -> Result<(), EncodeFault> {
    out.push(Plain::Data(block::pad(&[byte]).ok_or(EncodeFault::Mismatch)?));
    Ok(())
}

pub(crate) fn put_number(number: Number, out: &mut Plaintext) -> Result<(), EncodeFault> {
    out.push(Plain::Data(number.to_block().ok_or(EncodeFault::Mismatch)?));
    Ok(())
}

pub(crate) fn decode_number(blocks: &[Opened]) -> Result<Number, DecodeFault> {
    Number::from_block(data(blocks)?)
}

/// A text that fits, in the blocks of its type.
pub(crate) fn put_text(text: &str, ty: &Type, out: &mut Plaintext) {
    out.extend(block::text_to_blocks(text, ty.blocks()).into_iter().map(Plain::Data));
}

pub(crate) fn put_count(count: usize, out: &mut Plaintext) -> Result<(), EncodeFault> {
    let count = i128::try_from(count).map_err(|_| EncodeFault::Mismatch)?;
    put_number(Number::Integer(count), out)
}

/// The encoding of what stands for absence.
pub(crate) fn absent_blocks(item: &Type, absent: Absent) -> Result<Plaintext, EncodeFault> {
    // Filler of an answer is its first reason.
    if let Some(reason) = absent.reasons().first() {
        return reason_blocks(item, reason);
    }
    let mut out = Plaintext::with_capacity(item.blocks());
    match (item, absent) {
        (Type::Bool, _) => put_bool(ABSENT_BOOL, &mut out),
        (Type::Enum(_), _) => put_number(Number::Integer(ABSENT_CODE.into()), &mut out),
        (Type::Time { .. }, _) => put_number(Number::Integer(ABSENT_TIME), &mut out),
        (Type::Integer { .. }, Absent::Number(value)) => put_number(Number::Integer(value), &mut out),
        (&Type::Decimal { decimals, .. }, Absent::Number(steps)) => {
            let steps = i64::try_from(steps).map_err(|_| EncodeFault::Mismatch)?;
            put_number(Number::Float(grid::from_steps(steps, decimals)), &mut out)
        }
        (Type::Text { .. }, Absent::Text(text)) => {
            put_text(text, item, &mut out);
            Ok(())
        }
        _ => Err(EncodeFault::Mismatch),
    }?;
    Ok(out)
}

/// The encoding of a reason why a value is absent.
pub(crate) fn reason_blocks(item: &Type, reason: &Label) -> Result<Plaintext, EncodeFault> {
    let mut out = Plaintext::with_capacity(item.blocks());
    match item {
        // Behind the byte of absence, which libpep does not take for `true` or `false`.
        Type::Bool => {
            let [a, b, c, d] = reason.code.to_be_bytes();
            let block = block::pad(&[ABSENT_BOOL, a, b, c, d]).ok_or(EncodeFault::Mismatch)?;
            out.push(Plain::Data(block));
        }
        Type::Decimal { .. } => put_number(Number::Float(reason.code.into()), &mut out)?,
        Type::Integer { .. } | Type::Time { .. } | Type::Enum(_) => {
            put_number(Number::Integer(reason.reason_number(item)), &mut out)?;
        }
        Type::Text { .. } => put_text(reason.name, item, &mut out),
        _ => return Err(EncodeFault::Mismatch),
    }
    Ok(out)
}

/// The encodings of all that stands for absence: one, or one for each reason.
pub(crate) fn all_absent(item: &Type, absent: Absent) -> Result<Vec<Plaintext>, EncodeFault> {
    match absent.reasons() {
        [] => Ok(vec![absent_blocks(item, absent)?]),
        reasons => reasons.iter().map(|reason| reason_blocks(item, reason)).collect(),
    }
}

/// What fills a place that is not in use, in the shape of one that is.
///
/// Fillers of attributes are always the same value. A pseudonym is filled with a new random one: a fixed one
/// would be turned into the same pseudonym for everybody, a marker that all records share.
pub(crate) fn put_filler(ty: &Type, out: &mut Plaintext) -> Result<(), EncodeFault> {
    ty.visit(Fill { ty, out })
}

/// Writes filler by type.
struct Fill<'a> {
    ty: &'a Type,
    out: &'a mut Plaintext,
}

impl TypeVisitor<'static> for Fill<'_> {
    type Output = Result<(), EncodeFault>;

    fn pseudonym(self) -> Self::Output {
        self.out.push(Plain::Pseudonym(Pseudonym::random().to_point()));
        Ok(())
    }

    fn bool(self) -> Self::Output {
        put_bool(0, self.out)
    }

    fn integer(self, min: i128, _: i128) -> Self::Output {
        put_number(Number::Integer(min), self.out)
    }

    fn decimal(self, min: i64, _: i64, decimals: u8) -> Self::Output {
        put_number(Number::Float(grid::from_steps(min, decimals)), self.out)
    }

    fn time(self, _: TimeUnit, min: i64, _: i64) -> Self::Output {
        put_number(Number::Integer(min.into()), self.out)
    }

    fn label(self, schema: &'static EnumSchema) -> Self::Output {
        let code = schema.labels.first().map_or(0, |label| label.code);
        put_number(Number::Integer(code.into()), self.out)
    }

    fn text(self, _: usize) -> Self::Output {
        put_text("", self.ty, self.out);
        Ok(())
    }

    fn optional(self, item: &'static Type, absent: Absent) -> Self::Output {
        self.out.extend(absent_blocks(item, absent)?);
        Ok(())
    }

    fn array(self, item: &'static Type, len: usize) -> Self::Output {
        (0..len).try_for_each(|_| put_filler(item, self.out))
    }

    fn list(self, item: &'static Type, max_len: usize) -> Self::Output {
        put_count(0, self.out)?;
        (0..max_len).try_for_each(|_| put_filler(item, self.out))
    }

    fn record(self, schema: &'static Schema) -> Self::Output {
        schema.fields.iter().try_for_each(|field| put_filler(&field.ty, self.out))
    }

    fn or_filler(self, schema: &'static Schema) -> Self::Output {
        self.record(schema)
    }
}

/// Whether a place holds filler: any pseudonym, and the one value of everything else.
pub(crate) fn is_filler(blocks: &[Opened], ty: &Type) -> bool {
    ty.visit(IsFiller { blocks, ty })
}

/// Compares with filler by type.
struct IsFiller<'a> {
    blocks: &'a [Opened],
    ty: &'a Type,
}

impl IsFiller<'_> {
    /// Filler of attributes is always one value.
    fn equals_filler(self) -> bool {
        let mut filler = Plaintext::with_capacity(self.blocks.len());
        put_filler(self.ty, &mut filler).is_ok() && equal(self.blocks, &filler)
    }
}

impl TypeVisitor<'static> for IsFiller<'_> {
    type Output = bool;

    fn pseudonym(self) -> bool {
        matches!(self.blocks, [Some(Plain::Pseudonym(_))])
    }

    fn bool(self) -> bool {
        self.equals_filler()
    }

    fn integer(self, _: i128, _: i128) -> bool {
        self.equals_filler()
    }

    fn decimal(self, _: i64, _: i64, _: u8) -> bool {
        self.equals_filler()
    }

    fn time(self, _: TimeUnit, _: i64, _: i64) -> bool {
        self.equals_filler()
    }

    fn label(self, _: &'static EnumSchema) -> bool {
        self.equals_filler()
    }

    fn text(self, _: usize) -> bool {
        self.equals_filler()
    }

    fn optional(self, _: &'static Type, _: Absent) -> bool {
        self.equals_filler()
    }

    fn array(self, item: &'static Type, len: usize) -> bool {
        are_fillers(self.blocks, item, len)
    }

    fn list(self, item: &'static Type, max_len: usize) -> bool {
        matches!(decode_list(self.blocks), Ok((0, items)) if are_fillers(items, item, max_len))
    }

    fn record(self, schema: &'static Schema) -> bool {
        let mut rest = self.blocks;
        schema.fields.iter().all(|field| {
            rest.split_at_checked(field.ty.blocks()).is_some_and(|(blocks, others)| {
                rest = others;
                is_filler(blocks, &field.ty)
            })
        }) && rest.is_empty()
    }

    fn or_filler(self, schema: &'static Schema) -> bool {
        self.record(schema)
    }
}

fn are_fillers(blocks: &[Opened], item: &Type, len: usize) -> bool {
    let each = item.blocks();
    each.checked_mul(len) == Some(blocks.len())
        && blocks.chunks(each.max(1)).all(|blocks| is_filler(blocks, item))
}
