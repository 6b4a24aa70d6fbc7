//! Which types may be fields, and how their values become blocks.
//!
//! | field | encoding | blocks |
//! | --- | --- | --- |
//! | [`Pseudonym`] with `#[pep(pseudonym)]` | a libpep pseudonym | 1 |
//! | `bool` | a byte | 1 |
//! | `u8` … `u64`, `i8` … `i64`, with `range = a..=b` (may be left out up to 16 bits) | a number | 1 |
//! | `f32`, `f64` with `decimals = N, range = a..=b` | a number, rounded to the grid | 1 |
//! | a type of [`time`](crate::time) with `range = a..=b` | a number: its count | 1 |
//! | `String` with `max_bytes = N` | text padded to its full bound | N ≤ 15: 1, else N / 16 + 1 |
//! | an enum with `#[derive(PepEnum)]` | a number: its code | 1 |
//! | `[T; N]` | N items | N × T |
//! | `Vec<T>` with `max_len = N` | an encrypted count, and N items filled up | 1 + N × T |
//! | a struct with `#[derive(PepRecord)]` | its fields | its own |
//! | `Option<T>` with `absent = value`, or `absent` for `bool`, enums and times | a reserved value of T | as T |
//!
//! Attributes of an array, a list or an `Option` are those of its items.

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::{Attribute, ElGamalEncryptable, Pseudonym as PepPseudonym};
use std::collections::HashMap;

use crate::block::{self, Number};
use crate::declared::{self, Declaration, Kind};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::grid;
use crate::schema::{ABSENT_CODE, ABSENT_TIME, Absent, EnumSchema, LIST_COUNT, LIST_ITEMS, Schema, Type};
use crate::{PepEnum, PepRecord, Pseudonym, record};

/// A type whose values can be encoded by a [`Type`] of the schema.
pub trait Codec: Sized {
    /// What the type is, before attributes.
    const KIND: Kind;

    /// The value in the shape of `ty`.
    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError>;

    /// The value in the shape of `ty`, or what is wrong with it. Never panics.
    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError>;
}

/// A type that can be a field, with the attributes that were declared at `D`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fixed shape, so its values would show in their ciphertexts [open-type]",
    label = "this type cannot be a field of a record",
    note = "on a type of your own write `#[derive(PepRecord)]` (a struct) or `#[derive(PepEnum)]` (an enum without data)",
    note = "otherwise use `bool`, an integer with `range`, a float with `decimals` and `range`, `String` with `max_bytes`, `[T; N]`, `Vec<T>` with `max_len`, or `Pseudonym`"
)]
pub trait PepField<D>: Sized {
    /// The technical type, with every declared bound.
    const TYPE: Type;

    /// What the type is, before attributes.
    const KIND: Kind;

    /// Writes the next field of a record.
    fn put(&self, fields: &mut Writer) -> Result<(), EncodeError>;

    /// Reads the next field of a record.
    fn take(fields: &mut Reader<'_>) -> Result<Self, DecodeError>;
}

/// Implements the rest of [`PepField`] by [`Codec`]. Not by a supertrait: generated code names one trait, so
/// that a type without it is one error.
macro_rules! by_codec {
    () => {
        const KIND: Kind = <Self as Codec>::KIND;

        #[inline]
        fn put(&self, fields: &mut Writer) -> Result<(), EncodeError> {
            fields.put(self)
        }

        #[inline]
        fn take(fields: &mut Reader<'_>) -> Result<Self, DecodeError> {
            fields.take()
        }
    };
}

pub(crate) use by_codec;

/// Takes the fields of a record in the order of its schema.
pub struct Writer {
    schema: &'static Schema,
    next: usize,
    object: HashMap<String, PEPJSONValue>,
}

impl Writer {
    pub(crate) fn new(schema: &'static Schema) -> Self {
        Self { schema, next: 0, object: HashMap::with_capacity(schema.fields.len()) }
    }

    /// Writes the next field. Not inlined: each record calls it for each of its fields.
    #[inline(never)]
    pub fn put<T: Codec>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.next(|ty| value.encode(ty))
    }

    /// Writes which variant of an enum it is: its place among the variants.
    pub fn variant(&mut self, place: usize) -> Result<(), EncodeError> {
        self.next(|ty| match ty {
            Type::Enum(EnumSchema { labels, .. }) => {
                let label = labels.get(place).ok_or(EncodeFault::Mismatch)?;
                number_value(Number::Integer(label.code.into()))
            }
            _ => Err(EncodeFault::Mismatch.into()),
        })
    }

    /// Fills the next fields, which this variant does not use.
    pub fn fill(&mut self, fields: usize) -> Result<(), EncodeError> {
        (0..fields).try_for_each(|_| self.next(filler))
    }

    fn next(
        &mut self,
        encode: impl FnOnce(&Type) -> Result<PEPJSONValue, EncodeError>,
    ) -> Result<(), EncodeError> {
        let field = self.schema.fields.get(self.next).ok_or(EncodeFault::Mismatch)?;
        self.next += 1;
        let value = encode(&field.ty).map_err(|error| error.in_field(field.name))?;
        self.object.insert(field.name.to_owned(), value);
        Ok(())
    }

    pub(crate) fn finish(self) -> Result<PEPJSONValue, EncodeError> {
        if self.object.len() != self.schema.fields.len() {
            return Err(EncodeFault::Mismatch.into());
        }
        Ok(PEPJSONValue::Object(self.object))
    }
}

/// Gives the fields of a record in the order of its schema.
pub struct Reader<'a> {
    schema: &'static Schema,
    next: usize,
    object: &'a HashMap<String, PEPJSONValue>,
}

impl<'a> Reader<'a> {
    pub(crate) fn new(schema: &'static Schema, value: &'a PEPJSONValue) -> Result<Self, DecodeError> {
        let PEPJSONValue::Object(object) = value else {
            return Err(DecodeFault::WrongShape.into());
        };
        if object.len() > schema.fields.len() {
            return Err(DecodeFault::ExtraFields.into());
        }
        Ok(Self { schema, next: 0, object })
    }

    /// Reads the next field. Not inlined: each record calls it for each of its fields.
    #[inline(never)]
    pub fn take<T: Codec>(&mut self) -> Result<T, DecodeError> {
        self.next(T::decode)
    }

    /// Reads which variant of an enum it is: its place among the variants.
    pub fn variant(&mut self) -> Result<usize, DecodeError> {
        self.next(|value, ty| match (decode_number(value)?, ty) {
            (Number::Integer(code), Type::Enum(EnumSchema { labels, .. })) => labels
                .iter()
                .position(|label| i128::from(label.code) == code)
                .ok_or_else(|| DecodeFault::UnknownCode.into()),
            _ => Err(DecodeFault::Number.into()),
        })
    }

    /// Passes over the next fields, which this variant does not use and which must hold filler.
    pub fn unused(&mut self, fields: usize) -> Result<(), DecodeError> {
        let check = |value: &PEPJSONValue, ty: &Type| {
            is_filler(value, ty).then_some(()).ok_or_else(|| DecodeFault::Filler.into())
        };
        (0..fields).try_for_each(|_| self.next(check))
    }

    fn next<T>(
        &mut self,
        decode: impl FnOnce(&PEPJSONValue, &Type) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let field = self.schema.fields.get(self.next).ok_or(DecodeFault::Mismatch)?;
        self.next += 1;
        let value = self.object.get(field.name).ok_or_else(|| DecodeFault::MissingField.into());
        value
            .and_then(|value| decode(value, &field.ty))
            .map_err(|error: DecodeError| error.in_field(field.name))
    }
}

impl Codec for Pseudonym {
    const KIND: Kind = Kind::Pseudonym;

    fn encode(&self, _: &Type) -> Result<PEPJSONValue, EncodeError> {
        Ok(PEPJSONValue::Pseudonym(self.to_libpep()))
    }

    fn decode(value: &PEPJSONValue, _: &Type) -> Result<Self, DecodeError> {
        match value {
            PEPJSONValue::Pseudonym(value) => {
                Ok(Pseudonym::from_libpep(*value).ok_or(DecodeFault::NeutralPseudonym)?)
            }
            _ => Err(DecodeFault::WrongShape.into()),
        }
    }
}

impl<D: Declaration> PepField<D> for Pseudonym {
    const TYPE: Type = Type::Pseudonym;

    by_codec!();
}

impl Codec for bool {
    const KIND: Kind = Kind::Bool;

    fn encode(&self, _: &Type) -> Result<PEPJSONValue, EncodeError> {
        bool_value(u8::from(*self))
    }

    fn decode(value: &PEPJSONValue, _: &Type) -> Result<Self, DecodeError> {
        let PEPJSONValue::Bool(attribute) = value else {
            return Err(DecodeFault::WrongShape.into());
        };
        let block = block::from_attribute(attribute)?;
        match block::unpad(&block).ok_or(DecodeFault::Padding)? {
            [0] => Ok(false),
            [1] => Ok(true),
            [ABSENT_BOOL] => Err(DecodeFault::Reserved.into()),
            _ => Err(DecodeFault::Bool.into()),
        }
    }
}

impl<D: Declaration> PepField<D> for bool {
    const TYPE: Type = Type::Bool;

    by_codec!();
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl Codec for $int {
            const KIND: Kind = Kind::Integer {
                min: <$int>::MIN as i128,
                max: <$int>::MAX as i128,
                width: <$int>::BITS,
            };

            fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
                encode_integer(i128::from(*self), ty)
            }

            fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
                decode_integer(value, ty)
            }
        }

        impl<D: Declaration> PepField<D> for $int {
            const TYPE: Type =
                declared::integer_type(&D::DECLARED, <$int>::MIN as i128, <$int>::MAX as i128);

            by_codec!();
        }
    )*};
}

integers!(u8, u16, u32, u64, i8, i16, i32, i64);

pub(crate) fn encode_integer(value: i128, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    let (min, max) = integer_bounds(ty).ok_or(EncodeFault::Mismatch)?;
    if (min..=max).contains(&value) {
        number_value(Number::Integer(value))
    } else {
        Err(EncodeFault::OutOfRange { min, max }.into())
    }
}

pub(crate) fn decode_integer<T: TryFrom<i128>>(value: &PEPJSONValue, ty: &Type) -> Result<T, DecodeError> {
    let (min, max) = integer_bounds(ty).ok_or(DecodeFault::Mismatch)?;
    match decode_number(value)? {
        Number::Integer(value) if (min..=max).contains(&value) => {
            Ok(value.try_into().map_err(|_| DecodeFault::OutOfRange)?)
        }
        Number::Integer(_) => Err(DecodeFault::OutOfRange.into()),
        Number::Float(_) => Err(DecodeFault::Number.into()),
    }
}

fn integer_bounds(ty: &Type) -> Option<(i128, i128)> {
    match *ty {
        Type::Integer { min, max } => Some((min, max)),
        Type::Time { min, max, .. } => Some((min.into(), max.into())),
        _ => None,
    }
}

macro_rules! floats {
    ($($float:ty),*) => {$(
        impl Codec for $float {
            const KIND: Kind = Kind::Float;

            fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
                let &Type::Decimal { min, max, decimals } = ty else {
                    return Err(EncodeFault::Mismatch.into());
                };
                // The bounds in the field's own precision: a `0.1_f32` is no larger than `0.1`.
                let bounds = grid::from_steps(min, decimals) as $float
                    ..=grid::from_steps(max, decimals) as $float;
                if !self.is_finite() {
                    return Err(EncodeFault::NotFinite.into());
                }
                let steps = grid::nearest_steps(f64::from(*self), decimals)
                    .filter(|steps| (min..=max).contains(steps) && bounds.contains(self))
                    .ok_or_else(|| EncodeFault::DecimalOutOfRange {
                        min: grid::text(min, decimals),
                        max: grid::text(max, decimals),
                    })?;
                number_value(Number::Float(grid::from_steps(steps, decimals)))
            }

            fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
                Ok(decode_decimal(value, ty)? as $float)
            }
        }

        impl<D: Declaration> PepField<D> for $float {
            const TYPE: Type = declared::decimal_type(&D::DECLARED);

            by_codec!();
        }
    )*};
}

floats!(f32, f64);

fn decode_decimal(value: &PEPJSONValue, ty: &Type) -> Result<f64, DecodeFault> {
    let &Type::Decimal { min, max, decimals } = ty else {
        return Err(DecodeFault::Mismatch);
    };
    let Number::Float(number) = decode_number(value)? else {
        return Err(DecodeFault::Number);
    };
    let steps = grid::to_steps(number, decimals)
        // A negative zero equals zero, and is no encoding of it.
        .filter(|steps| grid::from_steps(*steps, decimals).to_bits() == number.to_bits())
        .ok_or(DecodeFault::OffGrid)?;
    if (min..=max).contains(&steps) { Ok(number) } else { Err(DecodeFault::OutOfRange) }
}

impl Codec for String {
    const KIND: Kind = Kind::Text;

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        let &Type::Text { max_bytes } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        if self.len() > max_bytes {
            return Err(EncodeFault::TextTooLong { max_bytes }.into());
        }
        text_value(self, ty)
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let &Type::Text { max_bytes } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let attributes: &[Attribute] = match value {
            PEPJSONValue::String(attribute) if ty.blocks() == 1 => std::slice::from_ref(attribute),
            PEPJSONValue::LongString(long) if ty.blocks() == long.len() && long.len() > 1 => long,
            _ => return Err(DecodeFault::WrongShape.into()),
        };
        let blocks = attributes.iter().map(block::from_attribute).collect::<Result<Vec<_>, _>>()?;
        Ok(block::text_from_blocks(&blocks, max_bytes)?)
    }
}

impl<D: Declaration> PepField<D> for String {
    const TYPE: Type = Type::Text { max_bytes: declared::bound(D::DECLARED.max_bytes) };

    by_codec!();
}

impl<T: Codec> Codec for Option<T> {
    const KIND: Kind = Kind::Option(&<T as Codec>::KIND);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        let reserved = absent_value(item, absent)?;
        match self {
            None => Ok(reserved),
            Some(value) => match value.encode(item)? {
                value if value == reserved => Err(EncodeFault::Reserved.into()),
                value => Ok(value),
            },
        }
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let &Type::Optional { item, absent } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let reserved = absent_value(item, absent).map_err(|_| DecodeFault::Mismatch)?;
        if *value == reserved { Ok(None) } else { T::decode(value, item).map(Some) }
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Option<T> {
    const TYPE: Type =
        Type::Optional { item: &<T as PepField<D>>::TYPE, absent: declared::absent(&D::DECLARED) };

    by_codec!();
}

impl<T: Codec, const N: usize> Codec for [T; N] {
    const KIND: Kind = Kind::Array(&T::KIND, N);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        match ty {
            Type::Array { item, len } if *len == N => encode_items(self, item).map(PEPJSONValue::Array),
            _ => Err(EncodeFault::Mismatch.into()),
        }
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let Type::Array { item, .. } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        match value {
            PEPJSONValue::Array(values) if values.len() == N => {
                decode_items(values, item)?.try_into().map_err(|_| DecodeFault::WrongShape.into())
            }
            _ => Err(DecodeFault::WrongShape.into()),
        }
    }
}

impl<T: Codec + PepField<D>, D: Declaration, const N: usize> PepField<D> for [T; N] {
    const TYPE: Type = Type::Array { item: &<T as PepField<D>>::TYPE, len: N };

    by_codec!();
}

impl<T: Codec> Codec for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);

    fn encode(&self, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(EncodeFault::Mismatch.into());
        };
        if self.len() > max_len {
            return Err(EncodeFault::TooManyItems { max_len }.into());
        }
        let mut items = encode_items(self, item)?;
        for _ in self.len()..max_len {
            items.push(filler(item)?);
        }
        list_value(self.len(), items)
    }

    fn decode(value: &PEPJSONValue, ty: &Type) -> Result<Self, DecodeError> {
        let &Type::List { item, max_len } = ty else {
            return Err(DecodeFault::Mismatch.into());
        };
        let (count, items) = decode_list(value, max_len)?;
        let (used, unused) = items.split_at_checked(count).ok_or(DecodeFault::Count)?;
        for (place, value) in unused.iter().enumerate() {
            if !is_filler(value, item) {
                return Err(DecodeError::from(DecodeFault::Filler).in_item(count + place));
            }
        }
        decode_items(used, item)
    }
}

impl<T: Codec + PepField<D>, D: Declaration> PepField<D> for Vec<T> {
    const TYPE: Type =
        Type::List { item: &<T as PepField<D>>::TYPE, max_len: declared::bound(D::DECLARED.max_len) };

    by_codec!();
}

fn decode_list(value: &PEPJSONValue, max_len: usize) -> Result<(usize, &[PEPJSONValue]), DecodeFault> {
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

fn encode_items<T: Codec>(items: &[T], ty: &Type) -> Result<Vec<PEPJSONValue>, EncodeError> {
    items
        .iter()
        .enumerate()
        .map(|(place, item)| item.encode(ty).map_err(|error| error.in_item(place)))
        .collect()
}

fn decode_items<T: Codec>(values: &[PEPJSONValue], ty: &Type) -> Result<Vec<T>, DecodeError> {
    values
        .iter()
        .enumerate()
        .map(|(place, value)| T::decode(value, ty).map_err(|error| error.in_item(place)))
        .collect()
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord> Codec for R {
    const KIND: Kind = {
        // A record with parameters is checked where these are known: here.
        let () = R::__CHECK;
        Kind::Record(R::SCHEMA.bits())
    };

    fn encode(&self, _: &Type) -> Result<PEPJSONValue, EncodeError> {
        record::encode(self)
    }

    fn decode(value: &PEPJSONValue, _: &Type) -> Result<Self, DecodeError> {
        record::decode(value)
    }
}

#[diagnostic::do_not_recommend]
impl<R: PepRecord, D: Declaration> PepField<D> for R {
    const TYPE: Type = Type::Record(R::SCHEMA);

    by_codec!();
}

/// What the derive of [`PepEnum`] implements [`Codec::encode`] with.
pub fn encode_enum<E: PepEnum>(value: &E) -> Result<PEPJSONValue, EncodeError> {
    number_value(Number::Integer(value.code().into()))
}

/// What the derive of [`PepEnum`] implements [`Codec::decode`] with.
pub fn decode_enum<E: PepEnum>(value: &PEPJSONValue) -> Result<E, DecodeError> {
    let code = match decode_number(value)? {
        Number::Integer(code) => u16::try_from(code).map_err(|_| DecodeFault::UnknownCode)?,
        Number::Float(_) => return Err(DecodeFault::Number.into()),
    };
    match E::from_code(code) {
        Some(value) => Ok(value),
        None if code == ABSENT_CODE => Err(DecodeFault::Reserved.into()),
        None => Err(DecodeFault::UnknownCode.into()),
    }
}

/// The byte of a `bool` that is absent.
const ABSENT_BOOL: u8 = 2;

fn bool_value(byte: u8) -> Result<PEPJSONValue, EncodeError> {
    let block = block::pad(&[byte]).ok_or(EncodeFault::Mismatch)?;
    Ok(PEPJSONValue::Bool(block::to_attribute(&block)))
}

fn number_value(number: Number) -> Result<PEPJSONValue, EncodeError> {
    let block = number.to_block().ok_or(EncodeFault::Mismatch)?;
    Ok(PEPJSONValue::Number(block::to_attribute(&block)))
}

fn decode_number(value: &PEPJSONValue) -> Result<Number, DecodeFault> {
    match value {
        PEPJSONValue::Number(attribute) => Number::from_block(&block::from_attribute(attribute)?),
        _ => Err(DecodeFault::WrongShape),
    }
}

/// A text that fits, in the blocks of its type.
fn text_value(text: &str, ty: &Type) -> Result<PEPJSONValue, EncodeError> {
    let attributes: Vec<Attribute> =
        block::text_to_blocks(text, ty.blocks()).iter().map(block::to_attribute).collect();
    match attributes.as_slice() {
        [] => Err(EncodeFault::Mismatch.into()),
        [attribute] => Ok(PEPJSONValue::String(*attribute)),
        _ => Ok(PEPJSONValue::LongString(attributes.into())),
    }
}

fn list_value(count: usize, items: Vec<PEPJSONValue>) -> Result<PEPJSONValue, EncodeError> {
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
fn absent_value(item: &Type, absent: Absent) -> Result<PEPJSONValue, EncodeError> {
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
fn filler(ty: &Type) -> Result<PEPJSONValue, EncodeError> {
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
fn is_filler(value: &PEPJSONValue, ty: &Type) -> bool {
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
