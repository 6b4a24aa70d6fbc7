//! What is wrong with a query, where, and what to write instead.

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

/// A query that is not asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QueryError {
    /// Where it is, in bytes of the text.
    pub at: Range<usize>,
    /// The kind of fault, for programs.
    pub code: Fault,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub repair: String,
}

/// The kinds of faults of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Fault {
    /// The text is longer than a query may be.
    TooLong,
    /// A character that the language does not have.
    Character,
    /// A text without its closing quote.
    OpenText,
    /// Something of SQL that this language leaves out: `NOT`, `;`, comments, subqueries, `<=`.
    NotOffered,
    /// Another word was expected here.
    Unexpected,
    /// Parentheses that do not match.
    Parenthesis,
    /// Parentheses within parentheses, more than 32 deep.
    TooDeep,
    /// More than 8 calls.
    TooManyCalls,
    /// More than 8 attributes.
    TooManyAttributes,
    /// More than 64 alternatives, counted before they are written out.
    TooManyTerms,
    /// More than 16 comparisons in one alternative.
    TooManyComparisons,
    /// A condition that the strict dialect does not take.
    Nested,
    /// The catalogue has no such source.
    UnknownSource,
    /// The source has no such attribute.
    UnknownAttribute,
    /// There is no such function.
    UnknownFunction,
    /// The function cannot be asked of these attributes.
    Arguments,
    /// A comparison that the attribute's type does not have.
    Comparison,
    /// A value that the attribute can never have.
    Value,
    /// A period that is none.
    Every,
    /// Calls that cannot be in one query.
    Together,
}

impl Fault {
    /// The code, as in JSON: `too-many-terms`.
    pub const fn code(self) -> &'static str {
        match self {
            Fault::TooLong => "too-long",
            Fault::Character => "character",
            Fault::OpenText => "open-text",
            Fault::NotOffered => "not-offered",
            Fault::Unexpected => "unexpected",
            Fault::Parenthesis => "parenthesis",
            Fault::TooDeep => "too-deep",
            Fault::TooManyCalls => "too-many-calls",
            Fault::TooManyAttributes => "too-many-attributes",
            Fault::TooManyTerms => "too-many-terms",
            Fault::TooManyComparisons => "too-many-comparisons",
            Fault::Nested => "nested",
            Fault::UnknownSource => "unknown-source",
            Fault::UnknownAttribute => "unknown-attribute",
            Fault::UnknownFunction => "unknown-function",
            Fault::Arguments => "arguments",
            Fault::Comparison => "comparison",
            Fault::Value => "value",
            Fault::Every => "every",
            Fault::Together => "together",
        }
    }
}

impl QueryError {
    pub(crate) fn new(
        at: Range<usize>,
        code: Fault,
        message: impl Into<String>,
        repair: impl Into<String>,
    ) -> Self {
        Self { at, code, message: message.into(), repair: repair.into() }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Range { start, end } = self.at;
        write!(f, "at {start}..{end}: {}; {}", self.message, self.repair)
    }
}

impl std::error::Error for QueryError {}
