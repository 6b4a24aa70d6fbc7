//! Writing: every object in the order of its keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use serde::ser::{Error, SerializeMap, SerializeSeq};
use serde::{Serialize, Serializer};

use super::{REFUSED, Shape, TEXT};
use crate::declare::schema::Schema;
use crate::seal::cipher::Sealed64;

/// Writes a sealed record of that schema.
pub(crate) fn write<S: Serializer>(
    schema: &'static Schema,
    blocks: &[Sealed64],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    Written(Shape::Record(schema), blocks).serialize(serializer)
}

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
                // In alphabetical order, which does not show the order of the declaration.
                let keys = shape.keys();
                let mut map = serializer.serialize_map(Some(keys.len()))?;
                for key in keys.iter() {
                    let blocks = blocks.get(key.blocks.clone()).ok_or_else(|| S::Error::custom(REFUSED))?;
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
