//! The schema: all that was declared about a record, as one constant that needs no Rust type to be read.
//!
//! The codec encodes by it, the derive's checks read it, and so does everything that is built later on a
//! record (its report, its API description, storage, sums, queries). There is no second description that
//! could disagree with it.

#![allow(clippy::indexing_slicing, reason = "constants cannot use iterators, and every index is checked")]

use libpep::data::json::structure::JSONStructure;
use nest_rules::Rule;

use crate::calendar::TimeUnit;
use crate::{Fingerprint, grid};

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
    /// What the record is for.
    pub kind: RecordKind,
    /// The declared budget: the most blocks that the record may take.
    pub max_blocks: usize,
    /// The declared bound on identifying bits, where one was written: see [`max_bits`](Self::max_bits).
    pub declared_max_bits: Option<u32>,
    /// The fields in the order of their declaration. For an enum: the field [`VARIANT`], then those of all
    /// variants.
    pub fields: &'static [Field],
    /// The variants of an enum, each with the fields that it uses; empty for a struct.
    pub variants: &'static [Variant],
    #[doc(hidden)]
    pub counts: Counts,
}

/// What the fields of a record take together: counted once, since a record within a record may be there many times.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    blocks: usize,
    bits: u32,
}

impl Counts {
    /// Counts the fields of one record.
    pub const fn of(fields: &[Field]) -> Self {
        let mut counts = Self { blocks: 0, bits: 0 };
        let mut i = 0;
        while i < fields.len() {
            counts.blocks = counts.blocks.saturating_add(fields[i].blocks());
            counts.bits = counts.bits.saturating_add(fields[i].bits());
            i += 1;
        }
        counts
    }
}

/// What a record is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordKind {
    /// Data about people.
    Record,
    /// How far something has come: it says as little as it can.
    Progress,
}

/// The name under which the variant of an enum travels, encrypted, beside its fields.
pub const VARIANT: &str = "variant";

/// One variant of a record that is an enum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Variant {
    /// The variant's name, or that of `rename`: a label of the field [`VARIANT`].
    pub name: &'static str,
    /// The names of the fields that it uses; the others hold filler.
    pub fields: &'static [&'static str],
}

/// A rule that a field sets aside, with the reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Waiver {
    /// The rule.
    pub rule: Rule,
    /// Why it does not apply, in the author's words.
    pub reason: &'static str,
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
    /// The rules that the field sets aside.
    pub waivers: &'static [Waiver],
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

/// The count that stands for the absence of a time.
pub(crate) const ABSENT_TIME: i128 = i64::MAX as i128;

/// What stands for `None` in a field that may be absent.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Absent {
    /// A whole number, or for a decimal a number of steps.
    Number(i128),
    /// A text.
    Text(&'static str),
    /// The reserved value of `bool` (2), of an enum (65535) or of a time (the largest `i64`).
    BuiltIn,
}

impl Schema {
    /// The number of encryption blocks of every value of the record.
    pub const fn blocks(&self) -> usize {
        self.counts.blocks
    }

    /// The identifying bits of the record: how many people its attributes can tell apart, as a power of two.
    ///
    /// Each attribute counts the bits that number its values, rounded up: 1 for `bool`, 7 for `0..=100`, eight
    /// for each byte of a text. Pseudonyms do not count: they are there to tell people apart.
    pub const fn bits(&self) -> u32 {
        self.counts.bits
    }

    /// The bound on identifying bits: the declared one, 16 for a progress record without one, else none.
    pub const fn max_bits(&self) -> Option<u32> {
        match (self.declared_max_bits, self.kind) {
            (None, RecordKind::Progress) => Some(PROGRESS_MAX_BITS),
            (declared, _) => declared,
        }
    }

    /// Every waiver of the record and of the records within it, with the path of its field.
    pub fn waivers(&self) -> Vec<(String, Waiver)> {
        let mut waivers = Vec::new();
        for field in self.fields {
            waivers.extend(field.waivers.iter().map(|waiver| (field.name.to_owned(), *waiver)));
            if let Some(record) = field.ty.record() {
                let inner = record.waivers().into_iter();
                waivers.extend(inner.map(|(path, waiver)| (format!("{}.{path}", field.name), waiver)));
            }
        }
        waivers
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

    /// The fingerprint of the shape: the same for all schemas whose records look the same on the wire and have their
    /// fields in the same order. It is worked out once for each schema in a process.
    pub fn shape_fingerprint(&'static self) -> Fingerprint {
        Fingerprint::of(self)
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

    /// The identifying bits of the field: see [`Schema::bits`].
    pub const fn bits(&self) -> u32 {
        self.ty.bits()
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
            Type::Pseudonym
            | Type::Bool
            | Type::Integer { .. }
            | Type::Decimal { .. }
            | Type::Time { .. }
            | Type::Enum(_) => 1,
            Type::Text { max_bytes } => {
                if *max_bytes <= 15 {
                    1
                } else {
                    *max_bytes / 16 + 1
                }
            }
            Type::Optional { item, .. } => item.blocks(),
            Type::Array { item, len } => item.blocks().saturating_mul(*len),
            Type::List { item, max_len } => item.blocks().saturating_mul(*max_len).saturating_add(1),
            Type::Record(schema) => schema.blocks(),
        }
    }

    /// The identifying bits of a value of the type: see [`Schema::bits`].
    pub const fn bits(&self) -> u32 {
        match self {
            Type::Pseudonym => 0,
            Type::Text { max_bytes } => bytes_to_bits(*max_bytes),
            Type::Optional { item: Type::Text { max_bytes }, .. } => bytes_to_bits(*max_bytes),
            Type::Optional { item, absent } => bits_of(item.last() + absent.adds(item)),
            Type::Array { item, len } => item.bits().saturating_mul(saturated(*len)),
            Type::List { item, max_len } => {
                bits_of(*max_len as u128).saturating_add(item.bits().saturating_mul(saturated(*max_len)))
            }
            Type::Record(schema) => schema.bits(),
            scalar => bits_of(scalar.last()),
        }
    }

    /// The number of the last value where the first is 0: one less than there are values.
    const fn last(&self) -> u128 {
        match self {
            Type::Bool => 1,
            Type::Integer { min, max } => max.abs_diff(*min),
            Type::Decimal { min, max, .. } | Type::Time { min, max, .. } => max.abs_diff(*min) as u128,
            Type::Enum(schema) => schema.labels.len().saturating_sub(1) as u128,
            _ => 0,
        }
    }

    /// The record in the type, where there is one.
    pub const fn record(&self) -> Option<&'static Schema> {
        match self {
            Type::Record(schema) => Some(schema),
            Type::Optional { item, .. } | Type::Array { item, .. } | Type::List { item, .. } => item.record(),
            _ => None,
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
            Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_) => {
                JSONStructure::Number
            }
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
                "number with {decimals} decimal{}, {} to {}",
                if *decimals == 1 { "" } else { "s" },
                grid::text(*min, *decimals),
                grid::text(*max, *decimals)
            ),
            Type::Time { unit, min, max } => {
                format!("{}, {} to {}", unit.name(), unit.format(*min), unit.format(*max))
            }
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

/// The bound on the identifying bits of a progress record that declares none.
const PROGRESS_MAX_BITS: u32 = 16;

impl Absent {
    /// How many values absence adds to those of a type: none where it takes the place of one.
    const fn adds(&self, item: &Type) -> u128 {
        let within = match (self, item) {
            (Absent::Number(value), Type::Integer { min, max }) => *value >= *min && *value <= *max,
            (Absent::Number(value), Type::Decimal { min, max, .. }) => {
                *value >= *min as i128 && *value <= *max as i128
            }
            _ => false,
        };
        !within as u128
    }
}

/// The bits that number the values 0 to `last`.
pub(crate) const fn bits_of(last: u128) -> u32 {
    u128::BITS - last.leading_zeros()
}

const fn bytes_to_bits(bytes: usize) -> u32 {
    saturated(bytes).saturating_mul(8)
}

pub(crate) const fn saturated(number: usize) -> u32 {
    if number > u32::MAX as usize { u32::MAX } else { number as u32 }
}
