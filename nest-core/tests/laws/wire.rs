//! Reading JSON that anybody may have sent: what has not the declared shape is refused, and not repeated.

use std::cell::Cell;
use std::time::{Duration, Instant};

use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::{Batch, Domain, Sealed, SessionIds};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::forged::{
    MARK, forged, forged_batch, parse_and_write_again, parse_batch_and_write_again, wire_len,
};
use crate::kinds::*;
use crate::law::{for_bytes, session};
use crate::values::Sample;

fn forged_json_is_read_without_panic_and_written_in_one_length<T: Sample>() {
    let session = session();
    let accepted = Cell::new(0);
    for_bytes(48, &|bytes| {
        let json = forged(bytes, &Type::Record(T::SCHEMA)).unwrap();
        if let Some(sealed) = parse_and_write_again::<T>(&json) {
            accepted.set(accepted.get() + 1);
            prop_assert!(session.open(&sealed).is_err());
        }
        Ok(())
    });
    assert!(accepted.get() > 0);
}

every_record!(forged_json_is_read_without_panic_and_written_in_one_length);

/// Lengths as declared, known without sealing anything.
fn sealed_json_has_the_length_of_its_declaration<T: Sample>() {
    let session = session();
    for_bytes(2, &|bytes| {
        let sealed = session.seal(&T::sample(bytes).unwrap()).unwrap();
        let json = serde_json::to_string(&sealed).unwrap();
        prop_assert_eq!(json.len(), wire_len(&Type::Record(T::SCHEMA)));
        Ok(())
    });
}

every_record!(sealed_json_has_the_length_of_its_declaration);

/// Valid JSON with some of its bytes changed, dropped or doubled.
#[test]
fn broken_json_is_read_without_panic() {
    let session = session();
    for_bytes(300, &|bytes| {
        let batch = Batch::seal(
            &Domain::new("school").unwrap(),
            &session,
            &[Labels::sample(bytes).unwrap(), Labels::sample(bytes).unwrap()],
        );
        let batch = batch.unwrap();
        let mut json = serde_json::to_string(&batch).unwrap().into_bytes();
        let mut record = serde_json::to_string(&batch.clone().into_sealed()[0]).unwrap().into_bytes();
        for json in [&mut json, &mut record] {
            for _ in 0..bytes.int_in_range(1..=4).unwrap() {
                let Ok(place) = bytes.choose_index(json.len()) else { break };
                match bytes.int_in_range(0..=3).unwrap() {
                    0 => drop(json.remove(place)),
                    1 => json.insert(place, json[place]),
                    2 => json.truncate(place + 1),
                    _ => json[place] = bytes.arbitrary().unwrap(),
                }
            }
        }
        parse_batch_and_write_again::<Labels>(&String::from_utf8_lossy(&json));
        parse_and_write_again::<Labels>(&String::from_utf8_lossy(&record));
        let _ = serde_json::from_slice::<Batch<Labels>>(&json);
        let _ = serde_json::from_slice::<Sealed<Labels>>(&record);
        Ok(())
    });
}

/// The JSON of a sealed record, to be spoilt. Read as it is here, and as libpep reads it: both must agree.
fn spoilt<T: Sample>(spoil: impl FnOnce(&mut Value)) -> Option<Sealed<T>> {
    let value = T::sample(&mut arbitrary::Unstructured::new(&[])).unwrap();
    let mut json = serde_json::to_value(session().seal(&value).unwrap()).unwrap();
    spoil(&mut json);
    let read = parse_and_write_again::<T>(&json.to_string());
    let libpep = serde_json::from_value(json).ok().and_then(|libpep| Sealed::from_libpep(libpep).ok());
    assert!(read == libpep);
    read
}

#[test]
fn another_tag_is_refused_even_where_the_blocks_are_as_many() {
    const TAGS: [&str; 11] = [
        "String",
        "LongString",
        "Bool",
        "Number",
        "Pseudonym",
        "LongPseudonym",
        "Null",
        "Array",
        "Object",
        MARK,
        "",
    ];
    for tag in TAGS {
        let text = spoilt::<Texts>(|json| json["data"]["b15"]["type"] = tag.into());
        assert_eq!(text.is_some(), tag == "String", "{tag}");
        let long = spoilt::<Texts>(|json| json["data"]["b16"]["type"] = tag.into());
        assert_eq!(long.is_some(), tag == "LongString", "{tag}");
        let doctor = spoilt::<Visit>(|json| json["data"]["doctor"]["type"] = tag.into());
        assert_eq!(doctor.is_some(), tag == "Pseudonym", "{tag}");
        let flag = spoilt::<Plain>(|json| json["data"]["flag"]["type"] = tag.into());
        assert_eq!(flag.is_some(), tag == "Bool", "{tag}");
        let label = spoilt::<Labels>(|json| json["data"]["edge"]["type"] = tag.into());
        assert_eq!(label.is_some(), tag == "Number", "{tag}");
        let list = spoilt::<Lists>(|json| json["data"]["numbers"]["type"] = tag.into());
        assert_eq!(list.is_some(), tag == "Object", "{tag}");
        let record = spoilt::<Labels>(|json| json["type"] = tag.into());
        assert_eq!(record.is_some(), tag == "Object", "{tag}");
    }
}

#[test]
fn another_number_of_blocks_items_or_fields_is_refused() {
    let blocks = |blocks: usize| {
        spoilt::<Texts>(|json| {
            let text = json["data"]["b47"]["data"].as_str().unwrap().to_owned();
            let block = text.split('|').next().unwrap();
            json["data"]["b47"]["data"] = vec![block; blocks].join("|").into();
        })
    };
    for count in 0..6 {
        assert_eq!(blocks(count).is_some(), count == 3, "{count}");
    }
    let items = |change: fn(&mut Vec<Value>)| {
        spoilt::<Lists>(|json| {
            change(json["data"]["numbers"]["data"]["items"]["data"].as_array_mut().unwrap());
        })
    };
    let null = || json!({ "type": "Null" });
    assert!(items(|_| ()).is_some());
    assert!(items(|items| items.swap(0, 1)).is_some());
    assert!(items(|items| drop(items.pop())).is_none());
    assert!(items(|items| items.push(items[0].clone())).is_none());
    assert!(items(|items| items[3] = items[3]["data"].clone()).is_none());
    assert!(spoilt::<Lists>(|json| json["data"]["numbers"]["data"]["marked"] = null()).is_none());
    assert!(spoilt::<Labels>(|json| json["data"]["marked"] = null()).is_none());
    assert!(spoilt::<Labels>(|json| drop(json["data"].as_object_mut().unwrap().remove("edge"))).is_none());
    assert!(spoilt::<Labels>(|json| *json = json["data"]["edge"].clone()).is_none());
    assert!(spoilt::<Labels>(|json| *json = json!([json])).is_none());
}

/// A second tag, a second field, a word beside the data: whoever reads less strictly would read something else.
#[test]
fn nothing_is_smuggled_beside_the_data() {
    let session = session();
    let labels = Labels { weekday: Weekday::Monday, edge: Edge::Zero, single: Single::Only };
    let json = serde_json::to_string(&session.seal(&labels).unwrap()).unwrap();
    let refused = |from: &str, to: &str| {
        let other = json.replacen(from, to, 1);
        assert_ne!(other, json);
        assert!(parse_and_write_again::<Labels>(&other).is_none(), "{to}");
    };
    assert!(parse_and_write_again::<Labels>(&json).is_some());
    assert!(parse_and_write_again::<Labels>(&format!(" {json}\n")).is_some());
    refused(r#"{"type":"Number","#, r#"{"marked":1,"type":"Number","#);
    refused(r#"{"type":"Number","#, r#"{"type":"Number","type":"Number","#);
    refused(r#"{"type":"Number","#, r#"{"type":"Number","data":"","#);
    refused(r#""},"#, r#"","marked":"marked"},"#);
    refused(r#""edge":"#, r#""edge":{"type":"Null"},"edge":"#);
    refused(r#"{"type":"Object","#, r#"{"type":"Object","marked":[],"#);
    assert!(parse_and_write_again::<Labels>(&format!("{json}{json}")).is_none());
    assert!(parse_and_write_again::<Labels>(&format!("{json}marked")).is_none());
}

#[test]
fn deep_and_large_json_is_refused_in_time() {
    let start = Instant::now();
    let deep = |open: &str, close: &str| format!("{}{}", open.repeat(10_000), close.repeat(10_000));
    let texts = [
        deep("[", "]"),
        deep(r#"{"type":"Array","data":["#, "]}"),
        deep(r#"{"data":["#, r#"],"type":"Array"}"#),
        deep(r#"{"type":"Object","data":{"weekday":"#, "}}"),
        deep(r#"{"data":{"weekday":"#, r#"},"type":"Object"}"#),
        // Within the depth that the parser allows, each level kept until its tag is known.
        format!("{}null{}", r#"{"data":["#.repeat(60), r#"],"type":"Array"}"#.repeat(60)),
        format!(r#"{{"type":"Array","data":[{}null]}}"#, r#"{"type":"Null"},"#.repeat(100_000)),
        format!(r#"{{"data":[{}null],"type":"Array"}}"#, r#"{"type":"Null"},"#.repeat(100_000)),
        format!(r#"{{"type":"String","data":"{}"}}"#, "A".repeat(1 << 20)),
        format!(r#"{{"type":"LongString","data":"{}"}}"#, "|".repeat(1 << 20)),
        format!("[{}", "1,".repeat(100_000)),
    ];
    for text in &texts {
        assert!(parse_and_write_again::<Labels>(text).is_none());
        assert!(parse_and_write_again::<Lists>(text).is_none());
        let head = r#"{"domain":"school","sessions":{"t0":"a"},"records":["#;
        assert!(parse_batch_and_write_again::<Labels>(&format!("{head}{text}]}}")).is_none());
    }
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}

#[test]
fn a_forged_batch_is_read_without_panic() {
    let (accepted, refused) = (Cell::new(0), Cell::new(0));
    for_bytes(200, &|bytes| {
        let json = forged_batch(bytes, Visit::SCHEMA).unwrap();
        let parsed: Result<Batch<Visit>, _> = serde_json::from_str(&json);
        let count = if parsed.is_ok() { &accepted } else { &refused };
        count.set(count.get() + 1);
        Ok(())
    });
    assert!(accepted.get() > 20 && refused.get() > 20, "{accepted:?} {refused:?}");
}

/// A log of refused requests must not become a place where what was sent is kept.
#[test]
fn a_refused_batch_is_not_repeated() {
    for_bytes(300, &|bytes| {
        let json = forged_batch(bytes, Visit::SCHEMA).unwrap();
        parse_batch_and_write_again::<Visit>(&json);
        Ok(())
    });
    for json in [
        r#""marked""#,
        r#"{"marked":1}"#,
        r#"{"domain":"school","sessions":{"t0":"a"},"records":"marked"}"#,
        r#"{"domain":"school","sessions":{"t0":"a"},"records":[],"marked":[]}"#,
        r#"{"domain":"school","sessions":"marked","records":[]}"#,
        r#"{"domain":"marked ","sessions":{"t0":"a"},"records":[]}"#,
        r#"{"domain":{"marked":1},"sessions":{"t0":"a"},"records":[]}"#,
        r#"{"domain":"school","sessions":{"t0":"marked "},"records":[]}"#,
        r#"{"domain":"school","sessions":{"t0":"a"},"records":["marked"]}"#,
    ] {
        assert!(parse_batch_and_write_again::<Visit>(json).is_none(), "{json}");
    }
    for json in [r#""marked ""#, "31337", r#"["marked"]"#, r#"{"marked":31337}"#, r#"{"marked ":"a"}"#] {
        let domain = serde_json::from_str::<Domain>(json).unwrap_err();
        let sessions = serde_json::from_str::<SessionIds>(json).unwrap_err();
        for error in [domain.to_string(), sessions.to_string()] {
            assert!(!error.contains(MARK) && !error.contains("31337"), "{error}");
        }
    }
    for number in ["31337", "31337.5", "-31337"] {
        for key in ["domain", "sessions", "records"] {
            let json = format!(r#"{{"{key}":{number}}}"#);
            let error = serde_json::from_str::<Batch<Visit>>(&json).unwrap_err().to_string();
            assert!(!error.contains("31337"), "{error}");
        }
    }
}

/// A transcryptor that is left out could not turn the batch, and nobody would know why.
#[test]
fn no_session_is_left_out_of_a_crowd() {
    let repeated = std::iter::repeat_n(("t0", "a"), 17);
    let ids = repeated.chain([("t1", "b")]).map(|(system, id)| (system.to_owned(), id.to_owned()));
    if let Ok(ids) = SessionIds::new(ids) {
        assert_eq!(ids.get("t1"), Some("b"));
    }
}

/// Sessions and domains are names: everything else is refused, and so is a crowd of them.
#[test]
fn a_batch_without_proper_names_is_refused() {
    let batch = |domain: Value, sessions: Value| {
        let json = json!({ "domain": domain, "sessions": sessions, "records": [] });
        serde_json::from_str::<Batch<Visit>>(&json.to_string()).is_ok()
    };
    let ids = |count: usize| -> Value {
        (0..count).map(|i| (format!("t{i}"), "a".into())).collect::<serde_json::Map<_, _>>().into()
    };
    assert!(batch("school".into(), ids(1)) && batch("school".into(), ids(16)));
    assert!(!batch("school".into(), ids(0)) && !batch("school".into(), ids(17)));
    assert!(batch("x".repeat(100).into(), ids(1)) && !batch("x".repeat(101).into(), ids(1)));
    for name in ["", " ", "a b", "a\n", "é", "\u{7f}", "\0"] {
        assert!(!batch(name.into(), ids(1)), "{name:?}");
        assert!(!batch("school".into(), json!({ "t0": name })), "{name:?}");
        assert!(!batch("school".into(), json!({ name: "a" })), "{name:?}");
    }
}
