//! Writing libpep's JSON of any shape, in one order.

use std::collections::HashMap;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

/// libpep's JSON of an encrypted value, with the keys of objects in order: those of a `HashMap` would come
/// in another order for each record.
pub(super) struct Ordered<'a>(pub(super) &'a EncryptedPEPJSONValue);

impl Serialize for Ordered<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            EncryptedPEPJSONValue::Array(items) => tagged(serializer, "Array", &OrderedItems(items)),
            EncryptedPEPJSONValue::Object(fields) => tagged(serializer, "Object", &OrderedFields(fields)),
            leaf => leaf.serialize(serializer),
        }
    }
}

fn tagged<S: Serializer>(serializer: S, tag: &str, data: &impl Serialize) -> Result<S::Ok, S::Error> {
    let mut map = serializer.serialize_map(Some(2))?;
    map.serialize_entry("type", tag)?;
    map.serialize_entry("data", data)?;
    map.end()
}

struct OrderedItems<'a>(&'a [EncryptedPEPJSONValue]);

impl Serialize for OrderedItems<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut seq = serializer.serialize_seq(Some(self.0.len()))?;
        for item in self.0 {
            seq.serialize_element(&Ordered(item))?;
        }
        seq.end()
    }
}

struct OrderedFields<'a>(&'a HashMap<String, EncryptedPEPJSONValue>);

impl Serialize for OrderedFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut fields: Vec<_> = self.0.iter().collect();
        fields.sort_by_key(|(name, _)| *name);
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in fields {
            map.serialize_entry(name, &Ordered(value))?;
        }
        map.end()
    }
}
