//! The trait that the toolkit is about, and its page.

use libpep::data::json::PEPJSONValue;
use libpep::data::json::structure::JSONStructure;
use nest_schema::contradiction::check_sent;

use crate::declare::attributes::Declared;
use crate::declare::field::{Reader, Writer};
use crate::declare::schema;
use crate::declare::schema::{Field, Schema};
use crate::encode::libpep_value;
use crate::encode::plaintext::{Opened, Plaintext};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::value::PlainRecord;

#[doc = include_str!("../docs/record.md")]
#[doc = include_str!("../docs/declare.md")]
#[doc = include_str!("../docs/promises.md")]
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no record",
    label = "not declared as a record",
    note = "on a type of your own write `#[derive(PepRecord)]` and `#[pep(max_blocks = N)]`"
)]
pub trait PepRecord: Sized {
    /// All that was declared about the record.
    ///
    /// Where the record has parameters, this is where its rules are checked: there is no way to a value, a shape or a
    /// report but by way of the schema.
    const SCHEMA: &'static Schema = {
        let () = Self::__CHECK;
        Self::__UNCHECKED // a cycle here is a record within itself [open-type]
    };

    /// The number of encryption blocks of every value of the record, known while compiling.
    const BLOCKS: usize = Self::SCHEMA.blocks(); // a cycle here is a record within itself [open-type]

    /// The identifying bits of the record: see [`Schema::bits`].
    const BITS: u32 = Self::SCHEMA.bits(); // a cycle here is a record within itself [open-type]

    /// The schema, before the record's rules are checked.
    #[doc(hidden)]
    const __UNCHECKED: &'static Schema;

    /// The fields of the schema, apart: what it counts of them is a constant of its own.
    #[doc(hidden)]
    const __FIELDS: &'static [Field];

    /// The attributes of each field, in order.
    #[doc(hidden)]
    const __DECLARED: &'static [Declared];

    /// The checks of a record with type parameters, which can run only where these are known.
    #[doc(hidden)]
    const __CHECK: ();

    #[doc(hidden)]
    fn __put(&self, fields: &mut Writer) -> Result<(), EncodeError>;

    #[doc(hidden)]
    fn __take(fields: &mut Reader<'_>) -> Result<Self, DecodeError>;

    /// The shape of every value of the record, as libpep describes it.
    fn structure() -> JSONStructure {
        schema::structure(Self::SCHEMA)
    }

    /// The value in libpep's form, ready to be encrypted. Always in the shape of
    /// [`structure`](Self::structure).
    ///
    /// # Errors
    ///
    /// An [`EncodeError`] that names the field and its bound where a value lies outside what is declared: a
    /// text over its bound, a number out of its range, a NaN, the value reserved for absence.
    ///
    /// # Privacy
    ///
    /// The result is plaintext. [`Session::seal`](crate::Session::seal) encrypts it.
    fn to_pep(&self) -> Result<PEPJSONValue, EncodeError> {
        const { check_sent(Self::SCHEMA) };
        libpep_value::of(Self::SCHEMA, &plaintext(self)?)
            .ok_or_else(|| EncodeError::from(EncodeFault::Mismatch).in_record(Self::SCHEMA.name))
    }

    /// The value in plaintext without its Rust type, as storage and sums read it.
    ///
    /// # Errors
    ///
    /// As [`to_pep`](Self::to_pep).
    ///
    /// # Privacy
    ///
    /// The result is plaintext, of one length for all values of the record.
    fn to_plain(&self) -> Result<PlainRecord, EncodeError> {
        Ok(PlainRecord::of(Self::SCHEMA, plaintext(self)?))
    }

    /// The value of a record in plaintext, made by a declaration of the same
    /// [meaning](nest_schema::Schema::meaning_fingerprint).
    ///
    /// # Errors
    ///
    /// As [`from_pep`](Self::from_pep); and [`OtherDeclaration`](crate::DecodeFault::OtherDeclaration).
    fn from_plain(plain: &PlainRecord) -> Result<Self, DecodeError> {
        if !std::ptr::eq(plain.schema(), Self::SCHEMA)
            && plain.schema().meaning_fingerprint() != Self::SCHEMA.meaning_fingerprint()
        {
            return Err(DecodeError::from(DecodeFault::OtherDeclaration).in_record(Self::SCHEMA.name));
        }
        decode(&plain.opened())
    }

    /// Whether the value lies within what is declared, so that it can be sealed. It is not encrypted, and quick.
    ///
    /// # Errors
    ///
    /// As [`to_pep`](Self::to_pep).
    fn validate(&self) -> Result<(), EncodeError> {
        encode(self, &mut Plaintext::with_capacity(Self::BLOCKS))
    }

    /// The value in libpep's form, read back strictly: one accepted encoding for each value.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] for everything else. It never panics, whatever it is given.
    fn from_pep(value: &PEPJSONValue) -> Result<Self, DecodeError> {
        const { check_sent(Self::SCHEMA) };
        let blocks = libpep_value::to_blocks(Self::SCHEMA, value);
        let blocks = blocks.map_err(|error| error.in_record(Self::SCHEMA.name))?;
        decode(&blocks)
    }
}

/// An enum without data that can be a field: one encrypted number, whichever variant it is.
///
/// # Implementation
///
/// Do not implement this trait yourself: `#[derive(PepEnum)]` does. Codes follow the order of declaration,
/// from 0; `#[pep(code = 3)]` (or a literal discriminant) pins one, and those after it count on from there. A code is
/// from -32,768 to 65,534: `-3` for the lowest step of a scale.
/// Pin codes before you reorder or remove variants, since stored and received records keep their numbers.
///
/// ```
/// use nest_core::prelude::*;
///
/// #[derive(Debug, PartialEq, PepEnum)]
/// enum ClassType {
///     Small,
///     Regular,
///     #[pep(code = 9, rename = "regular+aide")]
///     RegularWithAide,
/// }
///
/// assert_eq!(ClassType::Regular.code(), 1);
/// assert_eq!(ClassType::from_code(9), Some(ClassType::RegularWithAide));
/// assert_eq!(ClassType::from_code(2), None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no enum that a record can carry",
    label = "not declared as an enum of labels",
    note = "on an enum without data write `#[derive(PepEnum)]`"
)]
pub trait PepEnum: Sized {
    /// The labels and their codes.
    const SCHEMA: &'static crate::declare::schema::EnumSchema;

    /// The number that stands for the variant.
    fn code(&self) -> i32;

    /// The variant that a number stands for.
    fn from_code(code: i32) -> Option<Self>;
}

/// The blocks of a record, in the order of its schema.
pub(crate) fn plaintext<R: PepRecord>(record: &R) -> Result<Plaintext, EncodeError> {
    let mut out = Plaintext::with_capacity(R::BLOCKS);
    encode(record, &mut out)?;
    Ok(out)
}

pub(crate) fn encode<R: PepRecord>(record: &R, out: &mut Plaintext) -> Result<(), EncodeError> {
    let mut fields = Writer::new(R::SCHEMA, std::mem::take(out));
    let written = record.__put(&mut fields).and_then(|()| fields.finish());
    *out = written.map_err(|error| error.in_record(R::SCHEMA.name))?;
    Ok(())
}

pub(crate) fn decode<R: PepRecord>(blocks: &[Opened]) -> Result<R, DecodeError> {
    R::__take(&mut Reader::new(R::SCHEMA, blocks)).map_err(|error| error.in_record(R::SCHEMA.name))
}
