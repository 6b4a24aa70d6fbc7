//! Schemas of the message around sealed records.

use std::ops::RangeInclusive;

use nest_core::schema::Schema;
use nest_core::{Domain, Fingerprint};
use serde_json::{Map, Value, json};

use super::{object, schema_ref};

/// A name of a domain, a transcryptor or a session.
const NAME: &str = "^[!-~]{1,100}$";

/// The schemas of what every message has.
pub(super) fn parts() -> [(String, Value); 3] {
    let minute = json!({
        "type": "string",
        "format": "date-time",
        "description": "A minute of UTC. Seconds are cut off.",
        "examples": ["2026-03-15T14:30:00Z"],
        "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:00Z$",
    });
    let domain = json!({
        "type": "string",
        "description": "A domain in which a person has one pseudonym.",
        "examples": ["nest"],
        "pattern": NAME,
    });
    let sessions = json!({
        "type": "object",
        "description": "The sender's session at each transcryptor, by the transcryptor's name.",
        "examples": [{ "transcryptor-1": "nest_4fA9", "transcryptor-2": "nest_c07B" }],
        "minProperties": 1,
        "maxProperties": 16,
        "propertyNames": { "pattern": NAME },
        "additionalProperties": { "type": "string", "pattern": NAME },
    });
    [("Minute", minute), ("Domain", domain), ("Sessions", sessions)]
        .map(|(name, part)| (name.to_owned(), part))
}

/// The receiver of a message.
pub(super) enum To<'a> {
    /// A data source, which has these domains.
    Source(&'a [Domain]),
    /// The platform that asked.
    Caller,
}

/// The records of a message.
pub(super) struct Records {
    /// The name of their sealed schema.
    pub(super) sealed: String,
    /// Their shape.
    pub(super) shape: Fingerprint,
    /// How few there may be, and how many.
    pub(super) count: RangeInclusive<usize>,
}

/// The schema of a message about an activity.
pub(super) fn schema(activity: &str, to: &To<'_>, about: &'static Schema, records: &Records) -> Value {
    let mut batch = Map::new();
    let domain = match to {
        To::Source(_) => "The domain whose pseudonyms the sender has.",
        To::Caller => "The domain that the data source was asked in.",
    };
    batch.insert("domain".to_owned(), described(schema_ref("Domain"), domain));
    batch.insert("sessions".to_owned(), schema_ref("Sessions"));
    let shape = json!({ "type": "string", "const": records.shape });
    batch
        .insert("shape".to_owned(), described(shape, "The fingerprint of what the records are declared as."));
    let records = json!({
        "type": "array",
        "items": schema_ref(&records.sealed),
        "minItems": records.count.start(),
        "maxItems": records.count.end(),
    });
    batch.insert("records".to_owned(), described(records, "In an order that says nothing."));

    let mut parts = Map::new();
    parts.insert("activity".to_owned(), json!({ "type": "string", "const": activity }));
    parts.insert("at".to_owned(), schema_ref("Minute"));
    let meaning = json!({ "type": "string", "const": about.meaning_fingerprint() });
    let meaning = described(meaning, "The fingerprint of what the record that this is about means.");
    parts.insert("meaning".to_owned(), meaning);
    parts.insert("batch".to_owned(), object(batch));
    let mut message = object(parts);
    if let Some(parts) = message.pointer_mut("/properties").and_then(Value::as_object_mut) {
        // Added here, because it is not required.
        parts.insert("to".to_owned(), to.schema());
    }
    message
}

impl To<'_> {
    fn schema(&self) -> Value {
        match self {
            To::Source(domains) => {
                let names: Vec<_> = domains.iter().map(Domain::as_str).collect();
                let first = names.first().copied().unwrap_or_default();
                json!({
                    "type": "string",
                    "description": format!("The domain that the batch is meant for: `{first}` where none is named."),
                    "enum": names,
                })
            }
            To::Caller => described(schema_ref("Domain"), "The domain that the batch is meant for."),
        }
    }
}

fn described(mut schema: Value, description: &str) -> Value {
    if let Some(schema) = schema.as_object_mut() {
        schema.insert("description".to_owned(), json!(description));
    }
    schema
}
