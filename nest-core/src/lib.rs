#![doc = include_str!("docs/crate.md")]

// The derives name this crate from outside; its own tests are inside.
#[cfg(test)]
extern crate self as nest_core;

mod absence;
mod answer;
mod batch;
mod block;
mod cipher;
mod declared;
mod domain;
mod encoding;
mod error;
pub mod field;
mod field_ref;
mod filled;
mod json;
mod layout;
mod libpep_value;
mod nested;
mod plain;
mod pool;
mod pseudonym;
mod record;
mod refuse;
mod refused;
pub mod report;
mod same_shape;
mod scalar;
pub mod schema;
mod seal;
mod seal_plain;
mod session;
mod stream;
pub mod time;
mod transcryption;
mod unknown;
pub mod value;
mod wire;
mod workspace;

pub use answer::Answer;
pub use batch::{Batch, Expected};
pub use error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
pub use field_ref::{FieldKind, FieldRef, Label, Number, Person, Text, uses};
pub use filled::OrFiller;
pub use json::{JsonBatch, JsonOutline, JsonRecords, SealedJson};
pub use nest_derive::{PepEnum, PepField, PepRecord};
pub use nest_schema::{Fingerprint, FingerprintError};
pub use pseudonym::{Pseudonym, PseudonymError};
pub use record::{PepEnum, PepRecord};
pub use seal::Sealed;
pub use seal_plain::SealedPlain;
pub use session::{Domain, NameError, Session, SessionIds};
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
pub mod __private {
    pub use crate::declared::{
        Declaration, Declared, Kind, Range, Reserved, Slot, is_number, is_whole, single,
    };
    pub use crate::error::{DecodeError, DecodeFault, EncodeError, EncodeFault};
    pub use crate::field::{Codec, PepField, Reader, Writer};
    pub use crate::field_ref::field_name;
    pub use crate::plain::{Opened, Plaintext};
    pub use crate::refuse::check_field;
    pub use crate::scalar::{decode_enum, encode_enum};
    pub use crate::schema::{
        AtRest, EnumSchema, Field, Label, RecordKind, Schema, Type, Use, Uses, Variant, Waiver,
    };
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
