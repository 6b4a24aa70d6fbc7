//! What was measured, and what it is as a value of an attribute.

use std::fmt;

use nest_schema::TypeOf;

use super::decimal::{Decimal, rounded};
use super::resolve::Reading;
use super::units::convert;
use crate::catalogue::Attribute;
use crate::series::Value;

/// A measured value. It has no `Debug`: it is about a person.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadingValue {
    /// `v`
    Number(Decimal),
    /// `vb`
    Flag(bool),
    /// `vs`
    Text(String),
    /// `vd`, as it was sent: in base64.
    Data(String),
}

/// Why a reading is no value of an attribute. It never says which value it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unfit {
    /// The attribute's values are of another type.
    Type,
    /// The unit cannot be converted to that of the attribute.
    Unit,
    /// The attribute is in a unit, and the reading does not say its own.
    NoUnit,
    /// A text, a label or a time that the attribute does not have.
    NotDeclared,
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Unfit::Type => "the attribute's values are of another type",
            Unfit::Unit => "the unit cannot be converted to that of the attribute",
            Unfit::NoUnit => "the attribute has a unit, and the reading has none",
            Unfit::NotDeclared => "the attribute has no such value",
        })
    }
}

impl std::error::Error for Unfit {}

impl Reading {
    /// The reading as a value of an attribute. Numbers are converted to the attribute's unit, rounded to a step, and
    /// moved to the nearest bound where they are out of the declared range: one broken sensor cannot weigh more than a
    /// person may.
    ///
    /// # Errors
    /// It is no value of the attribute.
    pub fn value_of(&self, attribute: &Attribute) -> Result<Value, Unfit> {
        let ty = attribute.ty();
        match (ty, &self.value) {
            (TypeOf::Bool, Some(ReadingValue::Flag(flag))) => Ok(Value::Number((*flag).into())),
            (TypeOf::Integer { min, max }, Some(ReadingValue::Number(number))) => {
                let steps = self.steps(attribute, *number, 0)?;
                Ok(Value::Number(steps.clamp(*min, *max)))
            }
            (TypeOf::Decimal { min, max, decimals }, Some(ReadingValue::Number(number))) => {
                let steps = self.steps(attribute, *number, *decimals)?;
                Ok(Value::Number(steps.clamp((*min).into(), (*max).into())))
            }
            (TypeOf::Time { unit, min, max }, Some(ReadingValue::Text(text))) => {
                let count = unit.parse(text).ok_or(Unfit::NotDeclared)?;
                if !(*min..=*max).contains(&count) {
                    return Err(Unfit::NotDeclared);
                }
                Ok(Value::Number(count.into()))
            }
            (TypeOf::Enum(schema), Some(ReadingValue::Text(text))) => {
                let label = schema.labels.iter().find(|label| label.name == text);
                label.map(|label| Value::Number(label.code.into())).ok_or(Unfit::NotDeclared)
            }
            (TypeOf::Text { max_bytes }, Some(ReadingValue::Text(text))) => {
                if text.len() > *max_bytes {
                    return Err(Unfit::NotDeclared);
                }
                Ok(Value::Text(text.clone()))
            }
            _ => Err(Unfit::Type),
        }
    }

    fn steps(&self, attribute: &Attribute, number: Decimal, decimals: u8) -> Result<i128, Unfit> {
        let (from, to) = match (self.unit.as_deref(), attribute.unit()) {
            (Some(from), Some(to)) => (from, to),
            (None, Some(_)) => return Err(Unfit::NoUnit),
            // The declaration says nothing of a unit, so any is taken as it is.
            (_, None) => ("", ""),
        };
        let (numerator, denominator) = convert(number, from, to).ok_or(Unfit::Unit)?;
        let scale = 10_i128.checked_pow(decimals.into()).ok_or(Unfit::NotDeclared)?;
        Ok(rounded(numerator.checked_mul(scale).ok_or(Unfit::NotDeclared)?, denominator))
    }
}
