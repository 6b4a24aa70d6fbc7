//! Values that nobody honest sends, made from a string of bytes.
//!
//! From bytes, so that the fuzz targets, which read this file too, and the tests here share one generator.

use std::collections::HashMap;
use std::fmt::Debug;

use arbitrary::{Result, Unstructured};
use libpep::arithmetic::group_elements::GroupElement;
use libpep::data::json::PEPJSONValue;
use libpep::data::long::LongPseudonym;
use libpep::data::simple::{Attribute, ElGamalEncryptable, Pseudonym};
use nest_core::PepRecord;
use nest_core::schema::{Absent, EnumSchema, Label, Schema, Type, VARIANT};

/// What is asked of a record that is read from anything: no panic, and one encoding for each value.
///
/// Returns whether the value was accepted.
pub(crate) fn read_and_write_again<T: PepRecord + PartialEq + Debug>(value: &PEPJSONValue) -> bool {
    let record = match T::from_pep(value) {
        Ok(record) => record,
        Err(error) => {
            assert!(error.to_string().len() < 300);
            return false;
        }
    };
    let again = record.to_pep().expect("what is read can be written");
    assert_eq!(again.structure(), T::structure());
    // Places that are not in use hold any pseudonym; all else has one encoding, and used pseudonyms come back.
    assert_eq!(without_pseudonyms(&again), without_pseudonyms(value));
    assert_eq!(T::from_pep(&again).expect("what is written can be read"), record);
    true
}

/// A value with nothing in the place of each pseudonym: places that are not in use hold any.
pub(crate) fn without_pseudonyms(value: &PEPJSONValue) -> PEPJSONValue {
    match value {
        PEPJSONValue::Pseudonym(_) => PEPJSONValue::Null,
        PEPJSONValue::Array(items) => PEPJSONValue::Array(items.iter().map(without_pseudonyms).collect()),
        PEPJSONValue::Object(fields) => PEPJSONValue::Object(
            fields.iter().map(|(name, value)| (name.clone(), without_pseudonyms(value))).collect(),
        ),
        leaf => leaf.clone(),
    }
}

pub(crate) fn object<const N: usize>(fields: [(&str, PEPJSONValue); N]) -> PEPJSONValue {
    PEPJSONValue::Object(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

/// A number as libpep writes it: a tag (0 unsigned, 1 negative, 2 float), and 64 bits.
pub(crate) fn number_block(tag: u8, bits: u64) -> PEPJSONValue {
    let mut data = vec![tag];
    data.extend(bits.to_be_bytes());
    PEPJSONValue::Number(Attribute::from_lizard(&padded(&data)))
}

fn integer(value: i128) -> PEPJSONValue {
    number_block(u8::from(value < 0), value as u64)
}

/// Up to 15 bytes, and padding.
pub(crate) fn padded(data: &[u8]) -> [u8; 16] {
    let mut block = [16_u8.saturating_sub(data.len() as u8); 16];
    for (byte, data) in block.iter_mut().zip(data) {
        *byte = *data;
    }
    block
}

pub(crate) fn neutral() -> GroupElement {
    GroupElement::identity()
}

/// An element of the group: of any bytes, of an honest block with a lie in it, or of none.
pub(crate) fn element(bytes: &mut Unstructured<'_>) -> Result<GroupElement> {
    let block = match bytes.int_in_range(0..=7)? {
        0 => bytes.arbitrary()?,
        1 => {
            // Honest padding, and then perhaps one byte that lies.
            let data: [u8; 15] = bytes.arbitrary()?;
            let mut block = padded(&data[..bytes.int_in_range(0..=15)?]);
            let place: usize = bytes.int_in_range(0..=15)?;
            block[place] = block[place].wrapping_add(bytes.int_in_range(0..=1)?);
            block
        }
        2 => {
            // A number, its tag and its length perhaps wrong.
            let mut data = vec![bytes.int_in_range(0..=3)?];
            data.extend(number_bits(bytes)?.to_be_bytes());
            data.resize(bytes.int_in_range(8..=10)?, 0);
            padded(&data)
        }
        3 => padded(&[bytes.int_in_range(0..=3)?]),
        4 => [0; 16],
        5 => [bytes.int_in_range(0..=17)?; 16],
        6 => {
            let seed: u64 = bytes.arbitrary()?;
            return Ok(*Attribute::from_hash(&hash(seed)).value());
        }
        _ => return Ok(neutral()),
    };
    Ok(GroupElement::from_lizard(&block))
}

/// 64 bytes that are as good as random: the elements made of them encode no data.
fn hash(seed: u64) -> [u8; 64] {
    let mut hash = [0; 64];
    for (i, byte) in (0_u64..).zip(&mut hash) {
        *byte = (seed.wrapping_add(i).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8;
    }
    hash
}

/// Bits of numbers at the edge of something, or of any.
fn number_bits(bytes: &mut Unstructured<'_>) -> Result<u64> {
    Ok(match bytes.int_in_range(0..=10)? {
        0 => 0,
        1 => 1,
        2 => u64::MAX,
        3 => i64::MAX as u64,
        4 => i64::MIN as u64,
        5 => f64::NAN.to_bits(),
        6 => f64::NEG_INFINITY.to_bits(),
        7 => (-0.0_f64).to_bits(),
        8 => f64::from(bytes.arbitrary::<i16>()?).to_bits(),
        9 => u64::from(bytes.arbitrary::<u16>()?),
        _ => bytes.arbitrary()?,
    })
}

fn attribute(bytes: &mut Unstructured<'_>) -> Result<Attribute> {
    element(bytes).map(Attribute::from_point)
}

fn pseudonym(bytes: &mut Unstructured<'_>) -> Result<Pseudonym> {
    element(bytes).map(Pseudonym::from_point)
}

fn several<T>(
    bytes: &mut Unstructured<'_>,
    max: usize,
    mut one: impl FnMut(&mut Unstructured<'_>) -> Result<T>,
) -> Result<Vec<T>> {
    let len = bytes.int_in_range(0..=max)?;
    (0..len).map(|_| one(bytes)).collect()
}

/// True in one of `times`; never where the bytes have come to their end.
pub(crate) fn rarely(bytes: &mut Unstructured<'_>, times: u8) -> Result<bool> {
    Ok(bytes.int_in_range(0..=times - 1)? == times - 1)
}

/// Names of fields, and of what is like them.
const NAMES: [&str; 12] =
    ["count", "items", VARIANT, "weekday", "edge", "single", "flag", "score", "years", "number", "", "\0"];

fn name(bytes: &mut Unstructured<'_>) -> Result<String> {
    Ok((*bytes.choose(&NAMES)?).to_owned())
}

/// Any value at all.
pub(crate) fn anything(bytes: &mut Unstructured<'_>, depth: u8) -> Result<PEPJSONValue> {
    Ok(match bytes.int_in_range(0..=if depth == 0 { 6 } else { 8 })? {
        0 => PEPJSONValue::Null,
        1 => PEPJSONValue::Bool(attribute(bytes)?),
        2 => PEPJSONValue::Number(attribute(bytes)?),
        3 => PEPJSONValue::String(attribute(bytes)?),
        4 => PEPJSONValue::LongString(several(bytes, 4, attribute)?.into()),
        5 => PEPJSONValue::Pseudonym(pseudonym(bytes)?),
        6 => PEPJSONValue::LongPseudonym(LongPseudonym(several(bytes, 2, pseudonym)?)),
        7 => PEPJSONValue::Array(several(bytes, 4, |bytes| anything(bytes, depth - 1))?),
        _ => {
            let fields = several(bytes, 4, |bytes| Ok((name(bytes)?, anything(bytes, depth - 1)?)))?;
            PEPJSONValue::Object(fields.into_iter().collect())
        }
    })
}

/// A value of the type's shape, near its bounds on either side, with now and then something else in its place.
pub(crate) fn shaped(bytes: &mut Unstructured<'_>, ty: &Type) -> Result<PEPJSONValue> {
    if rarely(bytes, 64)? {
        return anything(bytes, 2);
    }
    Ok(match *ty {
        Type::Pseudonym => PEPJSONValue::Pseudonym(pseudonym(bytes)?),
        Type::Bool if rarely(bytes, 16)? => PEPJSONValue::Bool(attribute(bytes)?),
        Type::Bool => PEPJSONValue::Bool(Attribute::from_lizard(&padded(&[bytes.int_in_range(0..=1)?]))),
        Type::Integer { min, max } => near(bytes, min, max, integer)?,
        Type::Time { min, max, .. } => near(bytes, min.into(), max.into(), integer)?,
        Type::Decimal { min, max, decimals } => near(bytes, min.into(), max.into(), |steps| {
            let number: f64 = format!("{steps}e-{decimals}").parse().unwrap();
            number_block(2, number.to_bits())
        })?,
        Type::Enum(_) if rarely(bytes, 16)? => integer(bytes.arbitrary::<i32>()?.into()),
        Type::Enum(schema) => integer(bytes.choose(schema.labels)?.code.into()),
        Type::Text { max_bytes } => text(bytes, max_bytes, ty.blocks())?,
        Type::Optional { item, absent } => match bytes.int_in_range(0..=2_u8)? {
            0 => match absent {
                Absent::Reasons(reasons) => reason(item, bytes.choose(reasons.labels)?),
                _ => absence(item, absent),
            },
            _ => shaped(bytes, item)?,
        },
        Type::Array { item, len } => PEPJSONValue::Array(items(bytes, item, len, len)?),
        Type::List { item, max_len } => {
            let count = bytes.int_in_range(0..=max_len)?;
            let wrong = i128::from(rarely(bytes, 32)?);
            object([
                ("count", integer(count as i128 + wrong)),
                ("items", PEPJSONValue::Array(items(bytes, item, count, max_len)?)),
            ])
        }
        Type::Record(schema) | Type::OrFiller(schema) => record(bytes, schema)?,
        _ => unreachable!("every type has its case here"),
    })
}

/// A number within bounds or one step beside them, or a block that is none.
fn near(
    bytes: &mut Unstructured<'_>,
    min: i128,
    max: i128,
    encode: impl Fn(i128) -> PEPJSONValue,
) -> Result<PEPJSONValue> {
    let within = min + i128::from(bytes.arbitrary::<u64>()?) % (max - min + 1);
    Ok(match bytes.int_in_range(0..=31_u8)? {
        0..=7 => encode(min),
        8..=15 => encode(max),
        16 => encode(min - 1),
        17 => encode(max + 1),
        18 => PEPJSONValue::Number(attribute(bytes)?),
        _ => encode(within),
    })
}

/// Text at its bound or within it, in as many blocks as it should have or nearly so.
fn text(bytes: &mut Unstructured<'_>, max_bytes: usize, blocks: usize) -> Result<PEPJSONValue> {
    const UNITS: [&str; 8] = ["a", "\0", "\u{1}", "\u{10}", "é", "€", "🗝", " "];
    let mut text = Vec::new();
    let len = bytes.int_in_range(0..=max_bytes + 1)?;
    while text.len() < len {
        text.extend_from_slice(bytes.choose(&UNITS)?.as_bytes());
    }
    if rarely(bytes, 16)? {
        text.push(0x80);
    }
    let whole = text.len() / 16 * 16;
    let mut encoded: Vec<[u8; 16]> =
        text[..whole].chunks(16).map(|chunk| chunk.try_into().unwrap()).collect();
    encoded.push(padded(&text[whole..]));
    encoded.resize(blocks.max(encoded.len()), [0; 16]);
    if rarely(bytes, 16)? {
        let place = bytes.choose_index(encoded.len())?;
        encoded[place] = [bytes.int_in_range(0..=17)?; 16];
    }
    let mut attributes: Vec<_> = encoded.iter().map(Attribute::from_lizard).collect();
    if rarely(bytes, 32)? {
        attributes.truncate(bytes.int_in_range(0..=blocks)?);
    }
    Ok(match attributes.as_slice() {
        [attribute] if !rarely(bytes, 32)? => PEPJSONValue::String(*attribute),
        _ => PEPJSONValue::LongString(attributes.into()),
    })
}

/// As many places as `len`, the first `used` of them in use.
fn items(bytes: &mut Unstructured<'_>, item: &Type, used: usize, len: usize) -> Result<Vec<PEPJSONValue>> {
    let len = if rarely(bytes, 64)? { bytes.int_in_range(0..=len + 1)? } else { len };
    (0..len)
        .map(
            |place| {
                if place < used || rarely(bytes, 64)? { shaped(bytes, item) } else { filler(bytes, item) }
            },
        )
        .collect()
}

fn record(bytes: &mut Unstructured<'_>, schema: &Schema) -> Result<PEPJSONValue> {
    let mut fields = HashMap::new();
    let variant = match schema.variants {
        [] => None,
        variants => Some(bytes.choose_index(variants.len())?),
    };
    for field in schema.fields {
        let value = match (variant, &field.ty) {
            (Some(place), Type::Enum(labels)) if field.name == VARIANT => integer(code(labels, place)),
            (Some(place), ty) if !schema.variants[place].fields.contains(&field.name) => filler(bytes, ty)?,
            (_, ty) => shaped(bytes, ty)?,
        };
        fields.insert(field.name.to_owned(), value);
    }
    if rarely(bytes, 128)? {
        fields.remove(bytes.choose(schema.fields)?.name);
    }
    if rarely(bytes, 128)? {
        fields.insert(name(bytes)?, anything(bytes, 1)?);
    }
    Ok(PEPJSONValue::Object(fields))
}

fn code(labels: &EnumSchema, place: usize) -> i128 {
    labels.labels[place].code.into()
}

fn absence(item: &Type, absent: Absent) -> PEPJSONValue {
    match (item, absent) {
        (_, Absent::Reasons(reasons)) => reason(item, &reasons.labels[0]),
        (Type::Bool, _) => PEPJSONValue::Bool(Attribute::from_lizard(&padded(&[2]))),
        (Type::Enum(_), _) => integer(65535),
        (Type::Decimal { decimals, .. }, Absent::Number(steps)) => {
            let number: f64 = format!("{steps}e-{decimals}").parse().unwrap();
            number_block(2, number.to_bits())
        }
        (_, Absent::Number(value)) => integer(value),
        (_, Absent::Text(text)) => plain_text(text, item.blocks()),
        (_, Absent::BuiltIn) => integer(i64::MAX.into()),
    }
}

fn reason(item: &Type, reason: &Label) -> PEPJSONValue {
    match item {
        Type::Bool => {
            let [a, b, c, d] = reason.code.to_be_bytes();
            PEPJSONValue::Bool(Attribute::from_lizard(&padded(&[2, a, b, c, d])))
        }
        Type::Decimal { .. } => number_block(2, f64::from(reason.code).to_bits()),
        Type::Time { .. } => integer(1_000_000_000_000 + i128::from(reason.code)),
        Type::Text { .. } => plain_text(reason.name, item.blocks()),
        _ => integer(reason.code.into()),
    }
}

fn plain_text(text: &str, blocks: usize) -> PEPJSONValue {
    let mut encoded: Vec<_> = text.as_bytes().chunks(16).map(padded).collect();
    if text.len().is_multiple_of(16) {
        encoded.push(padded(&[]));
    }
    encoded.resize(blocks, [0; 16]);
    let attributes: Vec<_> = encoded.iter().map(Attribute::from_lizard).collect();
    match attributes.as_slice() {
        [attribute] => PEPJSONValue::String(*attribute),
        _ => PEPJSONValue::LongString(attributes.into()),
    }
}

/// What a place that is not in use holds, as the documentation has it.
fn filler(bytes: &mut Unstructured<'_>, ty: &Type) -> Result<PEPJSONValue> {
    Ok(match *ty {
        Type::Pseudonym => PEPJSONValue::Pseudonym(pseudonym(bytes)?),
        Type::Bool => PEPJSONValue::Bool(Attribute::from_lizard(&padded(&[0]))),
        Type::Integer { min, .. } => integer(min),
        Type::Time { min, .. } => integer(min.into()),
        Type::Decimal { min, decimals, .. } => {
            number_block(2, format!("{min}e-{decimals}").parse::<f64>().unwrap().to_bits())
        }
        Type::Enum(schema) => integer(code(schema, 0)),
        Type::Text { .. } => plain_text("", ty.blocks()),
        Type::Optional { item, absent } => absence(item, absent),
        Type::Array { item, len } => fillers(bytes, item, len)?,
        Type::List { item, max_len } => {
            object([("count", integer(0)), ("items", fillers(bytes, item, max_len)?)])
        }
        Type::Record(schema) | Type::OrFiller(schema) => {
            let fields =
                schema.fields.iter().map(|field| Ok((field.name.to_owned(), filler(bytes, &field.ty)?)));
            PEPJSONValue::Object(fields.collect::<Result<_>>()?)
        }
        _ => unreachable!("every type has its case here"),
    })
}

fn fillers(bytes: &mut Unstructured<'_>, item: &Type, len: usize) -> Result<PEPJSONValue> {
    (0..len).map(|_| filler(bytes, item)).collect::<Result<_>>().map(PEPJSONValue::Array)
}
