//! Schemas of what travels: libpep's tagged JSON, as a sealed record is written and read.

use nest_core::schema::{Schema, Type};
use serde_json::{Map, Value, json};

use super::components::Components;
use super::{object, schema_ref};

/// The letters of one ciphertext: 64 bytes in the base64 of URLs, padded.
const CIPHERTEXT_LETTERS: usize = 88;

/// One ciphertext, without the ends of a pattern. The last letter before the padding has four bits to spare,
/// which are zero.
const CIPHERTEXT: &str = "[A-Za-z0-9_-]{85}[AQgw]==";

/// The schemas of values of one block.
pub(super) fn leaves() -> impl Iterator<Item = (String, Value)> {
    let leaf = |(tag, what): (&str, &str)| {
        let mut schema = tagged(tag, schema_ref("Ciphertext"));
        describe(&mut schema, what);
        (format!("Sealed{tag}"), schema)
    };
    let ciphertext = json!({
        "type": "string",
        "description": "One encrypted block: 64 bytes in the base64 of URLs.",
        "pattern": format!("^{CIPHERTEXT}$"),
        "minLength": CIPHERTEXT_LETTERS,
        "maxLength": CIPHERTEXT_LETTERS,
    });
    let leaves = [
        ("Pseudonym", "A sealed pseudonym, which becomes another on its way from one domain to the next."),
        ("Bool", "A sealed truth value."),
        ("Number", "A sealed number; so are times and the choices of an enumeration."),
        ("String", "A sealed text of one block."),
    ];
    std::iter::once(("Ciphertext".to_owned(), ciphertext)).chain(leaves.map(leaf))
}

/// The schema of a sealed record, whose plain form has that name.
pub(super) fn record(schema: &'static Schema, plain: &str, components: &mut Components) -> Value {
    let fields = schema.fields.iter().map(|field| (field.name.to_owned(), value(&field.ty, components)));
    let mut sealed = tagged("Object", object(fields.collect()));
    describe(&mut sealed, &format!("A sealed `{plain}`."));
    if let Some(sealed) = sealed.as_object_mut() {
        sealed.insert("title".to_owned(), json!(format!("{}, sealed", schema.name)));
        sealed.insert("x-nest-plain".to_owned(), schema_ref(plain));
    }
    sealed
}

fn value(ty: &'static Type, components: &mut Components) -> Value {
    match ty {
        Type::Pseudonym => schema_ref("SealedPseudonym"),
        Type::Bool => schema_ref("SealedBool"),
        Type::Integer { .. } | Type::Decimal { .. } | Type::Time { .. } | Type::Enum(_) => {
            schema_ref("SealedNumber")
        }
        Type::Text { .. } if ty.blocks() == 1 => schema_ref("SealedString"),
        Type::Text { .. } => long_text(ty.blocks()),
        // What may be absent has the shape of what is there.
        Type::Optional { item, .. } => value(item, components),
        Type::Array { item, len } => items(item, *len, components),
        Type::List { item, max_len } => {
            let mut parts = Map::new();
            parts.insert("count".to_owned(), schema_ref("SealedNumber"));
            parts.insert("items".to_owned(), items(item, *max_len, components));
            tagged("Object", object(parts))
        }
        Type::Record(schema) => schema_ref(&components.sealed(schema)),
    }
}

/// A text of several blocks: their ciphertexts in one text.
fn long_text(blocks: usize) -> Value {
    let (more, letters) = (blocks.saturating_sub(1), blocks * (CIPHERTEXT_LETTERS + 1) - 1);
    let data = json!({
        "type": "string",
        "description": format!("{blocks} encrypted blocks, with `|` between them."),
        "pattern": format!(r"^{CIPHERTEXT}(\|{CIPHERTEXT}){{{more}}}$"),
        "minLength": letters,
        "maxLength": letters,
    });
    tagged("LongString", data)
}

fn items(item: &'static Type, len: usize, components: &mut Components) -> Value {
    let data = json!({
        "type": "array",
        "items": value(item, components),
        "minItems": len,
        "maxItems": len,
    });
    tagged("Array", data)
}

fn tagged(tag: &str, data: Value) -> Value {
    let mut parts = Map::new();
    parts.insert("type".to_owned(), json!({ "type": "string", "const": tag }));
    parts.insert("data".to_owned(), data);
    object(parts)
}

fn describe(schema: &mut Value, what: &str) {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(what));
    }
}
