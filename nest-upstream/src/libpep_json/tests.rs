//! What libpep writes is read, what is written libpep reads, and nothing else passes.

use nest_core::__workspace_v1::libpep::data::json::structure::JSONStructure;
use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
use serde_json::{Value, json};

use super::*;
use nest_core::Answer;
use nest_core::prelude::*;

#[derive(Debug, Clone, PartialEq, PepEnum)]
enum Kind {
    Small,
    #[pep(code = 9)]
    Large,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 322)]
struct Inner {
    #[pep(absent)]
    sure: Option<bool>,
    #[pep(max_bytes = 40)]
    remark: String,
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 24, max_bits = 953)]
struct Visit {
    done: bool,
    kind: Kind,
    #[pep(absent)]
    lunch: Option<bool>,
    #[pep(range = 0..=99, absent = 100)]
    score: Option<u8>,
    #[pep(decimals = 1, range = 30.0..=45.0)]
    degrees: f64,
    #[pep(max_bytes = 15)]
    short: String,
    #[pep(max_bytes = 20, absent = "-")]
    long: Option<String>,
    #[pep(range = 0..=9)]
    pair: [u8; 2],
    #[pep(max_len = 2)]
    inner: Vec<Inner>,
}

fn visit() -> Visit {
    Visit {
        done: true,
        kind: Kind::Large,
        lunch: None,
        score: Some(7),
        degrees: 37.0,
        short: "é".to_owned(),
        long: None,
        pair: [1, 2],
        inner: vec![Inner { sure: Some(true), remark: "a remark of two blocks".to_owned() }],
    }
}

fn filed() -> Value {
    json!({
        "done": true, "kind": 9, "lunch": 2, "score": 7, "degrees": 37.0, "short": "é", "long": "-",
        "pair": [1, 2],
        "inner": {"count": 1, "items": [
            {"sure": 1, "remark": "a remark of two blocks"}, {"sure": 2, "remark": ""},
        ]},
    })
}

fn read_json(value: &Value) -> Result<Visit, DecodeError> {
    Visit::from_libpep_json(&PEPJSONValue::from_value(value))
}

#[test]
fn libpep_reads_what_is_written_and_it_is_read_back() {
    let value = visit().to_libpep_json().unwrap();
    assert_eq!(value.to_value().unwrap(), filed());
    assert_eq!(Visit::from_libpep_json(&value).unwrap(), visit());
    // One shape, whatever is absent.
    let other = Visit { lunch: Some(true), inner: vec![], long: Some("x".to_owned()), ..visit() };
    assert_eq!(other.to_libpep_json().unwrap().structure(), value.structure());
}

#[test]
fn what_libpep_makes_of_json_is_read() {
    assert_eq!(read_json(&filed()).unwrap(), visit());
    let mut whole = filed();
    *whole.get_mut("degrees").unwrap() = json!(37);
    assert_eq!(read_json(&whole).unwrap(), visit());
    let mut flag = filed();
    *flag.get_mut("lunch").unwrap() = json!(true);
    assert_eq!(read_json(&flag).unwrap().lunch, Some(true));
}

#[test]
fn texts_are_read_in_any_number_of_blocks() {
    let JSONStructure::Object(mut fields) = PEPJSONValue::from_value(&filed()).structure() else {
        unreachable!("a record is an object");
    };
    for (name, structure) in &mut fields {
        if name == "short" || name == "long" {
            *structure = JSONStructure::String(7);
        }
    }
    let padded = PEPJSONValue::from_value(&filed()).pad_to(&JSONStructure::Object(fields)).unwrap();
    assert_eq!(Visit::from_libpep_json(&padded).unwrap(), visit());
    assert!(Visit::from_pep(&padded).is_err());
}

#[test]
fn what_does_not_fit_is_refused() {
    let fault = |pointer: &str, value: Value| {
        let mut filed = filed();
        *filed.pointer_mut(pointer).unwrap() = value;
        read_json(&filed).unwrap_err().fault().clone()
    };
    assert_eq!(fault("", json!(null)), DecodeFault::WrongShape);
    assert_eq!(fault("/done", json!(null)), DecodeFault::WrongShape);
    assert_eq!(fault("/done", json!(1)), DecodeFault::WrongShape);
    assert_eq!(fault("/lunch", json!(3)), DecodeFault::Bool);
    assert_eq!(fault("/lunch", json!(1.0)), DecodeFault::Bool);
    assert_eq!(fault("/kind", json!(3)), DecodeFault::UnknownCode);
    assert_eq!(fault("/kind", json!("Large")), DecodeFault::WrongShape);
    assert_eq!(fault("/score", json!(-1)), DecodeFault::OutOfRange);
    assert_eq!(fault("/score", json!(7.0)), DecodeFault::Number);
    assert_eq!(fault("/degrees", json!(u64::MAX)), DecodeFault::OutOfRange);
    assert_eq!(fault("/degrees", json!(37.05)), DecodeFault::OffGrid);
    assert_eq!(fault("/short", json!("sixteen bytes ab")), DecodeFault::TextTooLong { max_bytes: 15 });
    assert_eq!(fault("/pair", json!([1])), DecodeFault::WrongShape);
    assert_eq!(fault("/inner", json!([])), DecodeFault::WrongShape);
    assert_eq!(fault("/inner/count", json!(3)), DecodeFault::Count);
    assert_eq!(fault("/inner/count", json!(0)), DecodeFault::Filler);
    let mut missing = filed();
    missing.as_object_mut().unwrap().remove("done");
    assert_eq!(*read_json(&missing).unwrap_err().fault(), DecodeFault::MissingField);
    missing.as_object_mut().unwrap().insert("anna".to_owned(), json!(1));
    assert_eq!(*read_json(&missing).unwrap_err().fault(), DecodeFault::MissingField);
    let mut extra = filed();
    extra.as_object_mut().unwrap().insert("anna".to_owned(), json!(1));
    assert_eq!(*read_json(&extra).unwrap_err().fault(), DecodeFault::ExtraFields);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn blocks_of_any_content_never_panic(tag: u8, bits: [u8; 8], raw: [u8; 16], field in 0..9_usize, long: bool) {
        let names = ["done", "kind", "lunch", "score", "degrees", "short", "long", "pair", "inner"];
        let PEPJSONValue::Object(mut object) = visit().to_libpep_json().unwrap() else { unreachable!() };
        let data: Vec<u8> = std::iter::once(tag).chain(bits).collect();
        let block = if long { raw } else { pad(&data).unwrap() };
        let attribute = inside::attribute(&block);
        for value in [
            PEPJSONValue::Number(attribute),
            PEPJSONValue::Bool(attribute),
            PEPJSONValue::String(attribute),
            PEPJSONValue::LongString(vec![attribute; 2].into()),
            PEPJSONValue::LongString(vec![].into()),
            PEPJSONValue::Array(vec![]),
            PEPJSONValue::Null,
        ] {
            object.insert((*names.get(field).unwrap()).to_owned(), value);
            let value = PEPJSONValue::Object(object.clone());
            if let Ok(read) = Visit::from_libpep_json(&value) {
                // What is read is a value of the record: it can be written.
                prop_assert_eq!(Visit::from_libpep_json(&read.to_libpep_json().unwrap()).unwrap(), read);
            }
        }
    }

    #[test]
    fn texts_come_back(text in "\\PC{0,20}", spare in 0_usize..5) {
        #[derive(Debug, PartialEq, PepRecord)]
        #[pep(max_blocks = 6, max_bits = 640)]
        struct Note {
            #[pep(max_bytes = 80)]
            text: String,
        }
        let blocks = text_to_blocks(&text, text.len() / 16 + 1 + spare);
        let long: Vec<_> = blocks.iter().map(inside::attribute).collect();
        let value = PEPJSONValue::Object(HashMap::from([("text".to_owned(), PEPJSONValue::LongString(long.into()))]));
        prop_assert_eq!(Note::from_libpep_json(&value).unwrap(), Note { text });
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, PepEnum)]
enum NoAnswer {
    #[pep(code = -2)]
    Refused,
    #[pep(code = -1)]
    NotAsked,
}

/// Questions that need not be answered.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4, max_bits = 200)]
struct Survey {
    smokes: Answer<bool, NoAnswer>,
    #[pep(range = 0..=99)]
    age: Answer<u8, NoAnswer>,
    #[pep(max_bytes = 15)]
    remark: Answer<String, NoAnswer>,
}

#[test]
fn a_reason_for_absence_is_its_code_or_its_name() {
    for reason in [None, Some(NoAnswer::Refused), Some(NoAnswer::NotAsked)] {
        let survey = match reason.clone() {
            None => Survey {
                smokes: Answer::Value(true),
                age: Answer::Value(40),
                remark: Answer::Value("at noon".to_owned()),
            },
            Some(reason) => Survey {
                smokes: Answer::Reason(reason.clone()),
                age: Answer::Reason(reason.clone()),
                remark: Answer::Reason(reason),
            },
        };
        assert_eq!(Survey::from_libpep_json(&survey.to_libpep_json().unwrap()).unwrap(), survey);
    }
    let written = |smokes: Value| {
        PEPJSONValue::from_value(&json!({ "smokes": smokes, "age": -2, "remark": "NotAsked" }))
    };
    let read = Survey::from_libpep_json(&written(json!(-1))).unwrap();
    assert_eq!(read.smokes, Answer::Reason(NoAnswer::NotAsked));
    assert_eq!(read.age, Answer::Reason(NoAnswer::Refused));
    // Absence without a reason, and a reason that is not declared.
    for other in [2, -3] {
        assert!(Survey::from_libpep_json(&written(json!(other))).is_err(), "{other}");
    }
}
