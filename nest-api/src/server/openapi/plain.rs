//! Schemas of what is inside a sealed record, in JSON Schema 2020-12.
//!
//! Nothing of this travels in clear. Values are written as people write them: a choice by its label, a time as
//! a text, what is absent as `null`. What is encrypted in their place stands in `x-nest`.

use nest_core::schema::TimeUnit;
use nest_core::schema::{Absent, EnumSchema, Field, Role, Schema, Type, TypeVisitor, Use, VARIANT, Variant};
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
        "kind": schema.kind.name(),
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
    add_facts(&mut of_field, meaning(field));
    if let Some(of_field) = of_field.as_object_mut() {
        of_field.insert("description".to_owned(), json!(description));
    }
    of_field
}

/// What the values of a field mean and may be used for, as far as that is declared.
fn meaning(field: &Field) -> Value {
    let mut facts = Map::new();
    if field.subject {
        facts.insert("subject".to_owned(), json!(true));
    }
    if !field.uses.is_empty() {
        facts.insert("uses".to_owned(), field.uses.iter().map(Use::name).collect());
    }
    // A time has a `unit` of its own: that of the calendar.
    let texts = [
        ("logical", field.logical),
        ("measured-in", field.unit),
        ("context", field.context),
        ("canon", field.canon),
    ];
    for (name, text) in texts {
        if let Some(text) = text {
            facts.insert(name.to_owned(), json!(text));
        }
    }
    Value::Object(facts)
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
    ty.visit(Describe(components))
}

/// Describes a value by its type.
struct Describe<'a>(&'a mut Components);

impl TypeVisitor<'static> for Describe<'_> {
    type Output = Value;

    fn pseudonym(self) -> Value {
        json!({
            "type": "string",
            "pattern": "^[0-9a-f]{64}$",
            "x-nest": { "pseudonym-of": "the receiver of the record" },
        })
    }

    fn bool(self) -> Value {
        json!({ "type": "boolean" })
    }

    fn integer(self, min: i128, max: i128) -> Value {
        json!({ "type": "integer", "minimum": whole(min), "maximum": whole(max) })
    }

    fn decimal(self, min: i64, max: i64, decimals: u8) -> Value {
        json!({
            "type": "number",
            "minimum": decimal(min, decimals),
            "maximum": decimal(max, decimals),
            // No `multipleOf`: validators that divide in floating point say that 0.3 is no multiple of 0.1.
            "x-nest": { "decimals": decimals },
        })
    }

    fn time(self, unit: TimeUnit, min: i64, max: i64) -> Value {
        time(unit, min, max)
    }

    fn label(self, schema: &'static EnumSchema) -> Value {
        of_enum(schema)
    }

    fn text(self, max_bytes: usize) -> Value {
        json!({
            "type": "string",
            // A bound on letters; that on bytes is stricter where a letter has several.
            "maxLength": max_bytes,
            "x-nest": { "max-bytes": max_bytes, "encoding": "UTF-8" },
        })
    }

    fn optional(self, item: &'static Type, absent: Absent) -> Value {
        if let Absent::Reasons(reasons) = absent {
            return json!({
                "anyOf": [of_type(item, self.0), of_enum(reasons)],
                "x-nest": { "absent": "one of the reasons, which travels as its code" },
            });
        }
        json!({
            "anyOf": [of_type(item, self.0), { "type": "null" }],
            "x-nest": { "absent": stand_in(item, absent) },
        })
    }

    fn array(self, item: &'static Type, len: usize) -> Value {
        json!({
            "type": "array",
            "items": of_type(item, self.0),
            "minItems": len,
            "maxItems": len,
        })
    }

    fn list(self, item: &'static Type, max_len: usize) -> Value {
        json!({
            "type": "array",
            "items": of_type(item, self.0),
            "maxItems": max_len,
            "x-nest": { "hides": "the number of items" },
        })
    }

    fn record(self, schema: &'static Schema) -> Value {
        schema_ref(&self.0.plain(schema))
    }

    fn or_filler(self, schema: &'static Schema) -> Value {
        schema_ref(&self.0.plain(schema))
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
    json!({
        "type": "string",
        "pattern": unit.pattern(),
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
        (Absent::Reasons(reasons), _) => of_enum(reasons),
        (Absent::BuiltIn, _) => json!(i64::MAX),
    }
}

fn whole(number: i128) -> Value {
    Number::from_i128(number).map_or(Value::Null, Value::Number)
}

fn decimal(steps: i64, decimals: u8) -> Value {
    json!(steps as f64 / 10_f64.powi(decimals.into()))
}
