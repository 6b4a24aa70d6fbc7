#![doc = include_str!("docs/crate.md")]

mod activity;
mod bounds;
pub mod call;
mod context;
mod each;
mod found;
mod operation;
mod purpose;
mod record_error;
pub mod repetition;
mod serves;
mod source;
mod written;

pub use activity::{Activity, activity_name, is_activity_name};
pub use context::{Context, RequestId};
pub use each::each;
pub use found::{Found, Slots};
pub use operation::{Mode, Operation};
pub use purpose::{Purpose, PurposeError};
pub use record_error::RecordError;
pub use repetition::{IdempotencyKey, Repetitions};
pub use serves::Serves;
pub use source::DataSource;

/// The name in the place of an activity where a request is about participants. No activity may have it.
pub const PARTICIPANTS: &str = "participants";

/// One import for a team with data: this crate's everyday types, and what nest-core's prelude declares records with.
pub mod prelude {
    pub use nest_core::prelude::*;

    pub use crate::{Activity, Context, DataSource, Operation, RecordError, Serves};
}
