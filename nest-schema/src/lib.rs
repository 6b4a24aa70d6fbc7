#![doc = include_str!("docs/crate.md")]

mod budget;
#[doc(hidden)]
pub mod check;
#[doc(hidden)]
pub mod const_text;
#[doc(hidden)]
pub mod contradiction;
mod field;
mod fingerprint;
#[doc(hidden)]
pub mod grid;
mod leaf;
mod manifest;
#[doc(hidden)]
pub mod per_schema;
mod same_shape;
mod schema;
mod text;
mod time;
mod ty;
mod uses;
mod visit;

pub use budget::{NO_BUDGET, check_bits, check_blocks};
pub use field::{AtRest, Field, FieldOf, Role, Waiver, WaiverOf};
pub use fingerprint::{Fingerprint, FingerprintError};
pub use leaf::Leaf;
pub use manifest::{Manifest, ManifestError, ManifestFault};
pub use nest_rules::Rule;
pub use same_shape::check_same_shape;
pub use schema::{Counts, RecordKind, Schema, SchemaOf, VARIANT, Variant, VariantOf};
pub use text::{Parsed, TextError};
pub use time::TimeUnit;
pub use ty::{
    ABSENT_CODE, ABSENT_TIME, Absent, AbsentOf, EnumSchema, EnumSchemaOf, LIST_COUNT, LIST_ITEMS, Label,
    LabelOf, MAX_CODE, MIN_CODE, Parts, Type, TypeOf, bits_of, saturated,
};
pub use uses::{Use, Uses};
pub use visit::TypeVisitor;
