//! Schemas of what travels. Each sealed record is one text, and `x-nest-blocks` tells where each field lies in it.

use nest_core::schema::{Field, Parts, Schema, Type};
use serde_json::{Map, Value, json};

use super::{encoding, schema_ref};

/// The bytes of one encrypted block.
const BLOCK_BYTES: usize = 64;

/// The schema of a sealed record, whose plain form has that name.
pub(super) fn record(schema: &'static Schema, plain: &str) -> Value {
    let blocks = schema.blocks();
    let letters = (blocks * BLOCK_BYTES * 4).div_ceil(3);
    json!({
        "title": format!("{}, sealed", schema.name),
        "description": format!(
            "A sealed `{plain}`: {blocks} encrypted blocks of {BLOCK_BYTES} bytes, one after the other in the order of \
             `x-nest-blocks`, in the base64 of URLs without padding.",
        ),
        "type": "string",
        // The length stands apart. Some validators do not count this far in a pattern.
        "minLength": letters,
        "maxLength": letters,
        "pattern": format!("^[A-Za-z0-9_-]*{}$", last_letter(blocks * BLOCK_BYTES)),
        "x-nest-plain": schema_ref(plain),
        "x-nest-shape": schema.shape_fingerprint(),
        "x-nest-blocks": fields(schema.fields),
    })
}

/// The last letter after so many bytes. Its spare bits are zero.
fn last_letter(bytes: usize) -> &'static str {
    match bytes % 3 {
        0 => "",
        1 => "[AQgw]",
        _ => "[AEIMQUYcgkosw048]",
    }
}

/// What lies where, in order.
fn fields(fields: &'static [Field]) -> Vec<Value> {
    fields.iter().map(|field| named(field.name, &field.ty)).collect()
}

fn named(name: &str, ty: &'static Type) -> Value {
    let mut part = Map::from_iter([("name".to_owned(), json!(name))]);
    part.extend(part_of(ty));
    part.into()
}

/// The kind that a type has on the wire, its blocks, and what lies within it.
fn part_of(ty: &'static Type) -> Map<String, Value> {
    let within = match ty.parts() {
        // An absent value has the shape of a value.
        Parts::Optional(item, _) => return part_of(item),
        Parts::Array(item, len) => return array(item, len),
        Parts::Leaf => None,
        Parts::List(item, max_len) => {
            let count = json!({ "name": "count", "kind": "Number", "blocks": 1, "encoding": "integer" });
            let mut items = array(item, max_len);
            items.insert("name".to_owned(), json!("items"));
            Some(json!([count, items]))
        }
        Parts::Record(schema) => Some(fields(schema.fields).into()),
    };
    let mut part = Map::from_iter([
        ("kind".to_owned(), json!(ty.wire_kind())),
        ("blocks".to_owned(), json!(ty.blocks())),
    ]);
    part.extend(encoding::of(ty).map(|encoding| ("encoding".to_owned(), json!(encoding))));
    part.extend(within.map(|within| ("fields".to_owned(), within)));
    part
}

fn array(item: &'static Type, len: usize) -> Map<String, Value> {
    Map::from_iter([
        ("kind".to_owned(), json!("Array")),
        ("blocks".to_owned(), json!(item.blocks() * len)),
        ("len".to_owned(), json!(len)),
        ("each".to_owned(), part_of(item).into()),
    ])
}
