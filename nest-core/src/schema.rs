//! The schema: all that was declared about a record, as one constant that needs no Rust type to be read.
//!
//! The codec encodes by it, the derive's checks read it, and so does everything that is built later on a
//! record (its report, its API description, storage, sums, queries). There is no second description that
//! could disagree with it.

use libpep::data::json::structure::JSONStructure;

/// The description of a record: [`PepRecord::SCHEMA`](crate::PepRecord::SCHEMA).
///
/// ```
/// use nest_core::prelude::*;
/// use nest_core::schema::Type;
///
/// #[derive(PepRecord)]
/// #[pep(activity = "assessment", max_blocks = 2)]
/// struct Score {
///     #[pep(pseudonym)]
///     pupil: Pseudonym,
///     /// Points out of a hundred.
///     #[pep(range = 0..=100)]
///     points: u8,
/// }
///
/// let schema = Score::SCHEMA;
/// assert_eq!(schema.activity, Some("assessment"));
/// assert_eq!(schema.blocks(), 2);
/// let points = schema.field("points").unwrap();
/// assert_eq!(points.ty, Type::Integer { min: 0, max: 100 });
/// assert_eq!(points.doc, "Points out of a hundred.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schema {
    /// The record's name: that of the Rust type.
    pub name: &'static str,
    /// The documentation comment of the type, lines joined by `\n`; empty where there is none.
    pub doc: &'static str,
    /// The activity that the record belongs to, where one was declared.
    pub activity: Option<&'static str>,
    /// The version of the declaration: `#[pep(version = 2)]`, 1 where none was written.
    pub version: u32,
    /// The declared budget: the most blocks that the record may take.
    pub max_blocks: usize,
    /// The fields in the order of their declaration.
    pub fields: &'static [Field],
}

/// One field of a record.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Field {
    /// The name under which the field travels, in clear: the Rust name, or that of `rename`.
    pub name: &'static str,
    /// The documentation comment of the field, lines joined by `\n`; empty where there is none.
    pub doc: &'static str,
    /// The technical type, with every declared bound.
    pub ty: Type,
}

/// Whether a field says who a record is about or what is said of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// A pseudonym, or a list of them: it changes when the record moves to another domain.
    Pseudonym,
    /// A value: it stays the same in every domain.
    Attribute,
    /// A nested record, whose fields have roles of their own.
    Record,
}

/// The technical type of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Type {
    /// One pseudonym, always one block.
    Pseudonym,
    /// `true` or `false`.
    Bool,
    /// A whole number with both bounds included.
    Integer {
        /// The smallest value.
        min: i128,
        /// The largest value.
        max: i128,
    },
    /// A number on a fixed grid: a whole number of steps of `10^-decimals`, both bounds included.
    Decimal {
        /// The smallest value, in steps.
        min: i64,
        /// The largest value, in steps.
        max: i64,
        /// The number of decimals, 0 to 12.
        decimals: u8,
    },
    /// One of a fixed set of labels.
    Enum(&'static EnumSchema),
    /// UTF-8 text, padded to its bound.
    Text {
        /// The most bytes that the text may have.
        max_bytes: usize,
    },
    /// A value that may be absent, in the shape of one that is there.
    Optional {
        /// The type of a value that is there.
        item: &'static Type,
        /// What stands for absence; it is no value of the field.
        absent: Absent,
    },
    /// Always the same number of items.
    Array {
        /// The type of each item.
        item: &'static Type,
        /// The number of items.
        len: usize,
    },
    /// A hidden number of items, up to a bound: an encrypted count, then items filled up to the bound.
    List {
        /// The type of each item.
        item: &'static Type,
        /// The most items.
        max_len: usize,
    },
    /// A record within the record.
    Record(&'static Schema),
}

/// The description of an enum without data: [`PepEnum::SCHEMA`](crate::PepEnum::SCHEMA).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnumSchema {
    /// The name of the Rust type.
    pub name: &'static str,
    /// The documentation comment of the type; empty where there is none.
    pub doc: &'static str,
    /// The labels in the order of their declaration; no two share a name or a code.
    pub labels: &'static [Label],
}

/// One variant of an enum without data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Label {
    /// The variant's name, or that of `rename`.
    pub name: &'static str,
    /// The number that travels; 65535 is reserved for absence.
    pub code: u16,
    /// The documentation comment of the variant; empty where there is none.
    pub doc: &'static str,
}

/// The code that stands for the absence of an enum.
pub(crate) const ABSENT_CODE: u16 = u16::MAX;

/// What stands for `None` in a field that may be absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Absent {
    /// A whole number, or for a decimal a number of steps.
    Number(i128),
    /// A text.
    Text(&'static str),
    /// The reserved value of `bool` (2) or of an enum (65535).
    BuiltIn,
}

impl Schema {
    /// The number of encryption blocks of every value of the record.
    pub const fn blocks(&self) -> usize {
        let mut sum = 0;
        let mut i = 0;
        while i < self.fields.len() {
            sum += self.fields[i].ty.blocks();
            i += 1;
        }
        sum
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// The shape of every value of the record, as libpep describes it: fields in alphabetical order.
    pub fn structure(&self) -> JSONStructure {
        let mut fields: Vec<_> =
            self.fields.iter().map(|field| (field.name.to_owned(), field.ty.structure())).collect();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        JSONStructure::Object(fields)
    }
}

impl Field {
    /// Whether the field holds a pseudonym, an attribute or a record.
    pub const fn role(&self) -> Role {
        self.ty.role()
    }

    /// The number of encryption blocks of every value of the field.
    pub const fn blocks(&self) -> usize {
        self.ty.blocks()
    }

    /// The value reserved for absence, where the field may be absent.
    pub const fn absent(&self) -> Option<Absent> {
        match self.ty {
            Type::Optional { absent, .. } => Some(absent),
            _ => None,
        }
    }
}

impl Type {
    /// The number of encryption blocks of every value of the type.
    pub const fn blocks(&self) -> usize {
        match self {
            Type::Pseudonym | Type::Bool | Type::Integer { .. } | Type::Decimal { .. } | Type::Enum(_) => 1,
            Type::Text { max_bytes } => {
                if *max_bytes <= 15 {
                    1
                } else {
                    *max_bytes / 16 + 1
                }
            }
            Type::Optional { item, .. } => item.blocks(),
            Type::Array { item, len } => item.blocks() * *len,
            Type::List { item, max_len } => 1 + item.blocks() * *max_len,
            Type::Record(schema) => schema.blocks(),
        }
    }

    /// Whether values of the type are pseudonyms, attributes or records.
    pub const fn role(&self) -> Role {
        match self {
            Type::Pseudonym => Role::Pseudonym,
            Type::Record(_) => Role::Record,
            Type::Optional { item, .. } | Type::Array { item, .. } | Type::List { item, .. } => item.role(),
            _ => Role::Attribute,
        }
    }

    /// The shape of every value of the type, as libpep describes it.
    pub fn structure(&self) -> JSONStructure {
        match self {
            Type::Pseudonym => JSONStructure::Pseudonym(1),
            Type::Bool => JSONStructure::Bool,
            Type::Integer { .. } | Type::Decimal { .. } | Type::Enum(_) => JSONStructure::Number,
            Type::Text { .. } => JSONStructure::String(self.blocks()),
            Type::Optional { item, .. } => item.structure(),
            Type::Array { item, len } => JSONStructure::Array(vec![item.structure(); *len]),
            Type::List { item, max_len } => JSONStructure::Object(vec![
                (LIST_COUNT.to_owned(), JSONStructure::Number),
                (LIST_ITEMS.to_owned(), JSONStructure::Array(vec![item.structure(); *max_len])),
            ]),
            Type::Record(schema) => schema.structure(),
        }
    }

    /// A few words for people: `whole number, 0 to 100`.
    pub fn describe(&self) -> String {
        match self {
            Type::Pseudonym => "pseudonym".to_owned(),
            Type::Bool => "yes or no".to_owned(),
            Type::Integer { min, max } => format!("whole number, {min} to {max}"),
            Type::Decimal { min, max, decimals } => format!(
                "number with {decimals} decimals, {} to {}",
                decimal(*min, *decimals),
                decimal(*max, *decimals)
            ),
            Type::Enum(schema) => {
                let names: Vec<_> = schema.labels.iter().map(|label| label.name).collect();
                format!("one of {}", names.join(", "))
            }
            Type::Text { max_bytes } => format!("text, at most {max_bytes} bytes"),
            Type::Optional { item, .. } => format!("{}, or absent", item.describe()),
            Type::Array { item, len } => format!("{len} × {}", item.describe()),
            Type::List { item, max_len } => format!("at most {max_len} × {}", item.describe()),
            Type::Record(schema) => format!("record {}", schema.name),
        }
    }
}

/// The key of a list's encrypted count.
pub(crate) const LIST_COUNT: &str = "count";
/// The key of a list's items.
pub(crate) const LIST_ITEMS: &str = "items";

/// A number of steps as the decimal number that it stands for, exactly.
pub(crate) fn decimal(steps: i64, decimals: u8) -> String {
    let digits = format!("{:0width$}", steps.unsigned_abs(), width = usize::from(decimals) + 1);
    let sign = if steps < 0 { "-" } else { "" };
    match digits.split_at_checked(digits.len() - usize::from(decimals)) {
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, part)) => format!("{sign}{whole}.{part}"),
        None => digits,
    }
}
