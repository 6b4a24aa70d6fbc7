//! The blocks of a record type in the order of its declaration: what kind each is, and which values it can have.

use std::sync::Arc;

use crate::declare::schema::{Absent, Parts, Schema, Type};
use crate::encode::value_table::Domain;
use nest_schema::per_schema::PerSchema;

/// One block.
#[derive(Clone)]
pub(crate) enum Leaf {
    Pseudonym,
    /// An attribute, and its domain where that is small.
    Attribute(Option<Arc<Domain>>),
}

/// The layout of a record type, worked out once for each type in this process.
pub(crate) fn of(schema: &'static Schema) -> Arc<[Leaf]> {
    static LAYOUTS: PerSchema<Arc<[Leaf]>> = PerSchema::new();
    LAYOUTS.of(schema, || {
        let mut leaves = Vec::with_capacity(schema.blocks());
        fields(schema, &mut leaves);
        leaves.into()
    })
}

fn fields(schema: &Schema, leaves: &mut Vec<Leaf>) {
    for field in schema.fields {
        value(&field.ty, None, leaves);
    }
}

fn value(ty: &Type, absent: Option<Absent>, leaves: &mut Vec<Leaf>) {
    match ty.parts() {
        Parts::Leaf => {
            let leaf = match ty {
                Type::Pseudonym => Leaf::Pseudonym,
                _ => Leaf::Attribute(Domain::of(ty, absent)),
            };
            leaves.extend(std::iter::repeat_n(leaf, ty.blocks()));
        }
        Parts::Optional(item, absent) => value(item, Some(absent), leaves),
        Parts::Array(item, len) => items(item, len, leaves),
        Parts::List(item, max_len) => {
            let max = i128::try_from(max_len).unwrap_or(i128::MAX);
            value(&Type::Integer { min: 0, max }, None, leaves);
            items(item, max_len, leaves);
        }
        Parts::Record(schema) => fields(schema, leaves),
    }
}

fn items(item: &Type, len: usize, leaves: &mut Vec<Leaf>) {
    let mut one = Vec::with_capacity(item.blocks());
    value(item, None, &mut one);
    for _ in 0..len {
        leaves.extend_from_slice(&one);
    }
}
