//! Every value of a record has one shape, before encryption and after it, and comes back.

use libpep::data::json::PEPJSONValue;
use libpep::data::simple::ElGamalEncryptable;
use nest_core::Sealed;
use nest_core::prelude::*;
use proptest::prelude::*;
use serde_json::json;

use crate::kinds::*;
use crate::law::{ciphertexts, count_blocks, for_bytes, for_values, leaves, masked, session};
use crate::values::Sample;

fn every_value_has_the_declared_shape_and_comes_back<T: Sample>() {
    assert_eq!(T::SCHEMA.blocks(), T::BLOCKS);
    assert!(T::BLOCKS <= T::SCHEMA.max_blocks);
    for_values(48, |value: T| {
        let plain = value.to_pep().unwrap();
        prop_assert_eq!(plain.structure(), T::structure());
        prop_assert_eq!(count_blocks(&plain), T::BLOCKS);
        prop_assert_eq!(T::from_pep(&plain), Ok(value));
        Ok(())
    });
}

every_record!(every_value_has_the_declared_shape_and_comes_back);

fn two_sealed_values_differ_in_ciphertext_only<T: Sample>() {
    let session = session();
    for_bytes(12, &|bytes| {
        let (one, other) = (T::sample(bytes).unwrap(), T::sample(bytes).unwrap());
        let sealed = session.seal(&one).unwrap();
        let (one_json, other_json) = (
            serde_json::to_string(&sealed).unwrap(),
            serde_json::to_string(&session.seal(&other).unwrap()).unwrap(),
        );
        prop_assert_eq!(one_json.len(), other_json.len());
        prop_assert_eq!(masked(&one_json), masked(&other_json));

        let parsed: Sealed<T> = serde_json::from_str(&one_json).unwrap();
        prop_assert!(parsed == sealed);
        prop_assert_eq!(serde_json::to_string(&parsed).unwrap(), one_json);
        prop_assert_eq!(session.open(&parsed), Ok(one));
        Ok(())
    });
}

every_record!(two_sealed_values_differ_in_ciphertext_only);

fn sealing_a_value_twice_gives_no_ciphertext_twice<T: Sample>() {
    let session = session();
    for_values(2, |value: T| {
        let [one, other] = [(); 2].map(|()| serde_json::to_value(session.seal(&value).unwrap()).unwrap());
        let mut texts: Vec<String> = [ciphertexts(&one), ciphertexts(&other)]
            .concat()
            .into_iter()
            .flat_map(|(_, text)| text.split('|').map(str::to_owned).collect::<Vec<_>>())
            .collect();
        prop_assert_eq!(texts.len(), 2 * T::BLOCKS);
        // Half of a ciphertext is the encryption's own random point: it must not come back either.
        texts.extend(texts.clone().iter().map(|text| text[..40].to_owned()));
        let count = texts.len();
        texts.sort();
        texts.dedup();
        prop_assert_eq!(texts.len(), count);
        Ok(())
    });
}

every_record! {
    sealing_a_value_twice_gives_no_ciphertext_twice: texts: Texts, people: People, outcome: Outcome,
}

/// The one value that libpep knows no counterpart of: a `bool` that is absent, byte 2, with or without a reason.
fn is_absent_bool(value: &PEPJSONValue) -> bool {
    matches!(value, PEPJSONValue::Bool(block) if block.to_lizard().is_some_and(|block| block[0] == 2))
}

fn libpep_reads_every_value_but_an_absent_bool<T: Sample>() {
    for_values(20, |value: T| {
        let plain = value.to_pep().unwrap();
        let absent = leaves(&plain).into_iter().any(is_absent_bool);
        prop_assert_eq!(plain.to_value().is_err(), absent);
        Ok(())
    });
}

every_record!(libpep_reads_every_value_but_an_absent_bool);

#[test]
fn libpep_reads_the_same_numbers_texts_and_names() {
    let names = Names {
        r#type: true,
        r#fn: 1,
        fields: 2,
        value: 3,
        renamed: 4,
        quoted: 5,
        last: false,
        first: Edge::r#Type,
        items: Counted { count: 6, items: [true] },
    };
    let json = json!({
        "type": true, "fn": 1, "fields": 2, "value": 3, "data": 4, "ключ \"1\"\n\u{0}\\ 🗝": 5, "~": false,
        "Type": 256, "items": { "count": 6, "items": [true] },
    });
    assert_eq!(names.to_pep().unwrap().to_value().unwrap(), json);

    let lists = Lists {
        flags: vec![],
        numbers: vec![2000, 6],
        decimals: vec![-0.29],
        short: vec![String::new(), "\0é".to_owned()],
        long: vec!["x".repeat(31)],
        edges: vec![Edge::Last],
        records: vec![],
    };
    let labels = json!({ "weekday": 0, "edge": 65534, "single": 0 });
    let json = json!({
        "flags": { "count": 0, "items": [false] },
        "numbers": { "count": 2, "items": [2000, 6, 5, 5] },
        "decimals": { "count": 1, "items": [-0.29, -1.0] },
        "short": { "count": 2, "items": ["", "\0é", ""] },
        "long": { "count": 1, "items": ["x".repeat(31), ""] },
        "edges": { "count": 1, "items": [65534, 65534] },
        "records": { "count": 0, "items": [labels, labels, labels] },
    });
    assert_eq!(lists.to_pep().unwrap().to_value().unwrap(), json);
}

/// What libpep makes of plain JSON is accepted wherever it has the shape that the record asks for.
#[test]
fn what_libpep_encodes_is_read_where_it_has_the_shape() {
    let plain = json!({ "flag": true, "tiny": 255, "small": 0, "signed_tiny": -128, "signed_small": 32767 });
    assert_eq!(
        Plain::from_pep(&PEPJSONValue::from_value(&plain)),
        Ok(Plain { flag: true, tiny: 255, small: 0, signed_tiny: -128, signed_small: 32767 })
    );
    let texts = json!({
        "b1": "", "b15": "é".repeat(7), "b16": "x".repeat(16), "b31": "\0".repeat(31), "b32": "x".repeat(32),
        "b47": "x".repeat(47),
    });
    let texts = Texts::from_pep(&PEPJSONValue::from_value(&texts)).unwrap();
    assert_eq!(texts.b31, "\0".repeat(31));
}

#[test]
fn conversions_do_what_the_methods_do() {
    let labels = Labels { weekday: Weekday::Wednesday, edge: Edge::Last, single: Single::Only };
    let plain = labels.to_pep().unwrap();
    assert_eq!(PEPJSONValue::try_from(&labels).as_ref(), Ok(&plain));
    assert_eq!(PEPJSONValue::try_from(labels.clone()).as_ref(), Ok(&plain));
    assert_eq!(Labels::try_from(&plain).as_ref(), Ok(&labels));
    assert_eq!(Labels::try_from(plain), Ok(labels.clone()));

    let history = History { years: vec![labels] };
    let plain = PEPJSONValue::try_from(&history).unwrap();
    assert_eq!(History::<Labels>::try_from(plain), Ok(history));
}
