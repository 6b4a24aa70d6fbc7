//! Which types may be fields, and how their values become blocks.
#![doc = include_str!("../docs/declare.md")]

use crate::declare::attributes::Kind;
use crate::declare::schema::{EnumSchema, Schema, Type};
use crate::encode::block::Number;
use crate::encode::encoding::{decode_number, is_filler, put_filler, put_number};
use crate::encode::plaintext::{Opened, Plaintext};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};

/// A type whose values can be encoded by a [`Type`] of the schema.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fixed shape, so its values would show in their ciphertexts [open-type]",
    label = "no field of a record can hold this type"
)]
pub trait Codec: Sized {
    /// What the type is, before attributes.
    const KIND: Kind;

    /// Appends the blocks of the value, as many as `ty` has.
    fn encode(&self, ty: &Type, out: &mut Plaintext) -> Result<(), EncodeError>;

    /// The value in the blocks of `ty`, or what is wrong with it. Never panics.
    fn decode(blocks: &[Opened], ty: &Type) -> Result<Self, DecodeError>;
}

/// A type that can be a field, with the attributes that were declared at `D`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no fixed shape, so its values would show in their ciphertexts [open-type]",
    label = "this type cannot be a field of a record",
    note = "on a type of your own write `#[derive(PepRecord)]` (a struct or an enum with data) or `#[derive(PepEnum)]` (an enum without data)",
    note = "otherwise use `bool`, an integer with `range`, a float with `decimals` and `range`, `String` with `max_bytes`, `[T; N]`, `Vec<T>` with `max_len`, a type of `nest_core::time` with `range`, `Pseudonym`, or `Answer<T, R>` with an enum `R` of reasons that has `#[derive(PepEnum)]`"
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
    out: Plaintext,
}

impl Writer {
    /// Appends to what is there.
    pub(crate) fn new(schema: &'static Schema, out: Plaintext) -> Self {
        Self { schema, next: 0, out }
    }

    /// Writes the next field. Not inlined: each record calls it for each of its fields.
    #[inline(never)]
    pub fn put<T: Codec>(&mut self, value: &T) -> Result<(), EncodeError> {
        self.next(|ty, out| value.encode(ty, out))
    }

    /// Writes which variant of an enum it is: its place among the variants.
    pub fn variant(&mut self, place: usize) -> Result<(), EncodeError> {
        self.next(|ty, out| match ty {
            Type::Enum(EnumSchema { labels, .. }) => {
                let label = labels.get(place).ok_or(EncodeFault::Mismatch)?;
                Ok(put_number(Number::Integer(label.code.into()), out)?)
            }
            _ => Err(EncodeFault::Mismatch.into()),
        })
    }

    /// Fills the next fields, which this variant does not use.
    pub fn fill(&mut self, fields: usize) -> Result<(), EncodeError> {
        (0..fields).try_for_each(|_| self.next(|ty, out| Ok(put_filler(ty, out)?)))
    }

    fn next(
        &mut self,
        encode: impl FnOnce(&Type, &mut Plaintext) -> Result<(), EncodeError>,
    ) -> Result<(), EncodeError> {
        let field = self.schema.fields.get(self.next).ok_or(EncodeFault::Mismatch)?;
        self.next += 1;
        let end = self.out.len() + field.ty.blocks();
        encode(&field.ty, &mut self.out)
            .and_then(|()| if self.out.len() == end { Ok(()) } else { Err(EncodeFault::Mismatch.into()) })
            .map_err(|error| error.in_field(field.name))
    }

    pub(crate) fn finish(self) -> Result<Plaintext, EncodeError> {
        if self.next == self.schema.fields.len() { Ok(self.out) } else { Err(EncodeFault::Mismatch.into()) }
    }
}

/// Gives the fields of a record in the order of its schema.
pub struct Reader<'a> {
    schema: &'static Schema,
    next: usize,
    rest: &'a [Opened],
}

impl<'a> Reader<'a> {
    pub(crate) fn new(schema: &'static Schema, blocks: &'a [Opened]) -> Self {
        Self { schema, next: 0, rest: blocks }
    }

    /// Reads the next field. Not inlined: each record calls it for each of its fields.
    #[inline(never)]
    pub fn take<T: Codec>(&mut self) -> Result<T, DecodeError> {
        self.next(T::decode)
    }

    /// Reads which variant of an enum it is: its place among the variants.
    pub fn variant(&mut self) -> Result<usize, DecodeError> {
        self.next(|blocks, ty| match (decode_number(blocks)?, ty) {
            (Number::Integer(code), Type::Enum(EnumSchema { labels, .. })) => labels
                .iter()
                .position(|label| i128::from(label.code) == code)
                .ok_or_else(|| DecodeFault::UnknownCode.into()),
            _ => Err(DecodeFault::Number.into()),
        })
    }

    /// Passes over the next fields, which this variant does not use and which must hold filler.
    pub fn unused(&mut self, fields: usize) -> Result<(), DecodeError> {
        let check = |blocks: &[Opened], ty: &Type| {
            is_filler(blocks, ty).then_some(()).ok_or_else(|| DecodeFault::Filler.into())
        };
        (0..fields).try_for_each(|_| self.next(check))
    }

    fn next<T>(
        &mut self,
        decode: impl FnOnce(&[Opened], &Type) -> Result<T, DecodeError>,
    ) -> Result<T, DecodeError> {
        let field = self.schema.fields.get(self.next).ok_or(DecodeFault::Mismatch)?;
        self.next += 1;
        let split = self.rest.split_at_checked(field.ty.blocks()).ok_or(DecodeFault::WrongShape.into());
        split
            .and_then(|(blocks, rest)| {
                self.rest = rest;
                decode(blocks, &field.ty)
            })
            .map_err(|error: DecodeError| error.in_field(field.name))
    }
}
