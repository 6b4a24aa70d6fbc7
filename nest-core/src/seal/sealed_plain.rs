//! Sealing and opening without a Rust type: what one way seals the other opens.

use std::fmt;

use libpep::data::json::EncryptedPEPJSONValue;
use nest_schema::{RecordKind, Schema};
use serde::{Serialize, Serializer};

use crate::encode::layout;
use crate::encode::libpep_value;
use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
use crate::seal::cipher::Sealed64;
use crate::value::PlainRecord;
use crate::{SealedJson, Session, wire};

/// A record on its way, sealed by its schema alone. Its JSON is that of [`Sealed`](crate::Sealed) of the same declaration.
///
/// # Privacy
///
/// As [`Sealed`](crate::Sealed): the shape, the names of fields and the declaration are in clear.
#[derive(Clone)]
pub struct SealedPlain {
    schema: &'static Schema,
    blocks: Box<[Sealed64]>,
}

impl SealedPlain {
    /// A sealed record of that declaration, from its JSON.
    ///
    /// # Errors
    ///
    /// [`WrongShape`](DecodeFault::WrongShape) where the text is anything else.
    pub fn from_json(schema: &'static Schema, json: &str) -> Result<Self, DecodeError> {
        let wrong = || DecodeError::from(DecodeFault::WrongShape).in_record(schema.name);
        let mut reader = serde_json::Deserializer::from_str(json);
        let blocks = wire::read(schema, &mut reader).map_err(|_| wrong())?;
        reader.end().map_err(|_| wrong())?;
        Ok(Self { schema, blocks: blocks.into() })
    }

    /// The JSON of the sealed record.
    ///
    /// # Errors
    ///
    /// None that can occur for a record that this crate sealed or read.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }

    /// The declaration.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// The sealed record as a value that no declaration describes, as
    /// [`transcrypt_json`](crate::Transcryption::transcrypt_json) takes it.
    ///
    /// # Errors
    ///
    /// [`NotData`](DecodeFault::NotData), where a block that was received holds no elements of the group.
    pub fn to_sealed_json(&self) -> Result<SealedJson, DecodeError> {
        let value: Option<EncryptedPEPJSONValue> = libpep_value::of(self.schema, &self.blocks);
        let value =
            value.ok_or_else(|| DecodeError::from(DecodeFault::NotData).in_record(self.schema.name))?;
        Ok(SealedJson::new(value))
    }

    /// A value as a sealed record of that declaration: the way back from
    /// [`to_sealed_json`](Self::to_sealed_json).
    ///
    /// # Errors
    ///
    /// A [`DecodeError`] where it has another shape.
    pub fn from_sealed_json(schema: &'static Schema, value: &SealedJson) -> Result<Self, DecodeError> {
        let blocks = libpep_value::to_blocks(schema, value.as_libpep());
        let blocks = blocks.map_err(|error| error.in_record(schema.name))?;
        Ok(Self { schema, blocks: blocks.into() })
    }
}

impl fmt::Debug for SealedPlain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedPlain(…)")
    }
}

impl Serialize for SealedPlain {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::write(self.schema, &self.blocks, serializer)
    }
}

impl Session {
    /// Encrypts a record in plaintext, as [`seal`](Self::seal) does one of a Rust type.
    ///
    /// # Errors
    ///
    /// [`Linkage`](EncodeFault::Linkage) for linking variables, which are read at home only.
    pub fn seal_plain(&self, record: &PlainRecord) -> Result<SealedPlain, EncodeError> {
        let schema = record.schema();
        if schema.kind == RecordKind::Linkage {
            return Err(EncodeError::from(EncodeFault::Linkage).in_record(schema.name));
        }
        let sealed = self.seal_layout(&layout::of(schema), &record.plaintext()?);
        let blocks = sealed.ok_or_else(|| EncodeError::from(EncodeFault::Mismatch).in_record(schema.name))?;
        Ok(SealedPlain { schema, blocks: blocks.into() })
    }

    /// Decrypts a record of that declaration, as [`open`](Self::open) does one of a Rust type.
    ///
    /// # Errors
    ///
    /// As [`open`](Self::open); and [`OtherDeclaration`](DecodeFault::OtherDeclaration) where it was read by a declaration
    /// of another shape.
    pub fn open_plain(
        &self,
        schema: &'static Schema,
        sealed: &SealedPlain,
    ) -> Result<PlainRecord, DecodeError> {
        let wrong = |fault| DecodeError::from(fault).in_record(schema.name);
        if sealed.schema.shape_fingerprint() != schema.shape_fingerprint() {
            return Err(wrong(DecodeFault::OtherDeclaration));
        }
        PlainRecord::from_opened(schema, self.open_blocks(&sealed.blocks, schema, None))
    }
}
