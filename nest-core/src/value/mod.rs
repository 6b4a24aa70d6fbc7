//! Values without a Rust type: read and written by the schema alone.

mod blocks;
mod parse;
mod path;
mod plain_record;
mod read;
mod write;

use std::fmt;

use nest_schema::TimeUnit;

use crate::Pseudonym;

pub use parse::ParseValue;
pub use plain_record::PlainRecord;

/// One value of a record, by what was declared of its field.
///
/// # Privacy
///
/// It is plaintext. `Debug` prints its kind and no content. It is not wiped from memory: a [`PlainRecord`] is.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Value {
    /// Nothing: of a field that may be absent, or a place that holds filler.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Integer(i128),
    /// A number on a grid: so many steps of `10^-decimals`.
    Decimal {
        /// The number of steps.
        steps: i64,
        /// The number of decimals, as declared.
        decimals: u8,
    },
    /// A coarse time.
    Time {
        /// The unit, as declared.
        unit: TimeUnit,
        /// The count since the unit's epoch.
        count: i64,
    },
    /// The name of one of the declared labels.
    Label(String),
    /// The name of one of the declared reasons why there is no value: of an [`Answer`](crate::Answer).
    Reason(String),
    /// A text.
    Text(String),
    /// A pseudonym.
    Pseudonym(Pseudonym),
    /// The items of an array, or of a list those that are in use.
    List(Vec<Value>),
    /// The fields of a record, in the order of its declaration; of a record with variants those that the variant uses,
    /// and the variant.
    Record(Vec<(String, Value)>),
}

/// What kind of value it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Kind {
    /// [`Value::Absent`]
    Absent,
    /// [`Value::Bool`]
    Bool,
    /// [`Value::Integer`]
    Integer,
    /// [`Value::Decimal`]
    Decimal,
    /// [`Value::Time`]
    Time,
    /// [`Value::Label`]
    Label,
    /// [`Value::Reason`]
    Reason,
    /// [`Value::Text`]
    Text,
    /// [`Value::Pseudonym`]
    Pseudonym,
    /// [`Value::List`]
    List,
    /// [`Value::Record`]
    Record,
}

impl Value {
    /// What kind of value it is.
    pub fn kind(&self) -> Kind {
        match self {
            Value::Absent => Kind::Absent,
            Value::Bool(_) => Kind::Bool,
            Value::Integer(_) => Kind::Integer,
            Value::Decimal { .. } => Kind::Decimal,
            Value::Time { .. } => Kind::Time,
            Value::Label(_) => Kind::Label,
            Value::Reason(_) => Kind::Reason,
            Value::Text(_) => Kind::Text,
            Value::Pseudonym(_) => Kind::Pseudonym,
            Value::List(_) => Kind::List,
            Value::Record(_) => Kind::Record,
        }
    }
}

/// The kind, never the content.
impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}(…)", self.kind())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Absent => "nothing",
            Kind::Bool => "true or false",
            Kind::Integer => "a whole number",
            Kind::Decimal => "a decimal number",
            Kind::Time => "a time",
            Kind::Label => "a label",
            Kind::Reason => "a reason for absence",
            Kind::Text => "a text",
            Kind::Pseudonym => "a pseudonym",
            Kind::List => "a list",
            Kind::Record => "a record",
        })
    }
}
