//! The rules by which a leaky declaration is refused, and the sentence that each refusal says.
//!
//! A fault can be seen in two places: by the derive, from the tokens, and by `nest-core`, from the type
//! behind an alias. Both take their words from here, so that the same mistake reads the same wherever it is
//! found. Every message states what an observer would learn, names the rule, and ends in a repair that can
//! be pasted.

mod absent;
mod canon;
mod logical;
mod message;
mod name;
mod rule;

pub use absent::free_number;
pub use canon::{CANON_PARTS, canon_fault};
pub use logical::{CUSTOM, LOGICAL_TYPES, is_logical};
pub use message::*;
pub use name::{Hint, Holds, hint};
pub use rule::Rule;
