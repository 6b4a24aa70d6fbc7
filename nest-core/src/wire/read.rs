//! Reading: what the schema says, and nothing else.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde::Deserializer;
use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};

use super::{Key, REFUSED, Shape, TEXT};
use crate::declare::schema::Schema;
use crate::seal::cipher::Sealed64;

/// Reads a sealed record of that schema.
pub(crate) fn read<'de, D: Deserializer<'de>>(
    schema: &'static Schema,
    deserializer: D,
) -> Result<Vec<Sealed64>, D::Error> {
    let mut blocks = vec![[0; 64]; schema.blocks()];
    Value(Shape::Record(schema), &mut blocks).deserialize(deserializer)?;
    Ok(blocks)
}

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
        let all = shape.keys();
        let mut keys: Vec<_> = all.iter().map(Some).collect();
        while let Some(key) = map.next_key_seed(KeySeed(&mut keys))? {
            let blocks = blocks.get_mut(key.blocks.clone()).ok_or_else(|| A::Error::custom(REFUSED))?;
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
struct KeySeed<'a, 'k>(&'a mut [Option<&'k Key>]);

impl<'de, 'k> DeserializeSeed<'de> for KeySeed<'_, 'k> {
    type Value = &'k Key;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'k Key, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'k> Visitor<'_> for KeySeed<'_, 'k> {
    type Value = &'k Key;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<&'k Key, E> {
        let key = self.0.iter_mut().find(|key| key.is_some_and(|key| key.name == name));
        key.and_then(Option::take).ok_or_else(|| E::custom(REFUSED))
    }
}
