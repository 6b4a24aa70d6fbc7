//! A value as its owner reads it.

use nest_schema::TypeOf;
use serde_json::Value as Json;

use crate::catalogue::Attribute;
use crate::series::Value;

/// The value by its declaration: a number, a label, a time, yes or no.
pub(crate) fn value(attribute: &Attribute, value: &Value) -> Json {
    match (attribute.ty(), value) {
        (TypeOf::Bool, Value::Number(number)) => Json::Bool(*number != 0),
        (TypeOf::Decimal { decimals, .. }, Value::Number(steps)) => decimal(*steps, *decimals).into(),
        (TypeOf::Time { unit, .. }, Value::Number(count)) => {
            i64::try_from(*count).map_or(Json::Null, |count| unit.format(count).into())
        }
        (TypeOf::Enum(schema), Value::Number(code)) => {
            let label = schema.labels.iter().find(|label| i128::from(label.code) == *code);
            label.map_or(Json::Null, |label| label.name.into())
        }
        (_, Value::Number(number)) => {
            i64::try_from(*number).map_or_else(|_| number.to_string().into(), Json::from)
        }
        (_, Value::Text(text)) => text.as_str().into(),
    }
}

fn decimal(steps: i128, decimals: u8) -> String {
    let sign = if steps < 0 { "-" } else { "" };
    let digits = format!("{:0>width$}", steps.unsigned_abs(), width = usize::from(decimals) + 1);
    let (whole, part) = digits.split_at(digits.len() - usize::from(decimals));
    if part.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{part}") }
}
