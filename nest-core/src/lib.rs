#![doc = include_str!("docs/crate.md")]

// The derives name this crate from outside; its own tests are inside.
#[cfg(test)]
extern crate self as nest_core;

mod declare;
mod encode;
mod error;
mod json;
mod pseudonym;
pub mod report;
mod seal;
mod transcryption;
pub mod value;
mod wire;
mod workspace;

pub use declare::answer::Answer;
pub use declare::field_ref::{FieldKind, FieldRef, Label, Number, Person, Text, uses};
pub use declare::filled::OrFiller;
pub use declare::record::{PepEnum, PepRecord};
pub use declare::{field, schema, time};
pub use error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
pub use json::{JsonBatch, JsonOutline, JsonRecords, SealedJson};
pub use nest_derive::{PepEnum, PepField, PepRecord};
pub use nest_schema::{Fingerprint, FingerprintError};
pub use pseudonym::{Pseudonym, PseudonymError};
pub use seal::batch::{Batch, Expected};
pub use seal::sealed::Sealed;
pub use seal::sealed_plain::SealedPlain;
pub use seal::session::{Domain, NameError, Session, SessionIds};
pub use transcryption::{InProcess, Transcryption, TranscryptionError, TranscryptorHealth};

/// The rules that a declaration keeps, by name.
pub use nest_rules::Rule;

/// One import where records are declared: the traits, their derives, and [`Pseudonym`].
pub mod prelude {
    pub use crate::value::ParseValue;
    pub use crate::{PepEnum, PepField, PepRecord, Pseudonym};
}

// On the pages of the documentation only: the guide's examples run with those of `nest-derive`.
#[cfg(all(doc, not(doctest)))]
#[doc = include_str!("../../docs/leaks.md")]
pub mod leaks {}

/// What generated code calls. Not part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __private_v1 {
    pub use crate::declare::attributes::{
        Declaration, Declared, Kind, Range, Reserved, Slot, is_number, is_whole, single,
    };
    pub use crate::declare::field::{Codec, PepField, Reader, Writer};
    pub use crate::declare::field_check::check_field;
    pub use crate::declare::field_ref::field_name;
    pub use crate::declare::scalar::{decode_enum, encode_enum};
    pub use crate::declare::schema::{
        AtRest, EnumSchema, Field, Label, RecordKind, Schema, Type, Use, Uses, Variant, Waiver,
    };
    pub use crate::encode::plaintext::{Opened, Plaintext};
    pub use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
    pub use libpep::data::json::PEPJSONValue;
    pub use nest_rules::{Hint, Rule};
    pub use nest_schema::contradiction::{check_record, check_sent};
    pub use nest_schema::{NO_BUDGET, check_bits, check_blocks, check_same_shape};
}

/// What other crates of this workspace call. Not part of the public interface: it changes without notice.
#[doc(hidden)]
pub mod __workspace_v1 {
    pub use crate::workspace::*;
}
