//! The technical type of a field, with every declared bound.

use crate::field::Role;
use crate::grid;
use crate::schema::{SchemaOf, is_same};
use crate::time::TimeUnit;

/// The technical type of a field that is known for as long as the program runs.
pub type Type = TypeOf<'static>;

/// The description of an enum without data: `PepEnum::SCHEMA` of nest-core.
pub type EnumSchema = EnumSchemaOf<'static>;

/// One variant of an enum without data.
pub type Label = LabelOf<'static>;

/// What stands for `None` in a field that may be absent.
pub type Absent = AbsentOf<'static>;

/// The technical type of a field. [`Type`] is the form that programs meet.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum TypeOf<'s> {
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
    /// A coarse time: a count of its unit since a fixed epoch, both bounds included.
    Time {
        /// The unit.
        unit: TimeUnit,
        /// The first value, as a count.
        min: i64,
        /// The last value, as a count.
        max: i64,
    },
    /// One of a fixed set of labels.
    Enum(&'s EnumSchemaOf<'s>),
    /// UTF-8 text, padded to its bound.
    Text {
        /// The most bytes that the text may have.
        max_bytes: usize,
    },
    /// A value that may be absent, in the shape of one that is there.
    Optional {
        /// The type of a value that is there.
        item: &'s TypeOf<'s>,
        /// What stands for absence; it is no value of the field.
        absent: AbsentOf<'s>,
    },
    /// Always the same number of items.
    Array {
        /// The type of each item.
        item: &'s TypeOf<'s>,
        /// The number of items.
        len: usize,
    },
    /// A hidden number of items, up to a bound: an encrypted count, then items filled up to the bound.
    List {
        /// The type of each item.
        item: &'s TypeOf<'s>,
        /// The most items.
        max_len: usize,
    },
    /// A record within the record.
    Record(&'s SchemaOf<'s>),
    /// A record within the record, or filler in its shape: what counts people does not count it.
    OrFiller(&'s SchemaOf<'s>),
}

/// The description of an enum without data: `PepEnum::SCHEMA` of nest-core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EnumSchemaOf<'s> {
    /// The name of the Rust type.
    pub name: &'s str,
    /// The documentation comment of the type; empty where there is none.
    pub doc: &'s str,
    /// The labels in the order of their declaration; no two share a name or a code.
    pub labels: &'s [LabelOf<'s>],
}

/// One variant of an enum without data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LabelOf<'s> {
    /// The variant's name, or that of `rename`.
    pub name: &'s str,
    /// The number that travels, from [`MIN_CODE`] to [`MAX_CODE`].
    pub code: i32,
    /// The documentation comment of the variant; empty where there is none.
    pub doc: &'s str,
}

/// The smallest code of a label.
pub const MIN_CODE: i32 = -32_768;

/// The largest code of a label.
pub const MAX_CODE: i32 = ABSENT_CODE - 1;

/// The code that stands for the absence of an enum.
pub const ABSENT_CODE: i32 = 65_535;

/// What is added to the code of a reason where a time could be: a number that no count of a time reaches.
const REASON_OF_TIME: i128 = 1_000_000_000_000;

/// The count that stands for the absence of a time.
pub const ABSENT_TIME: i128 = i64::MAX as i128;

/// What stands for `None` in a field that may be absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum AbsentOf<'s> {
    /// A whole number, or for a decimal a number of steps.
    Number(i128),
    /// A text.
    Text(&'s str),
    /// The reserved value of `bool` (2), of an enum (65535) or of a time (the largest `i64`).
    BuiltIn,
    /// One of several reasons, which take the place of the value: `nest_core::Answer`.
    Reasons(&'s EnumSchemaOf<'s>),
}

impl<'s> TypeOf<'s> {
    /// The number of encryption blocks of every value of the type.
    pub const fn blocks(&self) -> usize {
        match self {
            TypeOf::Pseudonym
            | TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_) => 1,
            TypeOf::Text { max_bytes } => {
                if *max_bytes <= 15 {
                    1
                } else {
                    *max_bytes / 16 + 1
                }
            }
            TypeOf::Optional { item, .. } => item.blocks(),
            TypeOf::Array { item, len } => item.blocks().saturating_mul(*len),
            TypeOf::List { item, max_len } => item.blocks().saturating_mul(*max_len).saturating_add(1),
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => schema.blocks(),
        }
    }

    /// How many arrays, lists and records are within each other. A list is two: its count stands beside its items.
    pub const fn depth(&self) -> usize {
        match self {
            TypeOf::Optional { item, .. } => item.depth(),
            TypeOf::Array { item, .. } => item.depth().saturating_add(1),
            TypeOf::List { item, .. } => item.depth().saturating_add(2),
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => schema.depth(),
            TypeOf::Pseudonym
            | TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. } => 0,
        }
    }

    /// The number of bytes of every value of the type in plaintext: 32 for a pseudonym, 16 for each other block.
    pub const fn plain_len(&self) -> usize {
        match self {
            TypeOf::Pseudonym => 32,
            TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. } => self.blocks().saturating_mul(16),
            TypeOf::Optional { item, .. } => item.plain_len(),
            TypeOf::Array { item, len } => item.plain_len().saturating_mul(*len),
            TypeOf::List { item, max_len } => item.plain_len().saturating_mul(*max_len).saturating_add(16),
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => schema.plain_len(),
        }
    }

    /// The identifying bits of a value of the type: see [`SchemaOf::bits`].
    pub const fn bits(&self) -> u32 {
        match self {
            TypeOf::Pseudonym => 0,
            TypeOf::Text { max_bytes } => bytes_to_bits(*max_bytes),
            TypeOf::Optional { item: TypeOf::Text { max_bytes }, .. } => bytes_to_bits(*max_bytes),
            TypeOf::Optional { item, absent } => bits_of(item.last() + absent.adds(item)),
            TypeOf::Array { item, len } => item.bits().saturating_mul(saturated(*len)),
            TypeOf::List { item, max_len } => {
                bits_of(*max_len as u128).saturating_add(item.bits().saturating_mul(saturated(*max_len)))
            }
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => schema.bits(),
            TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_) => bits_of(self.last()),
        }
    }

    /// The number of the last value where the first is 0: one less than there are values.
    const fn last(&self) -> u128 {
        match self {
            TypeOf::Bool => 1,
            TypeOf::Integer { min, max } => max.abs_diff(*min),
            TypeOf::Decimal { min, max, .. } | TypeOf::Time { min, max, .. } => max.abs_diff(*min) as u128,
            TypeOf::Enum(schema) => schema.labels.len().saturating_sub(1) as u128,
            TypeOf::Pseudonym
            | TypeOf::Text { .. }
            | TypeOf::Optional { .. }
            | TypeOf::Array { .. }
            | TypeOf::List { .. }
            | TypeOf::Record(_)
            | TypeOf::OrFiller(_) => 0,
        }
    }

    /// How many values a flag, a number, a time or a label can take; `None` for every other type.
    pub const fn values(&self) -> Option<u128> {
        match self {
            TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_) => Some(self.last().saturating_add(1)),
            TypeOf::Pseudonym
            | TypeOf::Text { .. }
            | TypeOf::Optional { .. }
            | TypeOf::Array { .. }
            | TypeOf::List { .. }
            | TypeOf::Record(_)
            | TypeOf::OrFiller(_) => None,
        }
    }

    /// The record in the type, where there is one.
    pub const fn record(&self) -> Option<&'s SchemaOf<'s>> {
        match self {
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => Some(schema),
            TypeOf::Optional { item, .. } | TypeOf::Array { item, .. } | TypeOf::List { item, .. } => {
                item.record()
            }
            TypeOf::Pseudonym
            | TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. } => None,
        }
    }

    /// Whether values of the type are pseudonyms, attributes or records.
    pub const fn role(&self) -> Role {
        match self {
            TypeOf::Pseudonym => Role::Pseudonym,
            TypeOf::Record(_) | TypeOf::OrFiller(_) => Role::Record,
            TypeOf::Optional { item, .. } | TypeOf::Array { item, .. } | TypeOf::List { item, .. } => {
                item.role()
            }
            TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. } => Role::Attribute,
        }
    }

    /// A few words for people: `whole number, 0 to 100`.
    pub fn describe(&self) -> String {
        match self {
            TypeOf::Pseudonym => "pseudonym".to_owned(),
            TypeOf::Bool => "yes or no".to_owned(),
            TypeOf::Integer { min, max } => format!("whole number, {min} to {max}"),
            TypeOf::Decimal { min, max, decimals } => format!(
                "number with {decimals} decimal{}, {} to {}",
                if *decimals == 1 { "" } else { "s" },
                grid::text(*min, *decimals),
                grid::text(*max, *decimals)
            ),
            TypeOf::Time { unit, min, max } => {
                format!("{}, {} to {}", unit.name(), unit.format(*min), unit.format(*max))
            }
            TypeOf::Enum(schema) => {
                let names: Vec<_> = schema.labels.iter().map(|label| label.name).collect();
                format!("one of {}", names.join(", "))
            }
            TypeOf::Text { max_bytes } => format!("text, at most {max_bytes} bytes"),
            TypeOf::Optional { item, absent: AbsentOf::Reasons(reasons) } => {
                let names: Vec<_> = reasons.labels.iter().map(|label| label.name).collect();
                format!("{}, or a reason: {}", item.describe(), names.join(", "))
            }
            TypeOf::Optional { item, .. } => format!("{}, or absent", item.describe()),
            TypeOf::Array { item, len } => format!("{len} × {}", item.describe()),
            TypeOf::List { item, max_len } => format!("at most {max_len} × {}", item.describe()),
            TypeOf::Record(schema) => format!("record {}", schema.name),
            TypeOf::OrFiller(schema) => format!("record {}, or filler", schema.name),
        }
    }
}

/// The key of a list's encrypted count.
pub const LIST_COUNT: &str = "count";
/// The key of a list's items.
pub const LIST_ITEMS: &str = "items";

impl<'s> AbsentOf<'s> {
    /// How many values absence adds to those of a type: none where it takes the place of one.
    const fn adds(&self, item: &TypeOf<'_>) -> u128 {
        match self {
            AbsentOf::Reasons(reasons) => reasons.labels.len() as u128,
            _ => !self.is_value_of(item) as u128,
        }
    }

    /// Whether the number that stands for absence is one that the type could hold as a value.
    pub(crate) const fn is_value_of(&self, item: &TypeOf<'_>) -> bool {
        match self {
            AbsentOf::Number(number) => is_number_of(*number, item),
            _ => false,
        }
    }

    /// The reasons for absence; empty where absence has none.
    pub const fn reasons(&self) -> &'s [LabelOf<'s>] {
        match self {
            AbsentOf::Reasons(reasons) => reasons.labels,
            _ => &[],
        }
    }
}

/// Whether a number is a value of a type of numbers; steps for a decimal.
const fn is_number_of(number: i128, item: &TypeOf<'_>) -> bool {
    match item {
        TypeOf::Integer { min, max } => number >= *min && number <= *max,
        TypeOf::Decimal { min, max, .. } => number >= *min as i128 && number <= *max as i128,
        _ => false,
    }
}

impl LabelOf<'_> {
    /// The number that stands for the label as a reason why a value of `item` is absent: its code, for a decimal in
    /// steps of the grid, and for a time behind all counts.
    pub const fn reason_number(&self, item: &TypeOf<'_>) -> i128 {
        match item {
            TypeOf::Decimal { decimals, .. } => self.code as i128 * 10_i128.pow(*decimals as u32),
            TypeOf::Time { .. } => REASON_OF_TIME + self.code as i128,
            _ => self.code as i128,
        }
    }

    /// Whether the label as a reason could be taken for a value of the type, by its number or its name.
    #[allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]
    pub(crate) const fn is_value_of(&self, item: &TypeOf<'_>) -> bool {
        let named_as_number = matches!(self.name.as_bytes(), [] | [b'0'..=b'9' | b'-' | b'+', ..]);
        match item {
            TypeOf::Bool => {
                named_as_number
                    || self.code == 0
                    || self.code == 1
                    || is_same(self.name, "true")
                    || is_same(self.name, "false")
            }
            TypeOf::Integer { .. } | TypeOf::Decimal { .. } => {
                named_as_number || is_number_of(self.reason_number(item), item)
            }
            TypeOf::Time { .. } => named_as_number,
            TypeOf::Enum(schema) => {
                let mut i = 0;
                while i < schema.labels.len() {
                    if schema.labels[i].code == self.code || is_same(schema.labels[i].name, self.name) {
                        return true;
                    }
                    i += 1;
                }
                false
            }
            TypeOf::Text { max_bytes } => self.name.is_empty() || self.name.len() > *max_bytes,
            _ => true,
        }
    }
}

/// The bits that number the values 0 to `last`.
pub const fn bits_of(last: u128) -> u32 {
    u128::BITS - last.leading_zeros()
}

const fn bytes_to_bits(bytes: usize) -> u32 {
    saturated(bytes).saturating_mul(8)
}

/// A number that fits into 32 bits: the largest of them where it does not.
pub const fn saturated(number: usize) -> u32 {
    if number > u32::MAX as usize { u32::MAX } else { number as u32 }
}

/// What a type is made of, for what only needs to take values apart. A new type of one value is a leaf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Parts<'s> {
    /// One value, in one block or in those of a text.
    Leaf,
    /// One value that may be absent.
    Optional(&'s TypeOf<'s>, AbsentOf<'s>),
    /// So many items.
    Array(&'s TypeOf<'s>, usize),
    /// A count, and at most so many items.
    List(&'s TypeOf<'s>, usize),
    /// The fields of a record.
    Record(&'s SchemaOf<'s>),
}

impl<'s> TypeOf<'s> {
    /// The kind that a value has in libpep's JSON, which shows on the wire.
    pub const fn wire_kind(&self) -> &'static str {
        match self {
            TypeOf::Pseudonym => "Pseudonym",
            TypeOf::Bool => "Bool",
            TypeOf::Integer { .. } | TypeOf::Decimal { .. } | TypeOf::Time { .. } | TypeOf::Enum(_) => {
                "Number"
            }
            TypeOf::Text { .. } => {
                if self.blocks() > 1 {
                    "LongString"
                } else {
                    "String"
                }
            }
            TypeOf::Optional { item, .. } => item.wire_kind(),
            TypeOf::Array { .. } => "Array",
            TypeOf::List { .. } | TypeOf::Record(_) | TypeOf::OrFiller(_) => "Object",
        }
    }

    /// What the type is made of.
    pub const fn parts(&self) -> Parts<'s> {
        match *self {
            TypeOf::Pseudonym
            | TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. } => Parts::Leaf,
            TypeOf::Optional { item, absent } => Parts::Optional(item, absent),
            TypeOf::Array { item, len } => Parts::Array(item, len),
            TypeOf::List { item, max_len } => Parts::List(item, max_len),
            TypeOf::Record(schema) | TypeOf::OrFiller(schema) => Parts::Record(schema),
        }
    }
}
