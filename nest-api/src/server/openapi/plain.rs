//! Schemas of what is inside a sealed record, in JSON Schema 2020-12.
//!
//! Nothing of this travels in clear. Values are written as people write them: a choice by its label, a time as
//! a text, what is absent as `null`. What is encrypted in their place stands in `x-nest`.

use nest_core::schema::{Absent, EnumSchema, Field, RecordKind, Role, Schema, Type, VARIANT, Variant};
use nest_core::time::TimeUnit;
use serde_json::{Map, Number, Value, json};

use super::components::Components;
use super::{object, schema_ref};

/// The schema of a record.
pub(super) fn record(schema: &'static Schema, components: &mut Components) -> Value {
    let mut of_record = if schema.variants.is_empty() {
        object(fields(schema.fields.iter(), components))
    } else {
        let variants = schema.variants.iter().map(|variant| of_variant(schema, variant, components));
        json!({ "oneOf": variants.collect::<Vec<_>>() })
    };
    if let Some(of_record) = of_record.as_object_mut() {
        of_record.insert("title".to_owned(), json!(schema.name));
        if !schema.doc.is_empty() {
            of_record.insert("description".to_owned(), json!(schema.doc));
        }
        of_record.insert("x-nest".to_owned(), facts_of_record(schema));
    }
    of_record
}

/// An enum with data is one of its variants, and says which.
fn of_variant(schema: &'static Schema, variant: &Variant, components: &mut Components) -> Value {
    let used = variant.fields.iter().filter_map(|name| schema.field(name));
    let mut parts = fields(used, components);
    parts.insert(VARIANT.to_owned(), json!({ "type": "string", "const": variant.name }));
    let mut of_variant = object(parts);
    if let Some(of_variant) = of_variant.as_object_mut() {
        of_variant.insert("title".to_owned(), json!(variant.name));
    }
    of_variant
}

fn fields(fields: impl Iterator<Item = &'static Field>, components: &mut Components) -> Map<String, Value> {
    fields.map(|field| (field.name.to_owned(), of_field(field, components))).collect()
}

fn facts_of_record(schema: &Schema) -> Value {
    let waivers = schema.waivers().into_iter().map(
        |(field, waiver)| json!({ "field": field, "rule": waiver.rule.name(), "reason": waiver.reason }),
    );
    let mut facts = json!({
        "kind": match schema.kind {
            RecordKind::Record => "record",
            RecordKind::Progress => "progress",
        },
        "version": schema.version,
        "fields": schema.fields.iter().map(|field| field.name).collect::<Vec<_>>(),
        "blocks": schema.blocks(),
        "max-blocks": schema.max_blocks,
        "bits": schema.bits(),
        "waivers": waivers.collect::<Vec<_>>(),
    });
    if let (Some(max_bits), Some(facts)) = (schema.max_bits(), facts.as_object_mut()) {
        facts.insert("max-bits".to_owned(), json!(max_bits));
    }
    facts
}

fn of_field(field: &'static Field, components: &mut Components) -> Value {
    let mut of_field = of_type(&field.ty, components);
    let holds = sentence(&field.ty.describe());
    let description = if field.doc.is_empty() { holds } else { format!("{}\n\n{holds}", field.doc) };
    let waivers = field.waivers.iter().map(|w| json!({ "rule": w.rule.name(), "reason": w.reason }));
    let facts = json!({
        "role": match field.role() {
            Role::Pseudonym => "pseudonym",
            Role::Attribute => "attribute",
            Role::Record => "record",
        },
        "blocks": field.blocks(),
        "bits": field.bits(),
        "waivers": waivers.collect::<Vec<_>>(),
    });
    add_facts(&mut of_field, facts);
    if let Some(of_field) = of_field.as_object_mut() {
        of_field.insert("description".to_owned(), json!(description));
    }
    of_field
}

/// A text with a capital letter and a full stop.
fn sentence(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| format!("{}{}.", first.to_uppercase(), letters.as_str())).unwrap_or_default()
}

/// Adds to the `x-nest` of a schema.
fn add_facts(schema: &mut Value, facts: Value) {
    if let (Some(schema), Value::Object(facts)) = (schema.as_object_mut(), facts) {
        let known = schema.entry("x-nest").or_insert_with(|| json!({}));
        if let Some(known) = known.as_object_mut() {
            known.extend(facts);
        }
    }
}

fn of_type(ty: &'static Type, components: &mut Components) -> Value {
    match ty {
        Type::Pseudonym => json!({
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "x-nest": { "pseudonym-of": "whoever opens the record" },
        }),
        Type::Bool => json!({ "type": "boolean" }),
        Type::Integer { min, max } => {
            json!({ "type": "integer", "minimum": whole(*min), "maximum": whole(*max) })
        }
        Type::Decimal { min, max, decimals } => json!({
            "type": "number",
            "minimum": decimal(*min, *decimals),
            "maximum": decimal(*max, *decimals),
            "multipleOf": decimal(1, *decimals),
            "x-nest": { "decimals": decimals },
        }),
        Type::Time { unit, min, max } => time(*unit, *min, *max),
        Type::Enum(schema) => of_enum(schema),
        Type::Text { max_bytes } => json!({
            "type": "string",
            // A bound on letters; that on bytes is stricter where a letter has several.
            "maxLength": max_bytes,
            "x-nest": { "max-bytes": max_bytes, "encoding": "UTF-8" },
        }),
        Type::Optional { item, absent } => json!({
            "anyOf": [of_type(item, components), { "type": "null" }],
            "x-nest": { "absent": stand_in(item, *absent) },
        }),
        Type::Array { item, len } => json!({
            "type": "array",
            "items": of_type(item, components),
            "minItems": len,
            "maxItems": len,
        }),
        Type::List { item, max_len } => json!({
            "type": "array",
            "items": of_type(item, components),
            "maxItems": max_len,
            "x-nest": { "hides": "the number of items" },
        }),
        Type::Record(schema) => schema_ref(&components.plain(schema)),
    }
}

fn of_enum(schema: &EnumSchema) -> Value {
    let names: Vec<_> = schema.labels.iter().map(|label| label.name).collect();
    let labels = schema
        .labels
        .iter()
        .map(|label| json!({ "name": label.name, "code": label.code, "description": label.doc }));
    json!({
        "type": "string",
        "title": schema.name,
        "enum": names,
        "x-nest": { "labels": labels.collect::<Vec<_>>() },
    })
}

fn time(unit: TimeUnit, min: i64, max: i64) -> Value {
    let pattern = match unit {
        TimeUnit::Year => "^[0-9]{4}$",
        TimeUnit::Month => "^[0-9]{4}-(0[1-9]|1[0-2])$",
        TimeUnit::IsoWeek => "^[0-9]{4}-W(0[1-9]|[1-4][0-9]|5[0-3])$",
        TimeUnit::Day => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        TimeUnit::Hour => "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3])$",
    };
    json!({
        "type": "string",
        "pattern": pattern,
        "x-nest": { "unit": unit.name(), "first": unit.format(min), "last": unit.format(max) },
    })
}

/// The value that is encrypted where there is none.
fn stand_in(item: &Type, absent: Absent) -> Value {
    match (absent, item) {
        (Absent::Number(steps), Type::Decimal { decimals, .. }) => {
            i64::try_from(steps).map_or(Value::Null, |steps| decimal(steps, *decimals))
        }
        (Absent::Number(number), _) => whole(number),
        (Absent::Text(text), _) => json!(text),
        (Absent::BuiltIn, Type::Bool) => json!(2),
        (Absent::BuiltIn, Type::Enum(_)) => json!(u16::MAX),
        (Absent::BuiltIn, _) => json!(i64::MAX),
    }
}

fn whole(number: i128) -> Value {
    Number::from_i128(number).map_or(Value::Null, Value::Number)
}

fn decimal(steps: i64, decimals: u8) -> Value {
    json!(steps as f64 / 10_f64.powi(decimals.into()))
}
