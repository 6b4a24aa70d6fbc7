//! The text form of a value, as a value: the crate nest-schema reads and writes the text.

use nest_schema::{Field, Parsed, TextError};

use super::Value;
use crate::Pseudonym;

/// Reads and writes the one text form of a field's values: for CSV, SenML and queries.
///
/// ```
/// use nest_core::prelude::*;
/// use nest_core::value::Value;
///
/// #[derive(PepRecord)]
/// #[pep(max_blocks = 1)]
/// struct Score {
///     #[pep(range = 288..=775, absent = 0)]
///     reading: Option<u16>,
/// }
///
/// let reading = Score::SCHEMA.field("reading").unwrap();
/// assert_eq!(reading.parse("431")?, Value::Integer(431));
/// assert_eq!(reading.parse("")?, Value::Absent);
/// assert!(reading.parse("900").is_err());
/// assert_eq!(reading.to_text(&Value::Integer(431)).as_deref(), Some("431"));
/// # Ok::<(), nest_core::schema::TextError>(())
/// ```
pub trait ParseValue {
    /// The value that a text stands for: see [`Field::parse_text`](nest_schema::FieldOf::parse_text).
    ///
    /// # Errors
    ///
    /// A [`TextError`] that names the field and what is expected, never the text.
    fn parse(&self, text: &str) -> Result<Value, TextError>;

    /// The text of a value; `None` where it is not one of this field, or has no text form.
    fn to_text(&self, value: &Value) -> Option<String>;
}

impl ParseValue for Field {
    fn parse(&self, text: &str) -> Result<Value, TextError> {
        Ok(match self.parse_text(text)? {
            Parsed::Absent => Value::Absent,
            Parsed::Bool(value) => Value::Bool(value),
            Parsed::Integer(value) => Value::Integer(value),
            Parsed::Decimal { steps, decimals } => Value::Decimal { steps, decimals },
            Parsed::Time { unit, count } => Value::Time { unit, count },
            Parsed::Label(label) => Value::Label(label),
            Parsed::Reason(reason) => Value::Reason(reason),
            Parsed::Text(text) => Value::Text(text),
            Parsed::Pseudonym(bytes) => Pseudonym::from_bytes(&bytes)
                .map(Value::Pseudonym)
                .map_err(|_| TextError::new(self.name, "a pseudonym in 64 hexadecimal digits"))?,
            _ => return Err(TextError::new(self.name, "a value that this version can read")),
        })
    }

    fn to_text(&self, value: &Value) -> Option<String> {
        let text = self.text(&match value {
            Value::Absent => Parsed::Absent,
            Value::Bool(value) => Parsed::Bool(*value),
            Value::Integer(value) => Parsed::Integer(*value),
            Value::Decimal { steps, decimals } => Parsed::Decimal { steps: *steps, decimals: *decimals },
            Value::Time { unit, count } => Parsed::Time { unit: *unit, count: *count },
            Value::Label(label) => Parsed::Label(label.clone()),
            Value::Reason(reason) => Parsed::Reason(reason.clone()),
            Value::Text(text) => Parsed::Text(text.clone()),
            Value::Pseudonym(pseudonym) => Parsed::Pseudonym(pseudonym.to_bytes()),
            Value::List(_) | Value::Record(_) => return None,
        })?;
        // What does not come back is a value of another field.
        self.parse(&text).ok().filter(|parsed| parsed == value).map(|_| text)
    }
}
