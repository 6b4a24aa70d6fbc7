//! The typed way and the way by schema are one: they read, write, seal and refuse the same.

use nest_core::prelude::*;
use nest_core::schema::Manifest;
use nest_core::value::{Kind, PlainRecord, Value};
use nest_core::{EncodeFault, SealedPlain};
use proptest::prelude::*;

use crate::kinds::*;
use crate::law::{for_values, session};
use crate::values::Sample;

/// What one way writes the other reads, and it has one length.
fn plaintext<T: PepRecord + Sample>() {
    for_values(64, |value: T| {
        let plain = value.to_plain().unwrap();
        prop_assert_eq!(plain.bytes().len(), T::SCHEMA.plain_len());
        prop_assert!(T::from_plain(&plain).unwrap() == value);

        let read = PlainRecord::from_bytes(T::SCHEMA, plain.bytes()).unwrap();
        prop_assert!(T::from_plain(&read).unwrap() == value);
        let again = PlainRecord::from_value(T::SCHEMA, &plain.to_value().unwrap()).unwrap();
        prop_assert!(T::from_plain(&again).unwrap() == value);
        Ok(())
    });
}

/// Every leaf is read, and written back into a record that holds nothing.
fn leaves<T: PepRecord + Sample>() {
    for_values(16, |value: T| {
        let plain = value.to_plain().unwrap();
        let mut blocks = 0;
        for leaf in T::SCHEMA.leaves() {
            prop_assert_eq!(leaf.place.start, blocks);
            blocks = leaf.place.end;
            let found = plain.get(&leaf.path).unwrap();
            // The text of a value, where it has one, stands for it.
            if let Some(text) = leaf.field.to_text(&found) {
                prop_assert!(leaf.field.parse(&text).unwrap() == found);
            }
        }
        prop_assert_eq!(blocks, T::SCHEMA.blocks());

        let mut copy = PlainRecord::new(T::SCHEMA);
        let Value::Record(fields) = plain.to_value().unwrap() else { panic!("a record") };
        for (name, value) in fields {
            copy.set(&name, value).unwrap();
        }
        prop_assert!(T::from_plain(&copy).unwrap() == value);
        Ok(())
    });
}

/// What one way seals the other opens, and both have one JSON.
fn sealed<T: PepRecord + Sample>() {
    let session = crate::law::session();
    for_values(4, |value: T| {
        let typed = session.seal(&value).unwrap();
        let json = serde_json::to_string(&typed).unwrap();
        let plain = SealedPlain::from_json(T::SCHEMA, &json).unwrap();
        prop_assert_eq!(&plain.to_json().unwrap(), &json);
        let opened = session.open_plain(T::SCHEMA, &plain).unwrap();
        prop_assert!(T::from_plain(&opened).unwrap() == value);

        let plain = session.seal_plain(&value.to_plain().unwrap()).unwrap();
        prop_assert!(plain.to_json().unwrap().len() == json.len());
        let typed = serde_json::from_str(&plain.to_json().unwrap()).unwrap();
        prop_assert!(session.open::<T>(&typed).unwrap() == value);
        Ok(())
    });
}

/// Bytes that no value has are refused, and nothing panics.
fn hostile_bytes<T: PepRecord + Sample>() {
    for_values(16, |value: T| {
        let mut bytes = value.to_plain().unwrap().bytes().to_vec();
        for place in 0..bytes.len() {
            bytes[place] ^= 0x40;
            if let Ok(read) = PlainRecord::from_bytes(T::SCHEMA, &bytes) {
                prop_assert_eq!(read.bytes(), bytes.as_slice());
                let _ = T::from_plain(&read);
            }
            bytes[place] ^= 0x40;
        }
        prop_assert!(PlainRecord::from_bytes(T::SCHEMA, &bytes[1..]).is_err());
        Ok(())
    });
}

/// The written form says all that was declared.
fn manifest<T: PepRecord + Sample>() {
    let written = Manifest::of(T::SCHEMA);
    let read = Manifest::from_json(&written.to_json()).unwrap();
    assert_eq!(read.to_json(), written.to_json());
    let schema = read.schema().unwrap();
    assert_eq!(schema, T::SCHEMA);
    assert_eq!(schema.content_fingerprint(), T::SCHEMA.content_fingerprint());
    assert_eq!(schema.meaning_fingerprint(), T::SCHEMA.meaning_fingerprint());
    assert_eq!(schema.shape_fingerprint(), T::SCHEMA.shape_fingerprint());
}

every_record!(manifest);
every_record!(plaintext);
every_record!(leaves);
every_record!(sealed);
every_record!(hostile_bytes);

fn assessment() -> Assessment {
    Assessment {
        pupil: Pseudonym::random(),
        teacher: Pseudonym::random(),
        weekday: Weekday::Tuesday,
        free_lunch: true,
        reading: Some(431),
        outdoor_celsius: 21.5,
        remark: "on time".to_owned(),
    }
}

#[test]
fn values_are_what_was_declared() {
    let plain = assessment().to_plain().unwrap();
    assert_eq!(plain.get("reading").unwrap(), Value::Integer(431));
    assert_eq!(plain.get("weekday").unwrap(), Value::Label("Tuesday".to_owned()));
    assert_eq!(plain.get("outdoor_celsius").unwrap(), Value::Decimal { steps: 215, decimals: 1 });
    assert_eq!(plain.get("remark").unwrap().kind(), Kind::Text);
    assert_eq!(format!("{:?}", plain.get("remark").unwrap()), "Text(…)");
    for path in
        ["", "writing", "remark.x", "reading[0]", "remark[", "remark]", "remark.", "remark[-1]", "[0]"]
    {
        assert!(plain.get(path).is_err(), "{path}");
    }
}

#[test]
fn a_refused_value_changes_nothing_and_is_refused_as_the_typed_one_is() {
    let mut plain = assessment().to_plain().unwrap();
    let before = plain.bytes().to_vec();
    for (path, value) in [
        ("reading", Value::Integer(900)),
        ("reading", Value::Integer(0)),
        ("reading", Value::Text("431".to_owned())),
        ("remark", Value::Text("longer than fifteen".to_owned())),
        ("remark", Value::Absent),
        ("weekday", Value::Label("Sunday".to_owned())),
        ("outdoor_celsius", Value::Decimal { steps: 601, decimals: 1 }),
        ("outdoor_celsius", Value::Decimal { steps: 60, decimals: 0 }),
        ("writing", Value::Integer(1)),
    ] {
        let error = plain.set(path, value).unwrap_err();
        assert!(error.to_string().contains(path) && !error.to_string().contains("Sunday"), "{error}");
        assert_eq!(plain.bytes(), before, "{path}");
    }
    let typed = Assessment { reading: Some(900), ..assessment() }.to_plain().map(|_| ()).unwrap_err();
    let by_schema = plain.set("reading", Value::Integer(900)).unwrap_err();
    assert_eq!((typed.fault(), typed.field()), (by_schema.fault(), by_schema.field()));
    let typed = Assessment { reading: Some(0), ..assessment() }.to_plain().map(|_| ()).unwrap_err();
    assert_eq!(typed.fault(), plain.set("reading", Value::Integer(0)).unwrap_err().fault());
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 20, max_bits = 139)]
enum Visit {
    Home {
        #[pep(max_len = 3, range = 0..=9)]
        marks: Vec<u8>,
        inner: Address,
    },
    Missed {
        #[pep(range = 1..=9)]
        reason: u8,
    },
}

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 1, max_bits = 120)]
struct Address {
    #[pep(max_bytes = 15)]
    city: String,
}

#[test]
fn paths_lead_into_records_lists_and_variants() {
    let home = Visit::Home { marks: vec![7, 8], inner: Address { city: "Delft".to_owned() } };
    let mut plain = home.to_plain().unwrap();
    assert_eq!(plain.get("variant").unwrap(), Value::Label("Home".to_owned()));
    assert_eq!(plain.get("marks[1]").unwrap(), Value::Integer(8));
    assert_eq!(plain.get("marks[2]").unwrap(), Value::Absent);
    assert_eq!(plain.get("marks.count").unwrap(), Value::Integer(2));
    assert!(plain.get("marks[3]").is_err());
    assert_eq!(plain.get("inner.city").unwrap(), Value::Text("Delft".to_owned()));
    assert_eq!(plain.get("reason").unwrap(), Value::Absent);

    plain.set("marks[0]", Value::Integer(1)).unwrap();
    for path in ["marks[2]", "marks.count", "reason"] {
        assert_eq!(plain.set(path, Value::Integer(1)).unwrap_err().fault(), &EncodeFault::NotInUse, "{path}");
    }
    plain.set("inner.city", Value::Text("Nijmegen".to_owned())).unwrap();
    let read = Visit::from_plain(&plain).unwrap();
    let expected = Visit::Home { marks: vec![1, 8], inner: Address { city: "Nijmegen".to_owned() } };
    assert_eq!(read, expected);

    // Another variant leaves nothing of the first behind.
    plain.set("variant", Value::Label("Missed".to_owned())).unwrap();
    plain.set("reason", Value::Integer(4)).unwrap();
    assert_eq!(Visit::from_plain(&plain).unwrap(), Visit::Missed { reason: 4 });
    assert_eq!(plain.get("inner.city").unwrap(), Value::Absent);
    plain.set("variant", Value::Label("Home".to_owned())).unwrap();
    assert_eq!(plain.get("inner.city").unwrap(), Value::Text(String::new()));
}

#[test]
fn filler_is_marked_as_such() {
    let filler: Vec<_> = Visit::SCHEMA.leaves().filter(|leaf| leaf.filler).map(|leaf| leaf.path).collect();
    assert_eq!(filler, ["marks.count", "marks[0]", "marks[1]", "marks[2]", "inner.city", "reason"]);
    assert!(Assessment::SCHEMA.leaves().all(|leaf| !leaf.filler));
}

#[test]
fn a_record_of_another_declaration_is_refused() {
    let plain = assessment().to_plain().unwrap();
    assert!(Address::from_plain(&plain).is_err());
    let sealed = session().seal_plain(&plain).unwrap();
    assert!(session().open_plain(Address::SCHEMA, &sealed).is_err());
}
