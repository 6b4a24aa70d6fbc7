//! A record in plaintext without a Rust type: bytes of one length for each declaration, read and written by path.

use nest_schema::{Schema, VARIANT};
use zeroize::{Zeroize, Zeroizing};

use super::blocks::{append, opened};
use super::read::{self, is_used, read};
use super::write::{self, write};
use super::{Value, path};
use crate::encode::encoding::put_filler;
use crate::encode::plaintext::{Opened, Plain, Plaintext};
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};

/// A record in plaintext, by its schema: what storage, sums and importers work with where there is no Rust type.
///
/// Its bytes have one length for each declaration, [`plain_len`](nest_schema::SchemaOf::plain_len), whatever it holds: 32
/// bytes for a pseudonym and 16 for each other block, in the order of the declaration. A path leads to a value: `reading`,
/// `address.city`, `marks[2]`, `variant`; `marks.count` is the number of items of a list, to be read only.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_core::value::{PlainRecord, Value};
///
/// #[derive(Debug, PartialEq, PepRecord)]
/// #[pep(max_blocks = 2)]
/// struct Score {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     #[pep(range = 288..=775, absent = 0)]
///     reading: Option<u16>,
/// }
///
/// let pupil = Pseudonym::random();
/// let mut plain = Score { pupil, reading: Some(431) }.to_plain()?;
/// assert_eq!(plain.get("reading")?, Value::Integer(431));
/// assert!(plain.set("reading", Value::Integer(900)).is_err());
/// plain.set("reading", Value::Absent)?;
/// assert_eq!(Score::from_plain(&plain)?, Score { pupil, reading: None });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Privacy
///
/// It is plaintext. It is wiped from memory when it is dropped, and has no `Debug`. What [`get`](Self::get) gives is a copy
/// that is not wiped.
#[derive(Clone)]
pub struct PlainRecord {
    schema: &'static Schema,
    bytes: Zeroizing<Box<[u8]>>,
}

impl PlainRecord {
    /// A record that holds nothing yet: every value that may be absent is absent, every list is empty, and everything else
    /// is the smallest, the first, `false`, or the empty text. Pseudonyms are new random ones.
    pub fn new(schema: &'static Schema) -> Self {
        let mut plain = Plaintext::with_capacity(schema.blocks());
        // Filler is made of the declaration alone. A declaration that cannot be filled did not compile, and no manifest
        // reads it.
        let _ = schema.fields.iter().try_for_each(|field| put_filler(&field.ty, &mut plain));
        let mut record = Self::of(schema, plain);
        record.bytes = Zeroizing::new(resized(&record.bytes, schema.plain_len()));
        record
    }

    /// The record of these blocks.
    pub(crate) fn of(schema: &'static Schema, mut plain: Plaintext) -> Self {
        let bytes = to_bytes(&plain);
        wipe(&mut plain);
        Self { schema, bytes: Zeroizing::new(bytes) }
    }

    /// The record in bytes that [`bytes`](Self::bytes) gave, of the same declaration.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] where they are not the one encoding of a value of the declaration. It never panics, whatever it
    /// is given.
    pub fn from_bytes(schema: &'static Schema, bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() != schema.plain_len() {
            return Err(DecodeError::from(DecodeFault::WrongShape).in_record(schema.name));
        }
        let record = Self { schema, bytes: Zeroizing::new(bytes.into()) };
        record.check()?;
        Ok(record)
    }

    /// The record in blocks that were opened, read as strictly as by a Rust type.
    pub(crate) fn from_opened(schema: &'static Schema, blocks: Vec<Opened>) -> Result<Self, DecodeError> {
        read::record(schema, &blocks).map_err(|error| error.in_record(schema.name))?;
        let plain = blocks.into_iter().collect::<Option<Plaintext>>();
        let plain = plain.ok_or_else(|| DecodeError::from(DecodeFault::NotData).in_record(schema.name))?;
        Ok(Self::of(schema, plain))
    }

    /// The declaration.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The bytes. [`Leaf::bytes`](nest_schema::Leaf::bytes) tells where each value lies in them.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The value at a path; [`Value::Absent`] where the place holds filler.
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] with [`NoSuchField`](DecodeFault::NoSuchField) where the record has no such path.
    pub fn get(&self, path: &str) -> Result<Value, DecodeError> {
        let unknown = || DecodeError::from(DecodeFault::NoSuchField).in_record(self.schema.name);
        let place = path::find(self.schema, &self.bytes, path).ok_or_else(unknown)?;
        if place.filler {
            return Ok(Value::Absent);
        }
        let bytes = self.bytes.get(place.bytes).ok_or_else(unknown)?;
        let value = read(&place.ty, &opened(&place.ty, bytes));
        value.map_err(|error| error.at(path).in_record(self.schema.name))
    }

    /// Puts a value at a path. Where it is the variant of a record with variants, the fields that this variant does not use
    /// are emptied.
    ///
    /// # Errors
    ///
    /// An [`EncodeError`] where the value lies outside what is declared, as for a Rust type, or where the path leads
    /// nowhere or to a place that is not in use. The record is then as it was.
    pub fn set(&mut self, path: &str, value: Value) -> Result<(), EncodeError> {
        self.try_set(path, &value).map_err(|error| error.at(path).in_record(self.schema.name))
    }

    fn try_set(&mut self, path: &str, value: &Value) -> Result<(), EncodeError> {
        let place = path::find(self.schema, &self.bytes, path).ok_or(EncodeFault::NoSuchField)?;
        if place.filler || place.count {
            return Err(EncodeFault::NotInUse.into());
        }
        let mut plain = Plaintext::with_capacity(place.ty.blocks());
        let written = write(&place.ty, value, &mut plain);
        let bytes = Zeroizing::new(to_bytes(&plain));
        wipe(&mut plain);
        written?;
        let (parent, start) = place.parent;
        self.bytes.get_mut(place.bytes).ok_or(EncodeFault::Mismatch)?.copy_from_slice(&bytes);
        match (parent.variants.is_empty(), place.field, value) {
            (false, Some(VARIANT), Value::Label(variant)) => self.empty_unused(parent, start, variant),
            _ => Ok(()),
        }
    }

    /// Fills the fields of a record that a variant does not use.
    fn empty_unused(
        &mut self,
        schema: &'static Schema,
        start: usize,
        variant: &str,
    ) -> Result<(), EncodeError> {
        let mut at = start;
        for field in schema.fields {
            let place = at..at + field.ty.plain_len();
            at = place.end;
            if field.name == VARIANT || is_used(schema, variant, field.name) {
                continue;
            }
            let own = self.bytes.get_mut(place).ok_or(EncodeFault::Mismatch)?;
            if !path::holds_filler(&field.ty, own) {
                let mut plain = Plaintext::with_capacity(field.ty.blocks());
                put_filler(&field.ty, &mut plain)?;
                own.copy_from_slice(&to_bytes(&plain));
            }
        }
        Ok(())
    }

    /// Every field, as [`Value::Record`] has them.
    ///
    /// # Errors
    ///
    /// None of a record that was made by this crate.
    pub fn to_value(&self) -> Result<Value, DecodeError> {
        let fields = read::record(self.schema, &self.opened());
        fields.map(Value::Record).map_err(|error| error.in_record(self.schema.name))
    }

    /// The record of these fields, each there once: see [`Value::Record`].
    ///
    /// # Errors
    ///
    /// As [`set`](Self::set).
    pub fn from_value(schema: &'static Schema, value: &Value) -> Result<Self, EncodeError> {
        let Value::Record(fields) = value else {
            let fault = EncodeFault::WrongKind { expected: super::Kind::Record };
            return Err(EncodeError::from(fault).in_record(schema.name));
        };
        let mut plain = Plaintext::with_capacity(schema.blocks());
        let written = write::record(schema, fields, &mut plain);
        let record = Self::of(schema, plain);
        written.map(|()| record).map_err(|error| error.in_record(schema.name))
    }

    /// The blocks, as they come out of an opened record.
    pub(crate) fn opened(&self) -> Vec<Opened> {
        let mut out = Vec::with_capacity(self.schema.blocks());
        let mut rest: &[u8] = &self.bytes;
        for field in self.schema.fields {
            append(&field.ty, &mut rest, &mut out);
        }
        out
    }

    /// The blocks, to be sealed; an error where a pseudonym is none.
    pub(crate) fn plaintext(&self) -> Result<Plaintext, EncodeError> {
        let blocks = self.opened().into_iter().collect::<Option<Plaintext>>();
        blocks.ok_or_else(|| EncodeError::from(EncodeFault::Mismatch).in_record(self.schema.name))
    }

    /// Whether the bytes are the one encoding of a value.
    pub(crate) fn check(&self) -> Result<(), DecodeError> {
        self.to_value().map(|_| ())
    }
}

/// The bytes of blocks.
fn to_bytes(plain: &[Plain]) -> Box<[u8]> {
    // Of the size that is needed at once: a vector that grows leaves copies behind.
    let len = plain.iter().map(|block| if matches!(block, Plain::Pseudonym(_)) { 32 } else { 16 }).sum();
    let mut bytes = Vec::with_capacity(len);
    for block in plain {
        match block {
            Plain::Pseudonym(point) => bytes.extend_from_slice(point.compress().as_bytes()),
            Plain::Data(block) => bytes.extend_from_slice(block),
        }
    }
    bytes.into_boxed_slice()
}

/// The same bytes in another length: of filler that a declaration could not give.
fn resized(bytes: &[u8], len: usize) -> Box<[u8]> {
    let mut resized = vec![0; len].into_boxed_slice();
    resized.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from);
    resized
}

/// Wipes what values said.
fn wipe(plain: &mut [Plain]) {
    for block in plain {
        match block {
            Plain::Data(block) => block.zeroize(),
            Plain::Pseudonym(point) => point.zeroize(),
        }
    }
}
