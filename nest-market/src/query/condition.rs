//! A checked condition: alternatives of comparisons with values of the attribute's own type.

use serde::Serialize;

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Operator {
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `>`
    Greater,
}

impl Operator {
    /// As it is written.
    pub const fn symbol(self) -> &'static str {
        match self {
            Operator::Equal => "=",
            Operator::Less => "<",
            Operator::Greater => ">",
        }
    }
}

/// The value that an attribute is compared with. It comes from the processor, not from a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Literal {
    /// A number in steps, a count of a time, 0 or 1 for a flag, the code of a label.
    Number(i128),
    /// A text.
    Text(String),
}

/// A comparison of an attribute with a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Comparison {
    /// The attribute: its place in [`Query::attributes`](super::Query::attributes).
    pub attribute: usize,
    /// How they are compared.
    pub operator: Operator,
    /// What it is compared with.
    pub value: Literal,
}

/// One alternative of a condition: all of its comparisons hold.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Term {
    /// The comparisons, each once.
    pub comparisons: Vec<Comparison>,
}
