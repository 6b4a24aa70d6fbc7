//! The value of a comparison, read by the type of its attribute: what the attribute can never have is a fault, not an
//! empty answer.

use nest_schema::{AbsentOf, Field, TimeUnit, TypeOf};

use super::condition::{Literal, Operator};
use super::error::{Fault, QueryError};
use super::syntax::{At, RawComparison};
use super::token::Word;
use crate::catalogue::Attribute;

/// Reads the operator and the value of a comparison.
pub(super) fn typed(
    attribute: &Attribute,
    raw: &RawComparison<'_>,
) -> Result<(Operator, Literal), QueryError> {
    let operator = match raw.operator.what {
        Word::Less => Operator::Less,
        Word::Greater => Operator::Greater,
        _ => Operator::Equal,
    };
    let has_order =
        matches!(attribute.ty(), TypeOf::Integer { .. } | TypeOf::Decimal { .. } | TypeOf::Time { .. });
    if operator != Operator::Equal && !has_order {
        return Err(QueryError::new(
            raw.operator.range(),
            Fault::Comparison,
            format!(
                "`{}` compares numbers and times, and `{}` is {}",
                operator.symbol(),
                attribute.label(),
                attribute.ty().describe()
            ),
            "compare with `=`",
        ));
    }
    let value = literal(attribute, &raw.value)?;
    if let Some(AbsentOf::Number(reserved)) = attribute.field().absent()
        && value == Literal::Number(reserved)
        && operator == Operator::Equal
    {
        return Err(QueryError::new(
            raw.value.range(),
            Fault::Value,
            format!("this value of `{}` stands for absence", attribute.label()),
            "a comparison with an absent value is never true: leave it out",
        ));
    }
    Ok((operator, value))
}

fn literal(attribute: &Attribute, value: &At<Word<'_>>) -> Result<Literal, QueryError> {
    let refused =
        |message: String, repair: String| Err(QueryError::new(value.range(), Fault::Value, message, repair));
    let label = attribute.label();
    let described = attribute.ty().describe();
    match attribute.ty() {
        TypeOf::Bool => match value.what {
            Word::Name("true" | "yes") => Ok(Literal::Number(1)),
            Word::Name("false" | "no") => Ok(Literal::Number(0)),
            _ => refused(format!("`{label}` is yes or no"), "write `yes` or `no`".to_owned()),
        },
        TypeOf::Integer { min, max } => match number(value.what, 0) {
            Some(Ok(steps)) if (*min..=*max).contains(&steps) => Ok(Literal::Number(steps)),
            Some(Ok(_)) => refused(format!("`{label}` never has this value"), in_range(&described)),
            _ => refused(format!("`{label}` is a whole number"), in_range(&described)),
        },
        TypeOf::Decimal { min, max, decimals } => match number(value.what, *decimals) {
            Some(Ok(steps)) if (i128::from(*min)..=i128::from(*max)).contains(&steps) => {
                Ok(Literal::Number(steps))
            }
            Some(Ok(_)) => refused(format!("`{label}` never has this value"), in_range(&described)),
            Some(Err(TooFine)) => refused(
                format!("`{label}` has {decimals} decimals, and this value has more"),
                format!("write at most {decimals} decimals"),
            ),
            None => refused(format!("`{label}` is a number"), in_range(&described)),
        },
        TypeOf::Time { unit, min, max } => match time(*unit, value.what) {
            Some(count) if (*min..=*max).contains(&count) => Ok(Literal::Number(count.into())),
            Some(_) => refused(format!("`{label}` never has this value"), in_range(&described)),
            None => refused(
                format!("`{label}` is a time, in units of one {}", unit.name()),
                format!("write it like `{}`", unit.example()),
            ),
        },
        TypeOf::Enum(schema) => {
            let text = match value.what {
                Word::Name(text) => Some(text.to_owned()),
                Word::Text(text, quote) => Some(unquoted(text, quote)),
                Word::Number(text) | Word::Mixed(text) => Some(text.to_owned()),
                _ => None,
            };
            let text = text.unwrap_or_default();
            match schema.labels.iter().find(|known| known.name == text) {
                Some(known) => Ok(Literal::Number(known.code.into())),
                None => {
                    let near = schema.labels.iter().find(|known| known.name.eq_ignore_ascii_case(&text));
                    let repair = match near {
                        Some(near) => format!("write `{}`", near.name),
                        None => format!("it is {described}"),
                    };
                    refused(format!("`{label}` has no such label"), repair)
                }
            }
        }
        _ => text(attribute.field(), value.what).map_or_else(
            || refused(format!("`{label}` is {described}"), "write a word, or a text in quotes".to_owned()),
            |text| Ok(Literal::Text(text)),
        ),
    }
}

fn in_range(described: &str) -> String {
    format!("it is {described}")
}

/// More decimals than the attribute has.
struct TooFine;

/// A number as a whole number of steps; none where it is no number.
fn number(word: Word<'_>, decimals: u8) -> Option<Result<i128, TooFine>> {
    let Word::Number(text) = word else { return None };
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let needed = part.trim_end_matches('0');
    if needed.len() > usize::from(decimals) {
        return Some(Err(TooFine));
    }
    let width = usize::from(decimals);
    // Beyond 38 digits it is out of every range.
    let steps = format!("{whole}{needed:0<width$}").parse().unwrap_or(i128::MAX);
    Some(Ok(steps))
}

fn time(unit: TimeUnit, word: Word<'_>) -> Option<i64> {
    match word {
        Word::Number(text) | Word::Mixed(text) | Word::Text(text, _) => unit.parse(text),
        _ => None,
    }
}

fn unquoted(text: &str, quote: char) -> String {
    let twice = format!("{quote}{quote}");
    text.replace(&twice, &quote.to_string())
}

fn text(field: &Field, word: Word<'_>) -> Option<String> {
    let text = match word {
        Word::Name(text) | Word::Number(text) | Word::Mixed(text) => text.to_owned(),
        Word::Text(text, quote) => unquoted(text, quote),
        _ => return None,
    };
    match field.parse_text(&text) {
        Ok(nest_schema::Parsed::Text(text)) => Some(text),
        _ => None,
    }
}

/// A value as a query writes it.
pub(super) fn written(attribute: &Attribute, value: &Literal) -> String {
    match (value, attribute.ty()) {
        (Literal::Text(text), _) => quoted(text),
        (Literal::Number(number), TypeOf::Bool) => if *number == 0 { "no" } else { "yes" }.to_owned(),
        (Literal::Number(number), TypeOf::Enum(schema)) => {
            let label = schema.labels.iter().find(|label| i128::from(label.code) == *number);
            let name = label.map_or("", |label| label.name);
            if super::is_name(name) { name.to_owned() } else { quoted(name) }
        }
        (Literal::Number(number), TypeOf::Time { unit, .. }) => {
            unit.format(i64::try_from(*number).unwrap_or_default())
        }
        (Literal::Number(number), TypeOf::Decimal { decimals, .. }) => {
            let width = usize::from(*decimals) + 1;
            let digits = format!("{:0width$}", number.unsigned_abs());
            let sign = if *number < 0 { "-" } else { "" };
            match digits.split_at_checked(digits.len() - usize::from(*decimals)) {
                Some((whole, "")) => format!("{sign}{whole}"),
                Some((whole, part)) => format!("{sign}{whole}.{part}"),
                None => digits,
            }
        }
        (Literal::Number(number), _) => number.to_string(),
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
