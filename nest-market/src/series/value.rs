//! One value of a person, as the gate counts it.

/// A value of an attribute. Its `Debug` shows nothing: it is about a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Value {
    /// A number in steps of the attribute, a count of a time, 0 or 1 for a flag, the code of a label.
    Number(i128),
    /// A text.
    Text(String),
}

impl std::fmt::Debug for Value {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Value(..)")
    }
}

impl Value {
    /// The number, where it is one.
    pub fn number(&self) -> Option<i128> {
        match self {
            Value::Number(number) => Some(*number),
            Value::Text(_) => None,
        }
    }
}
