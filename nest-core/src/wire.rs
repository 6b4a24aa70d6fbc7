//! The wire form of a sealed record: libpep's JSON, written in one order and read strictly by the schema.
//!
//! libpep reads any shape, buffers it, and passes over keys that it does not know. Here the schema says what must
//! come next, so a record of another shape is refused where it differs, and nothing can hide beside one.

use std::collections::HashMap;
use std::fmt;

use libpep::data::json::EncryptedPEPJSONValue;
use libpep::data::long::LongEncryptedAttribute;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::schema::{LIST_COUNT, LIST_ITEMS, Schema, Type};

/// libpep's JSON of an encrypted value, with the keys of objects in order: those of a `HashMap` would come
/// in another order for each record.
pub(crate) struct Ordered<'a>(pub(crate) &'a EncryptedPEPJSONValue);

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

/// Reads a sealed record of that schema.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    schema: &'static Schema,
    deserializer: D,
) -> Result<EncryptedPEPJSONValue, D::Error> {
    Value(Shape::Record(schema)).deserialize(deserializer)
}

/// What must come next.
#[derive(Clone, Copy)]
enum Shape {
    /// A value of a type.
    Type(&'static Type),
    /// The fields of a record.
    Record(&'static Schema),
    /// The count and the items of a list.
    List(&'static Type, usize),
    /// A number of items.
    Items(&'static Type, usize),
    /// A list's count.
    Count,
}

impl Shape {
    /// The shape of what travels: an optional value is a value, a record and a list are objects.
    fn of(ty: &'static Type) -> Self {
        match ty {
            Type::Optional { item, .. } => Self::of(item),
            Type::Record(schema) => Shape::Record(schema),
            Type::List { item, max_len } => Shape::List(item, *max_len),
            Type::Array { item, len } => Shape::Items(item, *len),
            leaf => Shape::Type(leaf),
        }
    }

    /// libpep's tag.
    fn tag(self) -> &'static str {
        match self {
            Shape::Record(_) | Shape::List(..) => "Object",
            Shape::Items(..) => "Array",
            Shape::Count => "Number",
            Shape::Type(Type::Pseudonym) => "Pseudonym",
            Shape::Type(Type::Bool) => "Bool",
            Shape::Type(ty @ Type::Text { .. }) if ty.blocks() > 1 => "LongString",
            Shape::Type(Type::Text { .. }) => "String",
            Shape::Type(_) => "Number",
        }
    }

    /// The number of keys of an object, and the shape under one of them.
    fn keys(self) -> usize {
        match self {
            Shape::Record(schema) => schema.fields.len(),
            Shape::List(..) => 2,
            _ => 0,
        }
    }

    fn key(self, name: &str) -> Option<(&'static str, Shape)> {
        match self {
            Shape::Record(schema) => schema.field(name).map(|field| (field.name, Shape::of(&field.ty))),
            Shape::List(..) if name == LIST_COUNT => Some((LIST_COUNT, Shape::Count)),
            Shape::List(item, len) if name == LIST_ITEMS => Some((LIST_ITEMS, Shape::Items(item, len))),
            _ => None,
        }
    }
}

/// The one thing that is said of what is refused: it never quotes what was sent.
const REFUSED: &str = "a sealed record of another shape than declared";

/// A value with its tag: `{"type": …, "data": …}`.
struct Value(Shape);

impl<'de> DeserializeSeed<'de> for Value {
    type Value = EncryptedPEPJSONValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Value {
    type Value = EncryptedPEPJSONValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        // JSON objects have no order: the schema already knows what the tag will say.
        let (mut tagged, mut value) = (false, None);
        while let Some(part) = map.next_key_seed(PartSeed)? {
            match part {
                Part::Type if !tagged => {
                    map.next_value_seed(Exactly(self.0.tag()))?;
                    tagged = true;
                }
                Part::Data if value.is_none() => value = Some(map.next_value_seed(Data(self.0))?),
                Part::Type | Part::Data => return Err(A::Error::custom(REFUSED)),
            }
        }
        value.filter(|_| tagged).ok_or_else(|| A::Error::custom(REFUSED))
    }
}

/// A key beside a tag.
enum Part {
    Type,
    Data,
}

impl<'de> DeserializeSeed<'de> for PartSeed {
    type Value = Part;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Part, D::Error> {
        deserializer.deserialize_str(self)
    }
}

struct PartSeed;

impl Visitor<'_> for PartSeed {
    type Value = Part;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a tag or its data")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Part, E> {
        match key {
            "type" => Ok(Part::Type),
            "data" => Ok(Part::Data),
            _ => Err(E::custom(REFUSED)),
        }
    }
}

/// One text, and no other.
struct Exactly(&'static str);

impl<'de> DeserializeSeed<'de> for Exactly {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Exactly {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a known word")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        if text == self.0 { Ok(()) } else { Err(E::custom(REFUSED)) }
    }
}

/// What stands behind a tag.
struct Data(Shape);

impl<'de> DeserializeSeed<'de> for Data {
    type Value = EncryptedPEPJSONValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        use EncryptedPEPJSONValue as Pep;
        // libpep's message quotes what was sent.
        fn ciphertext<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
            deserializer: D,
        ) -> Result<T, D::Error> {
            T::deserialize(deserializer).map_err(|_| D::Error::custom("no ciphertext"))
        }
        match (self.0, self.0.tag()) {
            (Shape::Record(_) | Shape::List(..), _) => deserializer.deserialize_map(self),
            (Shape::Items(..), _) => deserializer.deserialize_seq(self),
            (_, "Pseudonym") => ciphertext(deserializer).map(Pep::Pseudonym),
            (_, "Bool") => ciphertext(deserializer).map(Pep::Bool),
            (_, "Number") => ciphertext(deserializer).map(Pep::Number),
            (_, "String") => ciphertext(deserializer).map(Pep::String),
            (Shape::Type(ty), _) => {
                let long: LongEncryptedAttribute = ciphertext(deserializer)?;
                if long.len() == ty.blocks() {
                    Ok(Pep::LongString(long))
                } else {
                    Err(D::Error::custom(REFUSED))
                }
            }
            (Shape::Count, _) => Err(D::Error::custom(REFUSED)),
        }
    }
}

impl<'de> Visitor<'de> for Data {
    type Value = EncryptedPEPJSONValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sealed values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut fields = HashMap::with_capacity(self.0.keys());
        while let Some((name, shape)) = map.next_key_seed(Key(self.0))? {
            if fields.insert(name.to_owned(), map.next_value_seed(Value(shape))?).is_some() {
                return Err(A::Error::custom(REFUSED));
            }
        }
        if fields.len() == self.0.keys() {
            Ok(EncryptedPEPJSONValue::Object(fields))
        } else {
            Err(A::Error::custom(REFUSED))
        }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let Shape::Items(item, len) = self.0 else {
            return Err(A::Error::custom(REFUSED));
        };
        let mut items = Vec::with_capacity(len);
        while let Some(value) = seq.next_element_seed(Value(Shape::of(item)))? {
            if items.len() == len {
                return Err(A::Error::custom(REFUSED));
            }
            items.push(value);
        }
        if items.len() == len {
            Ok(EncryptedPEPJSONValue::Array(items))
        } else {
            Err(A::Error::custom(REFUSED))
        }
    }
}

/// A key of an object, and the shape under it.
struct Key(Shape);

impl<'de> DeserializeSeed<'de> for Key {
    type Value = (&'static str, Shape);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key {
    type Value = (&'static str, Shape);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Self::Value, E> {
        self.0.key(name).ok_or_else(|| E::custom(REFUSED))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::prelude::*;
    use crate::{InProcess, Sealed, Transcryption};

    #[derive(PepRecord)]
    #[pep(max_blocks = 5)]
    struct Note {
        done: bool,
        #[pep(max_len = 2, range = 0..=9)]
        marks: Vec<u8>,
    }

    async fn json() -> String {
        let session = InProcess::new(1).session().await.unwrap();
        let sealed = session.seal(&Note { done: true, marks: vec![7] }).unwrap();
        serde_json::to_string(&sealed).unwrap()
    }

    fn reads(json: &str) -> bool {
        serde_json::from_str::<Sealed<Note>>(json).is_ok()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_tag_may_stand_before_or_behind_its_data() {
        let json = json().await;
        assert!(reads(&json));
        let start = json.find(r#""type":"Bool""#).unwrap();
        let end = start + json.get(start..).unwrap().find('}').unwrap();
        let flag = json.get(start..end).unwrap();
        let (tag, data) = flag.split_once(',').unwrap();
        let turned = json.replace(flag, &format!("{data},{tag}"));
        assert!(turned != json && reads(&turned));
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_the_schema_does_not_name_is_refused() {
        let json = json().await;
        for (from, to) in [
            (r#""type":"Bool""#, r#""type":"Number""#),
            (r#""type":"Bool""#, r#""planted":"anna","type":"Bool""#),
            (r#""type":"Bool""#, r#""type":"Bool","type":"Bool""#),
            (r#""type":"Bool","#, ""),
            (r#""done":"#, r#""planted":"#),
            (r#""done":"#, r#""marks":"#),
            (r#""data":["#, r#""data":[{"type":"Number","data":""},"#),
            (r#"{"type":"Object","#, r#"["#),
        ] {
            let changed = json.replacen(from, to, 1);
            assert!(changed != json && !reads(&changed), "{from}");
            let error = serde_json::from_str::<Sealed<Note>>(&changed).unwrap_err().to_string();
            assert!(!error.contains("planted") && !error.contains("anna"), "{error}");
        }
    }
}
