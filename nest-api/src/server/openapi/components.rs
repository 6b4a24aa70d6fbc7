//! The schemas that the document names: each record plain, and each that travels sealed as well.

use nest_core::schema::Schema;
use serde_json::{Map, Value};

use super::{message, plain, problems, sealed};

/// Stands before the name of a record in the name of its sealed form.
const SEALED: &str = "Sealed";

/// The named schemas so far.
pub(super) struct Components {
    records: Vec<(&'static Schema, String)>,
    schemas: Map<String, Value>,
}

impl Components {
    /// Those that are the same for every data source.
    pub(super) fn new() -> Self {
        let mut schemas = Map::new();
        schemas.extend(message::parts());
        schemas.extend(problems::schemas());
        Self { records: Vec::new(), schemas }
    }

    /// The name of a record's plain form. Two types may share a name, so records are told apart by their declaration.
    pub(super) fn plain(&mut self, schema: &'static Schema) -> String {
        self.named(schema, schema.name)
    }

    /// The name of the sealed form of an item. An item with a record has one form for each record, so both names are
    /// in it.
    pub(super) fn item(&mut self, schema: &'static Schema) -> String {
        let record = schema.field("record").and_then(|field| field.ty.record());
        let name = match record {
            // The record itself comes first, so that it has the name without a number.
            Some(record) => format!("{}{}", schema.name, self.plain(record)),
            None => schema.name.to_owned(),
        };
        let name = self.named(schema, &name);
        let sealed = sealed::record(schema, &name);
        let of_item = sealed_name(&name);
        self.schemas.insert(of_item.clone(), sealed);
        of_item
    }

    pub(super) fn into_schemas(self) -> Map<String, Value> {
        self.schemas
    }

    fn named(&mut self, schema: &'static Schema, name: &str) -> String {
        if let Some((_, name)) = self.records.iter().find(|(known, _)| *known == schema) {
            return name.clone();
        }
        let name = self.free(name);
        self.records.push((schema, name.clone()));
        let plain = plain::record(schema, self);
        self.schemas.insert(name.clone(), plain);
        name
    }

    /// A name that neither a plain nor a sealed schema has: the wanted one, or with a number behind it.
    fn free(&self, wanted: &str) -> String {
        // Names of Rust types may have letters that those of components may not.
        let wanted: String =
            wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
        let numbered = (2_u32..).map(|number| format!("{wanted}_{number}"));
        let mut candidates = std::iter::once(wanted.clone()).chain(numbered);
        candidates.find(|name| !self.is_taken(name) && !self.is_taken(&sealed_name(name))).unwrap_or(wanted)
    }

    fn is_taken(&self, name: &str) -> bool {
        let by_record = |known: &str| name == known || name == sealed_name(known);
        self.schemas.contains_key(name) || self.records.iter().any(|(_, known)| by_record(known))
    }
}

fn sealed_name(name: &str) -> String {
    format!("{SEALED}{name}")
}
