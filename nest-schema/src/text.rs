//! The one text form of each value: for CSV, SenML, queries and people.

use std::fmt;

use crate::check::Nest;
use crate::field::FieldOf;
use crate::grid;
use crate::schema::SchemaOf;
use crate::time::TimeUnit;
use crate::ty::{AbsentOf, EnumSchemaOf, TypeOf};
use crate::visit::TypeVisitor;

/// A value that was read from its text form, within the bounds of its type. No `Debug`: it holds what a person said.
#[derive(Clone, PartialEq)]
#[non_exhaustive]
pub enum Parsed {
    /// Nothing is there: the empty text, or for a text the one that `absent` names.
    Absent,
    /// `true` or `false`.
    Bool(bool),
    /// Decimal digits.
    Integer(i128),
    /// Decimal digits with a point.
    Decimal {
        /// The number of steps.
        steps: i64,
        /// The number of decimals.
        decimals: u8,
    },
    /// A text of ISO 8601.
    Time {
        /// The unit.
        unit: TimeUnit,
        /// The count since its epoch.
        count: i64,
    },
    /// The name of a label.
    Label(String),
    /// The name of the reason why there is no value.
    Reason(String),
    /// The text itself.
    Text(String),
    /// 64 hexadecimal digits: the bytes, which may still encode no pseudonym.
    Pseudonym([u8; 32]),
}

/// A text is no value of its field. It names the field and what is expected, never the text.
#[derive(Clone, PartialEq, Eq)]
pub struct TextError {
    field: String,
    expected: String,
}

impl TextError {
    /// A field of that name expects this.
    pub fn new(field: &str, expected: impl Into<String>) -> Self {
        Self { field: field.to_owned(), expected: expected.into() }
    }

    /// The name of the field.
    pub fn field(&self) -> &str {
        &self.field
    }
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field `{}`: expected {}", self.field, self.expected)
    }
}

/// The same sentence as `Display`: a `main` that returns the error prints `Debug`.
impl fmt::Debug for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for TextError {}

impl FieldOf<'_> {
    /// The value that a text stands for.
    ///
    /// Each value has one text: `true` and `false`; digits without a sign, space or zero that is not needed; as many
    /// decimals as declared; a time as in ISO 8601; the name of a label; a text itself; a pseudonym as 64 hexadecimal
    /// digits in lower case. Absence is the empty text, or where texts are declared the text that `absent` names; a reason for
    /// absence is its name. Arrays,
    /// lists and records have no text form: parse what is in them.
    ///
    /// # Errors
    ///
    /// A [`TextError`] that names the field and what is expected, where the text is no value of it.
    pub fn parse_text(&self, text: &str) -> Result<Parsed, TextError> {
        let parsed = self.ty.visit(Parse(text)).filter(|parsed| self.text(parsed).as_deref() == Some(text));
        parsed.ok_or_else(|| TextError::new(self.name, self.expected()))
    }

    fn expected(&self) -> String {
        let nest = Nest::of(&self.ty);
        if nest.arrays + nest.lists > 0 || matches!(nest.leaf, TypeOf::Record(_) | TypeOf::OrFiller(_)) {
            return format!("no text, since {} has none: give what is in it", self.ty.describe());
        }
        match nest.leaf {
            TypeOf::Time { unit, .. } => format!("{}, written like {}", self.ty.describe(), unit.example()),
            TypeOf::Pseudonym => "a pseudonym in 64 hexadecimal digits".to_owned(),
            _ => self.ty.describe(),
        }
    }

    /// The text form of a value of the field; `None` where it is no value of a type that has one.
    pub fn text(&self, value: &Parsed) -> Option<String> {
        match (value, Nest::of(&self.ty).leaf, self.absent()) {
            (Parsed::Absent, TypeOf::Text { .. }, Some(AbsentOf::Text(text))) => Some(text.to_owned()),
            (Parsed::Absent, _, Some(AbsentOf::Reasons(_))) => None,
            (Parsed::Absent, _, Some(_)) => Some(String::new()),
            (Parsed::Absent, _, None) => None,
            (Parsed::Bool(value), ..) => Some(value.to_string()),
            (Parsed::Integer(value), ..) => Some(value.to_string()),
            (Parsed::Decimal { steps, decimals }, ..) => Some(grid::text(*steps, *decimals)),
            (Parsed::Time { unit, count }, ..) => Some(unit.format(*count)),
            (Parsed::Label(text) | Parsed::Text(text) | Parsed::Reason(text), ..) => Some(text.clone()),
            (Parsed::Pseudonym(bytes), ..) => Some(bytes.iter().map(|byte| format!("{byte:02x}")).collect()),
        }
    }
}

/// Reads a text by its type.
struct Parse<'a>(&'a str);

impl<'s> TypeVisitor<'s> for Parse<'_> {
    type Output = Option<Parsed>;

    fn pseudonym(self) -> Option<Parsed> {
        let mut bytes = [0; 32];
        let (pairs, rest) = self.0.as_bytes().as_chunks::<2>();
        if pairs.len() != bytes.len() || !rest.is_empty() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Parsed::Pseudonym(bytes))
    }

    fn bool(self) -> Option<Parsed> {
        self.0.parse().ok().map(Parsed::Bool)
    }

    fn integer(self, min: i128, max: i128) -> Option<Parsed> {
        self.0.parse().ok().filter(|value| (min..=max).contains(value)).map(Parsed::Integer)
    }

    fn decimal(self, min: i64, max: i64, decimals: u8) -> Option<Parsed> {
        let digits = match self.0.split_once('.') {
            Some((whole, part)) if part.len() == usize::from(decimals) => format!("{whole}{part}"),
            None if decimals == 0 => self.0.to_owned(),
            _ => return None,
        };
        let steps = digits.parse().ok().filter(|steps| (min..=max).contains(steps))?;
        Some(Parsed::Decimal { steps, decimals })
    }

    fn time(self, unit: TimeUnit, min: i64, max: i64) -> Option<Parsed> {
        let count = unit.parse(self.0).filter(|count| (min..=max).contains(count))?;
        Some(Parsed::Time { unit, count })
    }

    fn label(self, schema: &'s EnumSchemaOf<'s>) -> Option<Parsed> {
        schema
            .labels
            .iter()
            .find(|label| label.name == self.0)
            .map(|label| Parsed::Label(label.name.to_owned()))
    }

    fn text(self, max_bytes: usize) -> Option<Parsed> {
        (self.0.len() <= max_bytes).then(|| Parsed::Text(self.0.to_owned()))
    }

    fn optional(self, item: &'s TypeOf<'s>, absent: AbsentOf<'s>) -> Option<Parsed> {
        let is_absent = match absent {
            AbsentOf::Reasons(reasons) => {
                return match reasons.labels.iter().find(|reason| reason.name == self.0) {
                    Some(reason) => Some(Parsed::Reason(reason.name.to_owned())),
                    None => item.visit(self),
                };
            }
            AbsentOf::Text(text) => self.0 == text,
            AbsentOf::Number(_) | AbsentOf::BuiltIn => self.0.is_empty(),
        };
        if is_absent {
            return Some(Parsed::Absent);
        }
        item.visit(self).filter(|parsed| !is_reserved(parsed, absent))
    }

    fn array(self, _: &'s TypeOf<'s>, _: usize) -> Option<Parsed> {
        None
    }

    fn list(self, _: &'s TypeOf<'s>, _: usize) -> Option<Parsed> {
        None
    }

    fn record(self, _: &'s SchemaOf<'s>) -> Option<Parsed> {
        None
    }

    fn or_filler(self, _: &'s SchemaOf<'s>) -> Option<Parsed> {
        None
    }
}

/// Whether a value is the one that is reserved for absence.
fn is_reserved(value: &Parsed, absent: AbsentOf<'_>) -> bool {
    match (value, absent) {
        (Parsed::Integer(value), AbsentOf::Number(reserved)) => *value == reserved,
        (Parsed::Decimal { steps, .. }, AbsentOf::Number(reserved)) => i128::from(*steps) == reserved,
        (Parsed::Text(text), AbsentOf::Text(reserved)) => text == reserved,
        _ => false,
    }
}
