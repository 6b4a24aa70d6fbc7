//! What a record is: the traits and types that a declaration uses, and the checks that it passes while compiling.

pub(crate) mod absence;
pub(crate) mod answer;
pub(crate) mod attributes;
pub mod field;
pub(crate) mod field_check;
pub(crate) mod field_ref;
pub(crate) mod filled;
mod nested;
pub(crate) mod record;
mod refusal;
mod same_shape;
pub(crate) mod scalar;
pub mod schema;
pub mod time;
mod unsupported_types;
