//! The JSON of a batch, which is read strictly: the names that a record's own JSON repeats are left out.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Error as _, Visitor};
use serde::ser::SerializeStruct;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Batch, Domain, Fingerprint, PepRecord, Sealed, SessionIds, wire};

impl<R: PepRecord> Serialize for Batch<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut parts = serializer.serialize_struct("Batch", 4)?;
        parts.serialize_field("domain", &self.domain)?;
        parts.serialize_field("sessions", &self.sessions)?;
        parts.serialize_field("shape", &R::SCHEMA.shape_fingerprint())?;
        parts.serialize_field("records", &Texts(&self.records))?;
        parts.end()
    }
}

struct Texts<'a, R>(&'a [Sealed<R>]);

impl<R> Serialize for Texts<'_, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|sealed| wire::to_text(sealed.blocks())))
    }
}

/// A batch as it is received.
#[derive(Deserialize)]
#[serde(bound(deserialize = "R: PepRecord"), deny_unknown_fields)]
struct Received<R> {
    domain: Domain,
    sessions: SessionIds,
    #[serde(rename = "shape")]
    _shape: SameShape<R>,
    records: Vec<Text<R>>,
}

impl<'de, R: PepRecord> Deserialize<'de> for Batch<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own messages may quote what was sent.
        let Received { domain, sessions, records, .. } = Received::deserialize(deserializer)
            .map_err(|_| D::Error::custom("no batch of sealed records of the declared shape"))?;
        Ok(Self { domain, sessions, records: records.into_iter().map(|Text(sealed)| sealed).collect() })
    }
}

/// That the other end declares the same shape.
struct SameShape<R>(PhantomData<fn() -> R>);

impl<'de, R: PepRecord> Deserialize<'de> for SameShape<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if Fingerprint::deserialize(deserializer)? == R::SCHEMA.shape_fingerprint() {
            Ok(Self(PhantomData))
        } else {
            Err(D::Error::custom(REFUSED))
        }
    }
}

/// A sealed record, as one text.
struct Text<R>(Sealed<R>);

impl<'de, R: PepRecord> Deserialize<'de> for Text<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Blocks(R::BLOCKS)).map(|blocks| Self(Sealed::from_blocks(blocks)))
    }
}

/// So many blocks, to be read from a text.
struct Blocks(usize);

impl Visitor<'_> for Blocks {
    type Value = Vec<[u8; 64]>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the text of a sealed record")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Self::Value, E> {
        wire::from_text(text, self.0).ok_or_else(|| E::custom(REFUSED))
    }
}

/// The one thing that is said of what is refused.
const REFUSED: &str = "sealed records of another shape than declared";
