//! Sealed values that no record declares: libpep's own JSON, as other programs that are built on it write it.

mod read;
mod write;

use std::fmt;

use libpep::data::json::EncryptedPEPJSONValue;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use read::REFUSED;

use crate::{Domain, SessionIds};

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
        write::Ordered(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for SealedJson {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // The format's own messages may quote what was sent.
        read::value(deserializer).map(Self).map_err(|_| D::Error::custom(REFUSED))
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

    /// What transcryption leaves as it is. For such services.
    pub fn outline(&self) -> JsonOutline {
        JsonOutline { first: self.first().cloned(), len: self.len() }
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
        read::values(deserializer).map(Self).map_err(|_| D::Error::custom(REFUSED))
    }
}

/// [`JsonRecords`] on their way, with the domain and the session that they come from.
///
/// # Privacy
///
/// As [`SealedJson`]. Its maker shuffles first: see [`Batch`](crate::Batch).
#[derive(Debug, Clone, PartialEq)]
pub struct JsonBatch {
    /// The domain whose pseudonyms the values hold.
    pub domain: Domain,
    /// The session that the values are sealed in.
    pub sessions: SessionIds,
    /// The values.
    pub records: JsonRecords,
}

/// What transcryption leaves as it is: how many values there are, and their shape.
#[derive(Debug, Clone)]
pub struct JsonOutline {
    first: Option<SealedJson>,
    len: usize,
}

impl JsonOutline {
    /// The values that a transcryption service has returned; `None` where they have another outline.
    pub fn check(&self, values: Vec<SealedJson>) -> Option<JsonRecords> {
        let records = JsonRecords::new(values)?;
        let same = match (&self.first, records.first()) {
            (Some(sent), Some(received)) => same_shape(&sent.0, &received.0),
            (None, None) => true,
            _ => false,
        };
        (same && records.len() == self.len).then_some(records)
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use libpep::arithmetic::group_elements::{G, GroupElement};
    use libpep::core::elgamal::ElGamal;
    use libpep::data::json::PEPJSONValue;
    use libpep::data::simple::{ElGamalEncrypted, EncryptedAttribute};
    use serde_json::{Value, json};

    use super::read::{MAX_DEPTH, MAX_HOLLOW};
    use super::*;
    use crate::prelude::*;
    use crate::{Batch, InProcess, Session, Transcryption};

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

    /// It opens under every key, so it would pass for sealed in whatever session it is said to be of.
    #[test]
    fn a_block_whose_share_is_neutral_is_refused_wherever_it_stands() {
        let good = EncryptedAttribute::from_value(ElGamal { gb: G, gc: G });
        let neutral = ElGamal { gb: GroupElement::identity(), gc: GroupElement::from_lizard(&[7; 16]) };
        let neutral = EncryptedAttribute::from_value(neutral);
        let [good, neutral] = [good, neutral].map(|block| block.to_base64());
        let escaped = neutral.replacen('A', "\\u0041", 1);
        for tag in ["Bool", "Number", "String", "Pseudonym", "LongString", "LongPseudonym"] {
            let value = |data: &str| format!(r#"{{"type":"{tag}","data":"{data}"}}"#);
            assert!(reads(&value(&good)), "{tag}");
            // libpep reads it.
            assert!(serde_json::from_str::<EncryptedPEPJSONValue>(&value(&neutral)).is_ok(), "{tag}");
            let inside = |value: String| {
                format!(r#"{{"type":"Object","data":{{"a":{{"type":"Array","data":[{value}]}}}}}}"#)
            };
            assert!(reads(&inside(value(&good))), "{tag}");
            for data in [&neutral, &escaped] {
                assert!(!reads(&value(data)) && !reads(&inside(value(data))), "{tag}");
                assert!(serde_json::from_str::<JsonRecords>(&format!("[{}]", value(data))).is_err());
            }
            if tag.starts_with("Long") {
                assert!(reads(&value(&format!("{good}|{good}"))));
                for data in [
                    format!("{good}|{neutral}"),
                    format!("{neutral}|{good}"),
                    format!("{good}|{escaped}|{good}"),
                ] {
                    assert!(!reads(&value(&data)), "{tag}");
                }
            }
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
    async fn it_is_transcrypted_like_a_record() {
        #[derive(Debug, PartialEq, PepRecord)]
        #[pep(max_blocks = 2)]
        struct Line {
            #[pep(pseudonym)]
            who: Pseudonym,
            #[pep(range = 0..=9)]
            times: u8,
        }

        let nest = InProcess::new(2);
        let school = nest.party();
        let line = Line { who: Pseudonym::random(), times: 3 };
        let [from, to] = ["nest", "school"].map(|name| Domain::new(name).unwrap());
        let session = nest.session().await.unwrap();
        let typed = Batch::seal(&from, &session, std::slice::from_ref(&line)).unwrap();
        let (typed, keys) = school.transcrypt(typed, &to).await.unwrap();
        let typed = typed.open(&keys).remove(0).unwrap();

        let records = JsonRecords::new(vec![session.seal_json(&line.to_pep().unwrap())]).unwrap();
        let batch = JsonBatch { domain: from.clone(), sessions: session.ids().clone(), records };
        let (batch, keys) = school.transcrypt_json(batch, &to).await.unwrap();
        assert_eq!((&batch.domain, &batch.sessions), (&to, keys.ids()));
        let opened = keys.open_json(batch.records.first().unwrap());
        assert_eq!(Line::from_pep(&opened).unwrap(), typed);
        assert!(typed.who != line.who && typed.times == 3);
        // Under other keys the number is none.
        let other = keys.open_json(&session.seal_json(&line.to_pep().unwrap()));
        assert!(Line::from_pep(&other).is_err());
    }

    #[tokio::test(flavor = "current_thread")]
    async fn an_outline_tells_an_answer_from_another() {
        let session = session().await;
        let values = |all: &[Value]| all.iter().map(|value| sealed(&session, value)).collect::<Vec<_>>();
        let sent = JsonRecords::new(values(&[json!([1]), json!([2])])).unwrap().outline();
        assert!(sent.check(values(&[json!([3]), json!([4])])).is_some());
        for other in [&[][..], &[json!([3])], &[json!([3]), json!(4)], &[json!([3, 3]), json!([4, 4])]] {
            assert!(sent.check(values(other)).is_none(), "{other:?}");
        }
        let nothing = JsonRecords::new(vec![]).unwrap().outline();
        assert!(nothing.check(vec![]).is_some() && nothing.check(values(&[json!(1)])).is_none());
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
