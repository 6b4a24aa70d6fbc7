//! The wire form of a sealed record: libpep's JSON, written in one order and read strictly by the schema.
//!
//! libpep reads any shape, buffers it, and passes over keys that it does not know. Here the schema says what must
//! come next, so a record of another shape is refused where it differs, and nothing can hide beside one. Between the
//! wire and whoever opens a record its ciphertexts are bytes: only their text is looked at.

use std::fmt;
use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Deserializer, Serialize, Serializer};

use crate::cipher::Sealed64;
use crate::schema::{LIST_COUNT, LIST_ITEMS, Schema, Type};

/// Writes a sealed record of that schema.
pub(crate) fn write<S: Serializer>(
    schema: &'static Schema,
    blocks: &[Sealed64],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Written(Shape::Record(schema), blocks).serialize(serializer)
}

/// Reads a sealed record of that schema.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    schema: &'static Schema,
    deserializer: D,
) -> Result<Vec<Sealed64>, D::Error> {
    let mut blocks = vec![[0; 64]; schema.blocks()];
    Value(Shape::Record(schema), &mut blocks).deserialize(deserializer)?;
    Ok(blocks)
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
            Shape::Type(Type::Pseudonym) => "Pseudonym",
            Shape::Type(Type::Bool) => "Bool",
            Shape::Type(ty @ Type::Text { .. }) if ty.blocks() > 1 => "LongString",
            Shape::Type(Type::Text { .. }) => "String",
            Shape::Type(_) => "Number",
        }
    }

    /// The keys of an object, in the order of its blocks.
    fn keys(self) -> Vec<Key> {
        let mut keys = Vec::new();
        match self {
            Shape::Record(schema) => {
                let mut start = 0;
                keys.reserve_exact(schema.fields.len());
                for field in schema.fields {
                    let blocks = start..start + field.ty.blocks();
                    start = blocks.end;
                    keys.push(Key { name: field.name, shape: Shape::of(&field.ty), blocks });
                }
            }
            Shape::List(item, len) => {
                let blocks = 1..1 + item.blocks().saturating_mul(len);
                keys.push(Key { name: LIST_COUNT, shape: Shape::Type(COUNT), blocks: 0..1 });
                keys.push(Key { name: LIST_ITEMS, shape: Shape::Items(item, len), blocks });
            }
            _ => (),
        }
        keys
    }
}

/// The type of a list's count, as far as the wire goes.
const COUNT: &Type = &Type::Integer { min: 0, max: i128::MAX };

/// A key of an object: the shape under it, and its place among the object's blocks.
struct Key {
    name: &'static str,
    shape: Shape,
    blocks: Range<usize>,
}

/// The one thing that is said of what is refused: it never quotes what was sent.
const REFUSED: &str = "a sealed record of another shape than declared";

/// A value with its tag, to be written.
struct Written<'a>(Shape, &'a [Sealed64]);

impl Serialize for Written<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(2))?;
        map.serialize_entry("type", self.0.tag())?;
        map.serialize_entry("data", &WrittenData(self.0, self.1))?;
        map.end()
    }
}

/// What is written behind a tag.
struct WrittenData<'a>(Shape, &'a [Sealed64]);

impl Serialize for WrittenData<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(shape, blocks) = *self;
        match shape {
            Shape::Record(_) | Shape::List(..) => {
                let mut keys = shape.keys();
                // In the order of the alphabet: that of the declaration is nobody else's business.
                keys.sort_unstable_by_key(|key| key.name);
                let mut map = serializer.serialize_map(Some(keys.len()))?;
                for key in keys {
                    let blocks = blocks.get(key.blocks).ok_or_else(|| S::Error::custom(REFUSED))?;
                    map.serialize_entry(key.name, &Written(key.shape, blocks))?;
                }
                map.end()
            }
            Shape::Items(item, len) => {
                let mut seq = serializer.serialize_seq(Some(len))?;
                for blocks in blocks.chunks(item.blocks().max(1)) {
                    seq.serialize_element(&Written(Shape::of(item), blocks))?;
                }
                seq.end()
            }
            Shape::Type(_) => {
                let mut text = String::with_capacity(blocks.len() * (TEXT + 1));
                for block in blocks {
                    if !text.is_empty() {
                        text.push('|');
                    }
                    URL_SAFE.encode_string(block, &mut text);
                }
                serializer.serialize_str(&text)
            }
        }
    }
}

/// The characters of a ciphertext in base64.
const TEXT: usize = 88;

/// The ciphertext that a text stands for, in its one accepted form.
fn block(text: &str) -> Option<Sealed64> {
    // base64 wants room for three bytes of each four characters, padding or not.
    let mut bytes = [0; TEXT / 4 * 3];
    let len = (text.len() == TEXT).then(|| URL_SAFE.decode_slice(text, &mut bytes).ok())??;
    bytes.first_chunk().filter(|_| len == 64).copied()
}

/// A value with its tag, `{"type": …, "data": …}`, to be read into its blocks.
struct Value<'a>(Shape, &'a mut [Sealed64]);

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a sealed value")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let (mut tagged, mut read) = (false, false);
        while let Some(part) = map.next_key_seed(PartSeed)? {
            match part {
                Part::Type if !tagged => {
                    map.next_value_seed(Exactly(self.0.tag()))?;
                    tagged = true;
                }
                Part::Data if !read => {
                    map.next_value_seed(Data(self.0, &mut *self.1))?;
                    read = true;
                }
                Part::Type | Part::Data => return Err(A::Error::custom(REFUSED)),
            }
        }
        if tagged && read { Ok(()) } else { Err(A::Error::custom(REFUSED)) }
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

/// What stands behind a tag, to be read into its blocks.
struct Data<'a>(Shape, &'a mut [Sealed64]);

impl<'de> DeserializeSeed<'de> for Data<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.0 {
            Shape::Record(_) | Shape::List(..) => deserializer.deserialize_map(self),
            Shape::Items(..) => deserializer.deserialize_seq(self),
            Shape::Type(_) => deserializer.deserialize_str(self),
        }
    }
}

impl<'de> Visitor<'de> for Data<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("sealed values")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self(shape, blocks) = self;
        let mut keys: Vec<_> = shape.keys().into_iter().map(Some).collect();
        while let Some(key) = map.next_key_seed(KeySeed(&mut keys))? {
            let blocks = blocks.get_mut(key.blocks).ok_or_else(|| A::Error::custom(REFUSED))?;
            map.next_value_seed(Value(key.shape, blocks))?;
        }
        if keys.iter().all(Option::is_none) { Ok(()) } else { Err(A::Error::custom(REFUSED)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let refused = || A::Error::custom(REFUSED);
        let Self(Shape::Items(item, len), blocks) = self else {
            return Err(refused());
        };
        let mut places = blocks.chunks_mut(item.blocks().max(1));
        for _ in 0..len {
            let blocks = places.next().ok_or_else(refused)?;
            seq.next_element_seed(Value(Shape::of(item), blocks))?.ok_or_else(refused)?;
        }
        // There is no value that an item too many could be.
        if seq.next_element_seed(Value(Shape::Items(item, 0), &mut []))?.is_none() {
            Ok(())
        } else {
            Err(refused())
        }
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        let mut parts = text.split('|');
        for place in self.1 {
            *place = parts.next().and_then(block).ok_or_else(|| E::custom(REFUSED))?;
        }
        if parts.next().is_none() { Ok(()) } else { Err(E::custom(REFUSED)) }
    }
}

/// A key of an object that has not been read yet, taken from those that are left.
struct KeySeed<'a>(&'a mut [Option<Key>]);

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Key, E> {
        let key = self.0.iter_mut().find(|key| key.as_ref().is_some_and(|key| key.name == name));
        key.and_then(Option::take).ok_or_else(|| E::custom(REFUSED))
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
