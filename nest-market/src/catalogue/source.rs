//! One source: where data about people comes from, such as an app, a meter or a questionnaire.

use nest_schema::{FieldOf, RecordKind, Role, Schema, Type, TypeOf};

use super::{Attribute, CatalogueError};
use crate::query::is_name;

/// How a source keeps the values of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Cadence {
    /// Readings over time. A query takes the mean of the person's readings in its interval.
    #[default]
    Series,
    /// One value that stays until it is changed, such as a year of birth. A query takes the latest.
    Steady,
}

/// A source of the catalogue, with its attributes in the order of their declaration.
#[derive(Debug, Clone)]
pub struct Source {
    schema: &'static Schema,
    cadence: Cadence,
    attributes: Vec<Attribute>,
}

impl Source {
    pub(super) fn of(schema: &'static Schema) -> Result<Self, CatalogueError> {
        let name = name_of(schema);
        let refused = |reason: &'static str| CatalogueError::Source { name: name.to_owned(), reason };
        if !is_name(name) {
            return Err(refused(
                "a query cannot name it: use letters, digits and `_`, and no word of the query language",
            ));
        }
        if schema.kind == RecordKind::Linkage {
            return Err(refused("what people are linked by is never offered"));
        }
        if !schema.variants.is_empty() {
            return Err(refused("a source has the same fields for everybody: use a struct"));
        }
        let mut attributes: Vec<Attribute> = Vec::new();
        for field in schema.fields {
            if !is_attribute(field) {
                if field.logical.is_some() {
                    return Err(CatalogueError::Attribute {
                        source: name.to_owned(),
                        name: field.name.to_owned(),
                        reason: "it declares a logical type, but its values are no single bounded value",
                    });
                }
                continue;
            }
            if !is_name(field.name) {
                return Err(CatalogueError::Attribute {
                    source: name.to_owned(),
                    name: field.name.to_owned(),
                    reason: "a query cannot name it: use letters, digits and `_`",
                });
            }
            if let Some(known) = attributes.iter().find(|known| known.name().eq_ignore_ascii_case(field.name))
            {
                return Err(CatalogueError::Duplicate {
                    first: known.label(),
                    second: format!("{name}.{}", field.name),
                });
            }
            attributes.push(Attribute::new(schema, field, Cadence::Series));
        }
        if attributes.is_empty() {
            return Err(refused("it has no attribute that can be asked for"));
        }
        Ok(Self { schema, cadence: Cadence::Series, attributes })
    }

    pub(super) fn set_cadence(&mut self, cadence: Cadence) {
        self.cadence = cadence;
        for attribute in &mut self.attributes {
            attribute.set_cadence(cadence);
        }
    }

    /// The name, as in a query: that of `#[pep(source = "…")]`, or without one that of the record.
    pub fn name(&self) -> &'static str {
        name_of(self.schema)
    }

    /// What the source says of itself.
    pub fn doc(&self) -> &'static str {
        self.schema.doc
    }

    /// The declaration.
    pub fn schema(&self) -> &'static Schema {
        self.schema
    }

    /// How it keeps the values of a person.
    pub fn cadence(&self) -> Cadence {
        self.cadence
    }

    /// What can be asked for.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// The attribute of this name.
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| attribute.name() == name)
    }

    /// The source and the record behind it, for an error about two of them.
    pub(super) fn describe_origin(&self) -> String {
        format!("{} (record {}, version {})", self.name(), self.schema.name, self.schema.version)
    }
}

pub(super) fn name_of(schema: &'static Schema) -> &'static str {
    schema.source.unwrap_or(schema.name)
}

/// The type of a value that is there.
pub(super) fn item_of(ty: &'static Type) -> &'static Type {
    match ty {
        TypeOf::Optional { item, .. } => item,
        ty => ty,
    }
}

fn is_attribute(field: &FieldOf<'static>) -> bool {
    let single = matches!(
        item(&field.ty),
        TypeOf::Bool
            | TypeOf::Integer { .. }
            | TypeOf::Decimal { .. }
            | TypeOf::Time { .. }
            | TypeOf::Enum(_)
            | TypeOf::Text { .. }
    );
    field.role() == Role::Attribute && single
}

fn item<'t>(ty: &'t TypeOf<'static>) -> &'t TypeOf<'static> {
    match ty {
        TypeOf::Optional { item, .. } => item,
        ty => ty,
    }
}
