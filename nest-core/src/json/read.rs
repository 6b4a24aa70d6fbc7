//! Reading libpep's JSON of any shape within limits: how deep it is, and how much of it holds nothing.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::de::value::{Error as TextError, StrDeserializer};
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::{SealedJson, same_shape};

/// The most values within values that are read.
pub(super) const MAX_DEPTH: usize = 32;

/// The most values without a ciphertext (lists, objects, nulls) in what is read at once. They take ten times more
/// room in memory than on the wire; every other value brings its ciphertext.
pub(super) const MAX_HOLLOW: usize = 1 << 18;

/// The one thing that is said of what is refused: it never quotes what was sent.
pub(super) const REFUSED: &str = "no sealed values of one shape";

/// How a block begins whose share is neutral, in base64. It opens under every key, so it would pass for sealed in
/// whatever session it is said to be of; no honest one begins so.
const NEUTRAL: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

/// Reads one value.
pub(super) fn value<'de, D: Deserializer<'de>>(deserializer: D) -> Result<EncryptedPEPJSONValue, D::Error> {
    Value::outermost(&Cell::new(MAX_HOLLOW)).deserialize(deserializer)
}

/// Reads values of one shape.
pub(super) fn values<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SealedJson>, D::Error> {
    deserializer.deserialize_seq(Records)
}

struct Records;

impl<'de> Visitor<'de> for Records {
    type Value = Vec<SealedJson>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REFUSED)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let hollow = Cell::new(MAX_HOLLOW);
        let mut values: Vec<SealedJson> = Vec::new();
        while let Some(value) = seq.next_element_seed(Value::outermost(&hollow))? {
            if values.first().is_some_and(|first| !same_shape(&first.0, &value)) {
                return Err(A::Error::custom(REFUSED));
            }
            values.push(SealedJson(value));
        }
        Ok(values)
    }
}

/// A value with its tag: `{"type": …, "data": …}`, in either order.
#[derive(Clone, Copy)]
struct Value<'a> {
    /// How many values deep there may be from here.
    depth: usize,
    /// How many more values without a ciphertext there may be.
    hollow: &'a Cell<usize>,
}

impl<'a> Value<'a> {
    fn outermost(hollow: &'a Cell<usize>) -> Self {
        Self { depth: MAX_DEPTH, hollow }
    }

    fn inner<E: serde::de::Error>(self) -> Result<Self, E> {
        let depth = self.depth.checked_sub(1).ok_or_else(|| E::custom(REFUSED))?;
        Ok(Self { depth, ..self })
    }

    fn take_hollow<E: serde::de::Error>(self) -> Result<(), E> {
        let left = self.hollow.get().checked_sub(1).ok_or_else(|| E::custom(REFUSED))?;
        self.hollow.set(left);
        Ok(())
    }
}

/// What stands beside a tag. The tag may come later.
enum Data {
    Ciphertext(String),
    Items(Vec<EncryptedPEPJSONValue>),
    Fields(HashMap<String, EncryptedPEPJSONValue>),
}

impl<'de> DeserializeSeed<'de> for Value<'_> {
    type Value = EncryptedPEPJSONValue;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Value<'_> {
    type Value = EncryptedPEPJSONValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REFUSED)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let (mut tag, mut data) = (None, None);
        while let Some(key) = map.next_key::<String>()? {
            match key.as_str() {
                "type" if tag.is_none() => tag = Some(map.next_value::<String>()?),
                "data" if data.is_none() => data = Some(map.next_value_seed(DataOf(self))?),
                _ => return Err(A::Error::custom(REFUSED)),
            }
        }
        if data.is_none() {
            self.take_hollow()?;
        }
        tag.and_then(|tag| tagged(&tag, data)).ok_or_else(|| A::Error::custom(REFUSED))
    }
}

fn tagged(tag: &str, data: Option<Data>) -> Option<EncryptedPEPJSONValue> {
    use EncryptedPEPJSONValue as Pep;
    fn ciphertext<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
        if text.split('|').any(|block| block.starts_with(NEUTRAL)) {
            return None;
        }
        let text: StrDeserializer<'_, TextError> = text.into_deserializer();
        T::deserialize(text).ok()
    }
    match (tag, data) {
        ("Null", None) => Some(Pep::Null),
        ("Array", Some(Data::Items(items))) => Some(Pep::Array(items)),
        ("Object", Some(Data::Fields(fields))) => Some(Pep::Object(fields)),
        ("Bool", Some(Data::Ciphertext(text))) => ciphertext(&text).map(Pep::Bool),
        ("Number", Some(Data::Ciphertext(text))) => ciphertext(&text).map(Pep::Number),
        ("String", Some(Data::Ciphertext(text))) => ciphertext(&text).map(Pep::String),
        ("Pseudonym", Some(Data::Ciphertext(text))) => ciphertext(&text).map(Pep::Pseudonym),
        ("LongString", Some(Data::Ciphertext(text))) => {
            ciphertext(&text).map(Pep::LongString).filter(|_| !text.is_empty())
        }
        ("LongPseudonym", Some(Data::Ciphertext(text))) => {
            ciphertext(&text).map(Pep::LongPseudonym).filter(|_| !text.is_empty())
        }
        _ => None,
    }
}

struct DataOf<'a>(Value<'a>);

impl<'de> DeserializeSeed<'de> for DataOf<'_> {
    type Value = Data;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Data, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for DataOf<'_> {
    type Value = Data;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(REFUSED)
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Data, E> {
        Ok(Data::Ciphertext(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Data, A::Error> {
        self.0.take_hollow()?;
        let inner = self.0.inner()?;
        let mut items = Vec::new();
        while let Some(item) = seq.next_element_seed(inner)? {
            items.push(item);
        }
        Ok(Data::Items(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Data, A::Error> {
        self.0.take_hollow()?;
        let inner = self.0.inner()?;
        let mut fields = HashMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if fields.insert(name, map.next_value_seed(inner)?).is_some() {
                return Err(A::Error::custom(REFUSED));
            }
        }
        Ok(Data::Fields(fields))
    }
}
