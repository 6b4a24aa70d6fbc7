//! Values as files and databases write them, in the one text form that each value has here.

use std::borrow::Cow;

use nest_core::schema::{Field, Leaf, Schema, Type};
use nest_core::value::{ParseValue, PlainRecord};

use super::DataError;

/// A column of a table, and the field that it fills.
pub(super) struct Column {
    pub(super) path: String,
    field: Field,
    filler: bool,
}

/// The columns of a declaration: its fields, and those of records within it by their paths, `home.people`.
///
/// # Errors
///
/// [`DataError::Column`] where a field has no text form.
pub(super) fn columns(schema: &'static Schema) -> Result<Vec<Column>, DataError> {
    schema.leaves().map(column).collect()
}

fn column(leaf: Leaf<'static>) -> Result<Column, DataError> {
    if leaf.path.contains('[') || leaf.path.ends_with(".count") {
        let fault = "is a list or an array, which no column can hold: leave it out of the manifest";
        return Err(DataError::Column { column: leaf.path, fault });
    }
    let field = Field::new(leaf.field.name, leaf.ty);
    Ok(Column { path: leaf.path, field, filler: leaf.filler })
}

impl Column {
    /// Puts the value of a column into a record.
    pub(super) fn put(&self, record: &mut PlainRecord, text: &str, line: u64) -> Result<(), DataError> {
        let refused = |expected: String| DataError::Value { line, column: self.path.clone(), expected };
        if self.filler && text.is_empty() {
            return Ok(());
        }
        let text = usual(&self.field.ty, text);
        let value = self.field.parse(&text).map_err(|_| refused(self.expected()))?;
        record.set(&self.path, value).map_err(|_| refused(self.expected()))
    }

    fn expected(&self) -> String {
        self.field.ty.describe()
    }
}

/// The text form of what spreadsheets and programs write: `5.0` for a whole number, `21.3` where two decimals are
/// declared, `True`, and spaces around a number. What changes the value is left as it is, and is refused then.
fn usual<'t>(ty: &Type, text: &'t str) -> Cow<'t, str> {
    let ty = match ty {
        Type::Optional { item, .. } => item,
        ty => ty,
    };
    match ty {
        Type::Text { .. } | Type::Enum(_) | Type::Pseudonym => Cow::Borrowed(text),
        Type::Bool => match text.trim().to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Cow::Borrowed("true"),
            "0" | "false" | "no" => Cow::Borrowed("false"),
            _ => Cow::Borrowed(text.trim()),
        },
        Type::Integer { .. } => number(text.trim(), 0),
        Type::Decimal { decimals, .. } => number(text.trim(), usize::from(*decimals)),
        _ => Cow::Borrowed(text.trim()),
    }
}

/// A number with as many decimals as are declared, where the others are zeros.
fn number(text: &str, decimals: usize) -> Cow<'_, str> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = !whole.is_empty() && whole.bytes().chain(part.bytes()).all(|byte| byte.is_ascii_digit());
    let part = part.trim_end_matches('0');
    if !is_number || part.len() > decimals {
        return Cow::Borrowed(text);
    }
    let whole = match whole.trim_start_matches('0') {
        "" => "0",
        whole => whole,
    };
    let zero = whole == "0" && part.is_empty();
    let (sign, point) = (if zero { "" } else { sign }, if decimals > 0 { "." } else { "" });
    Cow::Owned(format!("{sign}{whole}{point}{part:0<decimals$}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_programs_write_them() {
        let cases = [
            ("5", 0, "5"),
            ("5.0", 0, "5"),
            ("007", 0, "7"),
            ("+5", 0, "5"),
            ("-0", 0, "0"),
            ("-0.0", 1, "0.0"),
            ("21.3", 2, "21.30"),
            ("21", 2, "21.00"),
            ("-21.300", 2, "-21.30"),
            // These are other values, or none: they stay as they are.
            ("5.5", 0, "5.5"),
            ("21.345", 2, "21.345"),
            ("1e3", 0, "1e3"),
            ("1,5", 1, "1,5"),
            ("", 0, ""),
            (".5", 1, ".5"),
        ];
        for (text, decimals, expected) in cases {
            assert_eq!(number(text, decimals), expected, "{text}");
        }
    }
}
