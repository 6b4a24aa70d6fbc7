//! Answers that have cells: histograms and tables, exact with gaps or with noise.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A cell that is shown or suppressed. In JSON: the value, or the text `"suppressed"`.
///
/// Suppressed is not zero and not absent. It stands for any number that is too small, zero included, and for some that
/// are larger and were suppressed to protect those.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Suppressible<T> {
    /// The value.
    Value(T),
    /// No value.
    Suppressed,
}

/// The number of people for each value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct HistogramOf<T> {
    /// The field.
    pub field: String,
    /// Every declared value with its cell, in the order of the declaration.
    pub cells: Vec<(String, T)>,
    /// All people; absent where cells have noise, as their sum is as good.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub total: Option<T>,
}

/// The number of people for each pair of values of two fields.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct TableOf<T> {
    /// The two fields: that of the rows and that of the columns.
    pub fields: (String, String),
    /// The labels of the rows, in the order of the declaration.
    pub rows: Vec<String>,
    /// The labels of the columns, in the order of the declaration.
    pub columns: Vec<String>,
    /// The cells, row after row.
    pub cells: Vec<Vec<T>>,
    /// The sums; absent where cells have noise, as the sums of the cells are as good.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub margins: Option<Margins<T>>,
}

/// The margins of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Margins<T> {
    /// The sum of each row.
    pub rows: Vec<T>,
    /// The sum of each column.
    pub columns: Vec<T>,
    /// The sum of all cells.
    pub total: T,
}

const SUPPRESSED: &str = "suppressed";

impl<T: Serialize> Serialize for Suppressible<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Suppressible::Value(value) => value.serialize(serializer),
            Suppressible::Suppressed => serializer.serialize_str(SUPPRESSED),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Suppressible<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Cell<T> {
            Value(T),
            Text(String),
        }
        match Cell::deserialize(deserializer)? {
            Cell::Value(value) => Ok(Suppressible::Value(value)),
            Cell::Text(text) if text == SUPPRESSED => Ok(Suppressible::Suppressed),
            Cell::Text(_) => Err(de::Error::custom("a value or \"suppressed\"")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_suppressed_cell_is_neither_zero_nor_absent() {
        let cells = [Suppressible::Value(0_u64), Suppressible::Suppressed];
        let json = serde_json::to_string(&cells).unwrap();
        assert_eq!(json, r#"[0,"suppressed"]"#);
        assert_eq!(serde_json::from_str::<Vec<Suppressible<u64>>>(&json).unwrap(), cells);
        assert!(serde_json::from_str::<Suppressible<u64>>("null").is_err());
        assert!(serde_json::from_str::<Suppressible<u64>>("\"none\"").is_err());
    }
}
