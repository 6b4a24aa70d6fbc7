//! The language in which processors ask, from a text to a checked query with its plan and its cost.
//!
//! A text becomes words (`token`), the words a condition in postfix order (`parse`), and the condition a list of
//! alternatives (`dnf`). Then everything is checked against the catalogue (`check`). Nothing here is recursive: no
//! text, however deep, can overflow the stack.

mod check;
mod condition;
mod dnf;
mod error;
mod function;
mod literal;
mod near;
mod parse;
mod plan;
mod quote;
mod standard;
mod syntax;
#[cfg(test)]
mod tests;
mod token;

pub use check::{Call, Query};
pub use condition::{Comparison, Literal, Operator, Term};
pub use dnf::{MAX_COMPARISONS, MAX_TERMS};
pub use error::{Fault, QueryError};
pub use function::{Ask, Function, Functions, Unfit};
pub use parse::{MAX_ATTRIBUTES, MAX_CALLS, MAX_DEPTH};
pub use plan::{MAX_BUCKETS, Plan, PlanError, Planned, Window};
pub use quote::{ClassQuote, PartQuote, Quote};
pub use syntax::Every;
pub use token::{MAX_BYTES, is_name};

/// How freely a condition may be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Dialect {
    /// Comparisons joined by `AND` and `OR`, each in parentheses of its own; `AND` binds stronger. It can be read in one
    /// way only.
    #[default]
    Strict,
    /// Any nesting. It is brought into the strict form, of at most 64 alternatives.
    Relaxed,
}

#[doc = include_str!("../../docs/market-queries.md")]
pub mod guide {}
