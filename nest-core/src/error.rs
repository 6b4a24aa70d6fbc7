//! The errors of the codec: which field, and which bound; never the value.

use std::fmt;

use crate::value::Kind;

/// Why a value cannot be encoded: it lies outside what its record declares.
///
/// It names the record, the field and the declared bound. It never holds the value, so it may be logged.
#[derive(Clone, PartialEq, Eq)]
pub struct EncodeError(Box<Located<EncodeFault>>);

/// What is wrong with a value that cannot be encoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EncodeFault {
    /// The text has more bytes than declared.
    TextTooLong {
        /// The declared bound in bytes.
        max_bytes: usize,
    },
    /// The whole number lies outside its range.
    OutOfRange {
        /// The smallest value.
        min: i128,
        /// The largest value.
        max: i128,
    },
    /// The decimal number lies outside its range.
    DecimalOutOfRange {
        /// The smallest value, as text.
        min: String,
        /// The largest value, as text.
        max: String,
    },
    /// The time lies outside its range.
    TimeOutOfRange {
        /// The first value, as text.
        min: String,
        /// The last value, as text.
        max: String,
    },
    /// The number is NaN or infinite.
    NotFinite,
    /// The value is the one reserved for absence.
    Reserved,
    /// The list has more items than declared.
    TooManyItems {
        /// The declared bound.
        max_len: usize,
    },
    /// The value is of another kind than declared.
    WrongKind {
        /// The declared kind.
        expected: Kind,
    },
    /// No label has this name.
    UnknownLabel,
    /// The number has another number of decimals than declared.
    OffGrid {
        /// The declared number of decimals.
        decimals: u8,
    },
    /// The array has another number of items than declared.
    WrongLength {
        /// The declared number.
        len: usize,
    },
    /// The record has no field at this path.
    NoSuchField,
    /// The record lacks the field.
    MissingField,
    /// The field is there twice.
    RepeatedField,
    /// The place holds filler: an item beyond the end of a list, or a field that another variant uses.
    NotInUse,
    /// The record holds linking variables, which are read at home and never sealed.
    Linkage,
    /// The codec does not fit the schema: an implementation that the derive did not write.
    Mismatch,
}

/// Why a value that was received is no value of its record.
///
/// It names the record, the field (by its position in the declaration, never by what was received) and the
/// fault. It never holds the value, so it may be logged. Do not show it to the sender of the value: which
/// fault it was can tell them something about a ciphertext that they cannot read themselves.
#[derive(Clone, PartialEq, Eq)]
pub struct DecodeError(Box<Located<DecodeFault>>);

/// What is wrong with a value that cannot be decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DecodeFault {
    /// The value is of another kind than declared, or has another number of blocks or items.
    WrongShape,
    /// The record lacks the field.
    MissingField,
    /// The record has fields that are not declared.
    ExtraFields,
    /// The block is no encoding of bytes: wrong key, wrong session, or made up.
    NotData,
    /// The padding of a block or of a text is not what its content asks for.
    Padding,
    /// The text is no UTF-8.
    Utf8,
    /// The text has more bytes than declared.
    TextTooLong {
        /// The declared bound in bytes.
        max_bytes: usize,
    },
    /// The block is no `bool`.
    Bool,
    /// The block is no number, or is another number than its only accepted encoding says.
    Number,
    /// The number lies outside its range.
    OutOfRange,
    /// The number does not lie on the declared grid.
    OffGrid,
    /// No label has this code.
    UnknownCode,
    /// The value is the one reserved for absence, in a place that cannot be absent.
    Reserved,
    /// The count is larger than the list.
    Count,
    /// A place beyond the count holds something else than filler.
    Filler,
    /// The pseudonym is the neutral element, which is the same in every domain.
    NeutralPseudonym,
    /// The record has no field at this path.
    NoSuchField,
    /// The record was made by another declaration.
    OtherDeclaration,
    /// The codec does not fit the schema: an implementation that the derive did not write.
    Mismatch,
}

/// A fault with its place. Boxed, so that a result stays small where nothing fails.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Located<F> {
    record: &'static str,
    path: Path,
    fault: F,
}

/// Where in a record a fault was found: the fields and places that lead to it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(&'static str),
    Item(usize),
    /// A path as a program gave it.
    Path(Box<str>),
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, step) in self.0.iter().rev().enumerate() {
            match step {
                Step::Field(name) if i == 0 => f.write_str(name)?,
                Step::Field(name) => write!(f, ".{name}")?,
                Step::Item(place) => write!(f, "[{place}]")?,
                Step::Path(path) => f.write_str(path)?,
            }
        }
        Ok(())
    }
}

macro_rules! located {
    ($error:ident, $fault:ident) => {
        impl $error {
            pub(crate) fn new(fault: $fault) -> Self {
                Self(Box::new(Located { record: "", path: Path::default(), fault }))
            }

            pub(crate) fn in_field(mut self, name: &'static str) -> Self {
                self.0.path.0.push(Step::Field(name));
                self
            }

            /// At a path that leads to the value.
            pub(crate) fn at(mut self, path: &str) -> Self {
                self.0.path.0.push(Step::Path(path.into()));
                self
            }

            pub(crate) fn in_item(mut self, place: usize) -> Self {
                self.0.path.0.push(Step::Item(place));
                self
            }

            pub(crate) fn in_record(mut self, name: &'static str) -> Self {
                self.0.record = name;
                self
            }

            /// The name of the record.
            pub fn record(&self) -> &'static str {
                self.0.record
            }

            /// The field, as a path from the record: `visits[2].remark`; empty where it is the whole record.
            pub fn field(&self) -> String {
                self.0.path.to_string()
            }

            /// What is wrong.
            pub fn fault(&self) -> &$fault {
                &self.0.fault
            }
        }

        impl fmt::Display for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                let Located { record, path, fault } = &*self.0;
                if path.0.is_empty() {
                    write!(f, "record `{record}`: {fault}")
                } else {
                    write!(f, "field `{path}` of `{record}`: {fault}")
                }
            }
        }

        /// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
        impl fmt::Debug for $error {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl std::error::Error for $error {}

        impl From<$fault> for $error {
            fn from(fault: $fault) -> Self {
                Self::new(fault)
            }
        }
    };
}

located!(EncodeError, EncodeFault);
located!(DecodeError, DecodeFault);

impl fmt::Display for EncodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            EncodeFault::TextTooLong { max_bytes } => {
                write!(f, "the text is longer than `max_bytes = {max_bytes}`")
            }
            EncodeFault::OutOfRange { min, max } => {
                write!(f, "the number lies outside `range = {min}..={max}`")
            }
            EncodeFault::DecimalOutOfRange { min, max } => {
                write!(f, "the number lies outside `range = {min}..={max}`")
            }
            EncodeFault::TimeOutOfRange { min, max } => {
                write!(f, "the time lies outside `range = \"{min}\"..=\"{max}\"`")
            }
            EncodeFault::NotFinite => f.write_str("the number is not finite"),
            EncodeFault::Reserved => f.write_str("the value is the one that `absent` reserves for `None`"),
            EncodeFault::TooManyItems { max_len } => {
                write!(f, "the list has more items than `max_len = {max_len}`")
            }
            EncodeFault::WrongKind { expected } => write!(f, "expected {expected}"),
            EncodeFault::UnknownLabel => f.write_str("no label has this name"),
            EncodeFault::OffGrid { decimals } => {
                write!(f, "the number has another number of decimals than `decimals = {decimals}`")
            }
            EncodeFault::WrongLength { len } => {
                write!(f, "the array has {len} items, and another number was given")
            }
            EncodeFault::NoSuchField => f.write_str("the record has no such field"),
            EncodeFault::MissingField => f.write_str("the field is missing"),
            EncodeFault::RepeatedField => f.write_str("the field is there twice"),
            EncodeFault::NotInUse => {
                f.write_str("the place is not in use: set the whole list, or the variant, first")
            }
            EncodeFault::Linkage => f.write_str("linking variables are read at home and never sealed"),
            EncodeFault::Mismatch => f.write_str("the codec does not fit the schema"),
        }
    }
}

impl fmt::Display for DecodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            DecodeFault::WrongShape => "another shape than declared",
            DecodeFault::MissingField => "the field is missing",
            DecodeFault::ExtraFields => "fields that are not declared",
            DecodeFault::NotData => "the block holds no data: wrong key or session, or made up",
            DecodeFault::Padding => "the padding does not fit the content",
            DecodeFault::Utf8 => "the text is no UTF-8",
            DecodeFault::TextTooLong { max_bytes } => {
                return write!(f, "the text is longer than `max_bytes = {max_bytes}`");
            }
            DecodeFault::Bool => "neither true nor false",
            DecodeFault::Number => "no number in its accepted encoding",
            DecodeFault::OutOfRange => "the number lies outside its range",
            DecodeFault::OffGrid => "the number does not lie on its grid",
            DecodeFault::UnknownCode => "no label has this code",
            DecodeFault::Reserved => "the reserved value, where nothing may be absent",
            DecodeFault::Count => "the count is larger than the list",
            DecodeFault::Filler => "a place beyond the count is in use",
            DecodeFault::NeutralPseudonym => "the pseudonym is the same in every domain",
            DecodeFault::NoSuchField => "the record has no such field",
            DecodeFault::OtherDeclaration => "the record was made by another declaration",
            DecodeFault::Mismatch => "the codec does not fit the schema",
        })
    }
}
