//! What is wrong with a pack: which record, which label, and why.

use std::fmt;

use serde::Serialize;

/// A pack, or one of its records, that is not taken. It never holds a value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SenmlError {
    /// The record, counted from 0; none where it is the pack as a whole.
    pub record: Option<usize>,
    /// The label, where it is one.
    pub label: Option<String>,
    /// What is wrong.
    pub fault: SenmlFault,
}

/// What is wrong with a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SenmlFault {
    /// The text is no JSON, or no array of objects.
    Json,
    /// More than 16 MiB, or more than 100,000 records.
    TooLarge,
    /// The value of the label has another type.
    Type,
    /// A number with more digits, or a time further away, than is kept.
    Number,
    /// The label is there twice.
    Twice,
    /// The label ends in `_`: it must be understood, and it is not.
    MustUnderstand,
    /// A version that is not understood, or another than that of the records before.
    Version,
    /// There is no name, or one that RFC 8428 does not allow.
    Name,
    /// The record has more than one value.
    Values,
    /// The record has base fields and no value. A source may be set to take them.
    BaseOnly,
    /// The record has no value.
    NoValue,
    /// A unit of RFC 9100 in a pack whose version does not say so.
    SecondaryUnit,
    /// A text that is too long.
    Long,
}

impl SenmlFault {
    /// What is wrong, in words.
    pub const fn message(self) -> &'static str {
        match self {
            SenmlFault::Json => "a pack is a JSON array of objects",
            SenmlFault::TooLarge => "a pack has at most 16 MiB and 100,000 records",
            SenmlFault::Type => "the value has another type than the label asks for",
            SenmlFault::Number => {
                "a number has at most 30 digits, and a time is within the years 1970 to 2262"
            }
            SenmlFault::Twice => "the label is there twice",
            SenmlFault::MustUnderstand => {
                "a label that ends in `_` must be understood, and this one is not known"
            }
            SenmlFault::Version => {
                "the version is 10, or 26 with secondary units, and the same in all records"
            }
            SenmlFault::Name => {
                "a name has letters, digits and `- : . / _`, begins with a letter or a digit, and has at most 255 bytes"
            }
            SenmlFault::Values => "a record has one of `v`, `vs`, `vb` and `vd`",
            SenmlFault::BaseOnly => {
                "a record has a value; this one has base fields only: set the source's `base_only` to `accept`"
            }
            SenmlFault::NoValue => "a record has one of `v`, `vs`, `vb`, `vd` and `s`",
            SenmlFault::SecondaryUnit => "secondary units need `\"bver\": 26` in the pack",
            SenmlFault::Long => "a unit has at most 32 bytes, and a text at most 4096",
        }
    }
}

impl SenmlError {
    pub(super) fn whole(fault: SenmlFault) -> Self {
        Self { record: None, label: None, fault }
    }

    pub(super) fn at(record: usize, label: &str, fault: SenmlFault) -> Self {
        // A label comes from outside: it is named as far as it can be one.
        let label: String = label.chars().filter(|c| c.is_ascii_graphic()).take(32).collect();
        Self { record: Some(record), label: Some(label).filter(|label| !label.is_empty()), fault }
    }
}

impl fmt::Display for SenmlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(record) = self.record {
            write!(f, "record {record}")?;
            if let Some(label) = &self.label {
                write!(f, ", `{label}`")?;
            }
            f.write_str(": ")?;
        }
        f.write_str(self.fault.message())
    }
}

impl std::error::Error for SenmlError {}
