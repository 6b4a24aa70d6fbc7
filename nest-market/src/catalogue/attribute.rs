//! One attribute: what a query can name, and all that is known of its values.

use nest_release::{Axis, BoundsError, Column};
use nest_schema::{Field, Schema, Type, TypeOf};
use serde::{Deserialize, Serialize};

use super::Cadence;
use super::source::{item_of, name_of};

/// The technical type of an attribute, without its bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Technical {
    /// Yes or no.
    Flag,
    /// A whole number.
    Whole,
    /// A number with decimals.
    Decimal,
    /// A coarse time.
    Time,
    /// One of a fixed set of labels.
    Label,
    /// A text. It can be compared, and nothing else.
    Text,
}

/// An attribute of a source. It is cheap to copy: the declaration is kept once.
#[derive(Clone, Copy)]
pub struct Attribute {
    schema: &'static Schema,
    field: &'static Field,
    cadence: Cadence,
}

/// The same attribute of the same declaration. Most of the time, the names or the addresses decide.
impl PartialEq for Attribute {
    fn eq(&self, other: &Self) -> bool {
        self.name() == other.name()
            && self.source() == other.source()
            && self.cadence == other.cadence
            && (std::ptr::eq(self.schema, other.schema) || self.schema == other.schema)
    }
}

impl std::fmt::Debug for Attribute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Attribute({})", self.label())
    }
}

impl Attribute {
    pub(super) fn new(schema: &'static Schema, field: &'static Field, cadence: Cadence) -> Self {
        Self { schema, field, cadence }
    }

    pub(super) fn set_cadence(&mut self, cadence: Cadence) {
        self.cadence = cadence;
    }

    /// The source that it belongs to.
    pub fn source(&self) -> &'static str {
        name_of(self.schema)
    }

    /// Its name in the source.
    pub fn name(&self) -> &'static str {
        self.field.name
    }

    /// As a query writes it: `WeatherStation.temperature`.
    pub fn label(&self) -> String {
        format!("{}.{}", self.source(), self.name())
    }

    /// What the declaration says of it, for people.
    pub fn doc(&self) -> &'static str {
        self.field.doc
    }

    /// The declaration.
    pub fn field(&self) -> &'static Field {
        self.field
    }

    /// The type of a value that is there, with its bounds.
    pub fn ty(&self) -> &'static Type {
        item_of(&self.field.ty)
    }

    /// The technical type.
    pub fn technical(&self) -> Technical {
        match self.ty() {
            TypeOf::Bool => Technical::Flag,
            TypeOf::Integer { .. } => Technical::Whole,
            TypeOf::Decimal { .. } => Technical::Decimal,
            TypeOf::Time { .. } => Technical::Time,
            TypeOf::Enum(_) => Technical::Label,
            _ => Technical::Text,
        }
    }

    /// How sensitive it is: `medical`, `sensor`, `custom:…`; none where nothing was declared.
    pub fn logical(&self) -> Option<&'static str> {
        self.field.logical
    }

    /// The unit of its values.
    pub fn unit(&self) -> Option<&'static str> {
        self.field.unit
    }

    /// What tells it from the same quantity elsewhere: `outside`, `inside`.
    pub fn context(&self) -> Option<&'static str> {
        self.field.context
    }

    /// How its source keeps the values of a person.
    pub fn cadence(&self) -> Cadence {
        self.cadence
    }

    /// The bounds of its numbers, which decide how much noise an answer takes.
    ///
    /// # Errors
    /// Its values are no numbers.
    pub fn column(&self) -> Result<Column, BoundsError> {
        Column::of(self.schema, self.name())
    }

    /// Its values as the cells of a histogram: all that are declared.
    ///
    /// # Errors
    /// Its values are no labels, and more than 1,024.
    pub fn axis(&self) -> Result<Axis, BoundsError> {
        Axis::of(self.schema, self.name())
    }

    /// The declaration of its source.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// A line for people: `WeatherStation.temperature (outside, Cel): number with 1 decimal, -60.0 to 60.0`.
    pub fn describe(&self) -> String {
        let notes: Vec<_> = [self.context(), self.unit()].into_iter().flatten().collect();
        let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join(", ")) };
        format!("{}{notes}: {}", self.label(), self.ty().describe())
    }
}
