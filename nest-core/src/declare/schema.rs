//! What a record declares, as data: the crate nest-schema, with what needs libpep.

use libpep::data::json::structure::JSONStructure;
pub use nest_schema::{
    Absent, AtRest, Counts, EnumSchema, Field, Fingerprint, FingerprintError, Label, Leaf, MAX_CODE,
    MIN_CODE, Manifest, ManifestError, ManifestFault, Parts, RecordKind, Role, Schema, TextError, TimeUnit,
    Type, TypeVisitor, Use, Uses, VARIANT, Variant, Waiver,
};

pub(crate) use nest_schema::{ABSENT_CODE, ABSENT_TIME, LIST_COUNT, LIST_ITEMS};

/// The shape of every value of a record, as libpep describes it: fields in alphabetical order.
pub fn structure(schema: &Schema) -> JSONStructure {
    let mut fields: Vec<_> =
        schema.fields.iter().map(|field| (field.name.to_owned(), type_structure(&field.ty))).collect();
    fields.sort_by(|a, b| a.0.cmp(&b.0));
    JSONStructure::Object(fields)
}

/// The shape of every value of a type, as libpep describes it.
pub fn type_structure(ty: &Type) -> JSONStructure {
    ty.visit(Structure)
}

/// How libpep describes the shape of a type.
struct Structure;

impl TypeVisitor<'static> for Structure {
    type Output = JSONStructure;

    fn pseudonym(self) -> JSONStructure {
        JSONStructure::Pseudonym(1)
    }

    fn bool(self) -> JSONStructure {
        JSONStructure::Bool
    }

    fn integer(self, _: i128, _: i128) -> JSONStructure {
        JSONStructure::Number
    }

    fn decimal(self, _: i64, _: i64, _: u8) -> JSONStructure {
        JSONStructure::Number
    }

    fn time(self, _: TimeUnit, _: i64, _: i64) -> JSONStructure {
        JSONStructure::Number
    }

    fn label(self, _: &'static EnumSchema) -> JSONStructure {
        JSONStructure::Number
    }

    fn text(self, max_bytes: usize) -> JSONStructure {
        JSONStructure::String(Type::Text { max_bytes }.blocks())
    }

    fn optional(self, item: &'static Type, _: Absent) -> JSONStructure {
        item.visit(self)
    }

    fn array(self, item: &'static Type, len: usize) -> JSONStructure {
        JSONStructure::Array(vec![item.visit(self); len])
    }

    fn list(self, item: &'static Type, max_len: usize) -> JSONStructure {
        JSONStructure::Object(vec![
            (LIST_COUNT.to_owned(), JSONStructure::Number),
            (LIST_ITEMS.to_owned(), self.array(item, max_len)),
        ])
    }

    fn record(self, schema: &'static Schema) -> JSONStructure {
        structure(schema)
    }

    fn or_filler(self, schema: &'static Schema) -> JSONStructure {
        structure(schema)
    }
}
