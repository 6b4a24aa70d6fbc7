//! Sealed values that no record declares: libpep's own JSON, as other programs that are built on it write it.

use std::cell::Cell;
use std::collections::HashMap;
use std::fmt;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::de::value::{Error as TextError, StrDeserializer};
use serde::de::{DeserializeSeed, Error as _, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Domain, SessionIds, wire};

/// A sealed value in libpep's own JSON, of whatever shape its sender has chosen.
///
/// For interoperation with programs that have no declaration of the record. Where both ends have one, use
/// [`Sealed`](crate::Sealed). It is read within limits: at most 32 values deep.
///
/// # Privacy
///
/// The shape follows the value: the names of fields, how long a text or a list is, what is absent. All of it is
/// in clear.
#[derive(Clone, PartialEq)]
pub struct SealedJson(EncryptedPEPJSONValue);

impl SealedJson {
    pub(crate) fn new(value: EncryptedPEPJSONValue) -> Self {
        Self(value)
    }

    /// The value in libpep's form.
    pub fn as_libpep(&self) -> &EncryptedPEPJSONValue {
        &self.0
    }

    pub(crate) fn into_libpep(self) -> EncryptedPEPJSONValue {
        self.0
    }
}

impl fmt::Debug for SealedJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedJson(…)")
    }
}

impl Serialize for SealedJson {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        wire::Ordered(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealedJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own messages may quote what was sent.
        let value = Value::outermost(&Cell::new(MAX_HOLLOW)).deserialize(deserializer);
        value.map(Self).map_err(|_| D::Error::custom(REFUSED))
    }
}

/// Sealed values that all have one shape, which is what a transcryptor takes as a batch.
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct JsonRecords(Vec<SealedJson>);

impl JsonRecords {
    /// `None` where two have different shapes.
    pub fn new(values: Vec<SealedJson>) -> Option<Self> {
        let one_shape = match values.split_first() {
            Some((first, others)) => others.iter().all(|other| same_shape(&first.0, &other.0)),
            None => true,
        };
        one_shape.then_some(Self(values))
    }

    /// The first of them, which has the shape of all.
    pub fn first(&self) -> Option<&SealedJson> {
        self.0.first()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The values.
    pub fn into_values(self) -> Vec<SealedJson> {
        self.0
    }
}

impl fmt::Debug for JsonRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JsonRecords").field("len", &self.len()).finish_non_exhaustive()
    }
}

impl<'de> Deserialize<'de> for JsonRecords {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(Records).map_err(|_| D::Error::custom(REFUSED))
    }
}

/// [`JsonRecords`] on their way, with the domain and the session that they come from.
///
/// # Privacy
///
/// As [`SealedJson`]. Whoever makes one shuffles first: see [`Batch`](crate::Batch).
#[derive(Debug, Clone, PartialEq)]
pub struct JsonBatch {
    /// The domain whose pseudonyms the values hold.
    pub domain: Domain,
    /// The session that the values are sealed in.
    pub sessions: SessionIds,
    /// The values.
    pub records: JsonRecords,
}

impl JsonBatch {
    /// The same values in another form, as a transcryption service returns them; `None` where they cannot be:
    /// another number of them, or another shape. For such services.
    pub fn transcrypted(
        shape: Option<&SealedJson>,
        len: usize,
        domain: Domain,
        sessions: SessionIds,
        values: Vec<SealedJson>,
    ) -> Option<Self> {
        let records = JsonRecords::new(values)?;
        let same = match (shape, records.first()) {
            (Some(sent), Some(received)) => same_shape(&sent.0, &received.0),
            (None, None) => true,
            _ => false,
        };
        (same && records.len() == len).then_some(Self { domain, sessions, records })
    }
}

/// Whether two values have one shape, to the tag and the block.
fn same_shape(one: &EncryptedPEPJSONValue, other: &EncryptedPEPJSONValue) -> bool {
    use EncryptedPEPJSONValue as Pep;
    match (one, other) {
        (Pep::Null, Pep::Null)
        | (Pep::Bool(_), Pep::Bool(_))
        | (Pep::Number(_), Pep::Number(_))
        | (Pep::String(_), Pep::String(_))
        | (Pep::Pseudonym(_), Pep::Pseudonym(_)) => true,
        (Pep::LongString(one), Pep::LongString(other)) => one.len() == other.len(),
        (Pep::LongPseudonym(one), Pep::LongPseudonym(other)) => one.len() == other.len(),
        (Pep::Array(one), Pep::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same_shape(one, other))
        }
        (Pep::Object(one), Pep::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(name, one)| other.get(name).is_some_and(|other| same_shape(one, other)))
        }
        _ => false,
    }
}

/// The most values within values that are read.
const MAX_DEPTH: usize = 32;

/// The most values without a ciphertext (lists, objects, nulls) in what is read at once. They take ten times more
/// room in memory than on the wire; every other value brings its ciphertext.
const MAX_HOLLOW: usize = 1 << 18;

/// The one thing that is said of what is refused: it never quotes what was sent.
const REFUSED: &str = "no sealed values of one shape";

struct Records;

impl<'de> Visitor<'de> for Records {
    type Value = JsonRecords;

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
        Ok(JsonRecords(values))
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use libpep::data::json::PEPJSONValue;
    use serde_json::{Value, json};

    use super::*;
    use crate::{InProcess, Session, Transcryption};

    async fn session() -> Session {
        InProcess::new(1).session().await.unwrap()
    }

    fn sealed(session: &Session, value: &Value) -> SealedJson {
        session.seal_json(&PEPJSONValue::from_value(value))
    }

    fn reads(json: &str) -> bool {
        match serde_json::from_str::<SealedJson>(json) {
            Ok(_) => true,
            Err(error) => {
                assert!(error.to_string().starts_with(REFUSED), "{error}");
                false
            }
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn it_is_libpeps_json_in_one_order() {
        let value =
            json!({"n": null, "b": true, "i": -3, "s": "a", "l": "more than one block", "a": [1.5, {}]});
        let session = session().await;
        let sealed = sealed(&session, &value);
        let text = serde_json::to_string(&sealed).unwrap();
        assert_eq!(serde_json::from_str::<SealedJson>(&text).unwrap(), sealed);
        let libpep: EncryptedPEPJSONValue = serde_json::from_str(&text).unwrap();
        assert_eq!(&libpep, sealed.as_libpep());
        // As libpep writes it: with keys in any order.
        let other = serde_json::to_string(&libpep).unwrap();
        assert_eq!(serde_json::from_str::<SealedJson>(&other).unwrap(), sealed);
        // Sorted keys put the data before its tag.
        let sorted = serde_json::from_str::<Value>(&text).unwrap().to_string();
        assert!(sorted.starts_with(r#"{"data""#));
        assert_eq!(serde_json::from_str::<SealedJson>(&sorted).unwrap(), sealed);
        assert_eq!(session.open_json(&sealed).to_value().unwrap(), value);
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_no_sealed_value_is_refused_without_being_quoted() {
        let number = serde_json::to_value(sealed(&session().await, &json!(7))).unwrap();
        let data = number.get("data").unwrap().as_str().unwrap();
        assert!(reads(&number.to_string()));
        for json in [
            r#"{"type":"Null","data":"anna"}"#.to_owned(),
            r#"{"type":"Anna"}"#.to_owned(),
            r#"{"type":"Bool"}"#.to_owned(),
            r#"{"type":"Bool","data":"anna"}"#.to_owned(),
            r#"{"type":"Bool","data":7}"#.to_owned(),
            r#"{"type":"Array","data":{}}"#.to_owned(),
            r#"{"type":"Object","data":[]}"#.to_owned(),
            r#"{"type":"LongString","data":""}"#.to_owned(),
            r#"{"type":"LongPseudonym","data":""}"#.to_owned(),
            r#"{"type":"Null","type":"Null"}"#.to_owned(),
            r#"{"type":"Null","anna":1}"#.to_owned(),
            r#"{"type":"Object","data":{"a":{"type":"Null"},"a":{"type":"Null"}}}"#.to_owned(),
            format!(r#"{{"type":"Number","data":"{data}","data":"{data}"}}"#),
            "null".to_owned(),
            "[]".to_owned(),
        ] {
            assert!(!reads(&json), "{json}");
        }
    }

    #[test]
    fn depth_and_what_is_hollow_are_bounded() {
        let deep = |depth: usize| {
            let open = r#"{"type":"Array","data":["#.repeat(depth);
            format!(r#"{open}{{"type":"Null"}}{}"#, "]}".repeat(depth))
        };
        assert!(reads(&deep(MAX_DEPTH)));
        for depth in [MAX_DEPTH + 1, 1000, 100_000] {
            assert!(!reads(&deep(depth)), "{depth}");
        }
        let wide = |len: usize| format!(r#"[{}{{"type":"Null"}}]"#, r#"{"type":"Null"},"#.repeat(len - 1));
        let read = |len| serde_json::from_str::<JsonRecords>(&wide(len));
        assert_eq!(read(MAX_HOLLOW).unwrap().len(), MAX_HOLLOW);
        assert!(read(MAX_HOLLOW + 1).is_err());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn values_of_two_shapes_are_no_batch() {
        let session = session().await;
        let sealed = |value| sealed(&session, &value);
        let together = |one: Value, other: Value| {
            let values = vec![sealed(one), sealed(other)];
            let json = serde_json::to_string(&values).unwrap();
            let (made, read) = (JsonRecords::new(values), serde_json::from_str::<JsonRecords>(&json));
            assert_eq!(made.is_some(), read.is_ok());
            made.is_some()
        };
        assert!(together(json!({"a": 1, "b": ["x"]}), json!({"b": ["y"], "a": 2.5})));
        for (one, other) in [
            (json!(1), json!("1")),
            (json!(null), json!(1)),
            (json!("short"), json!("longer than one block")),
            (json!("longer than one block"), json!("even longer than two blocks of sixteen bytes")),
            (json!([1]), json!([1, 2])),
            (json!({"a": 1}), json!({"b": 1})),
            (json!({"a": 1}), json!({"a": 1, "b": 1})),
        ] {
            assert!(!together(one, other));
        }
    }
}
