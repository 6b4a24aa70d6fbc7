//! Reading what anybody may have sent: no panic, nothing accepted that would be written otherwise.

use std::cell::Cell;

use libpep::data::json::PEPJSONValue;
use libpep::data::long::LongPseudonym;
use libpep::data::simple::{Attribute, ElGamalEncryptable, Pseudonym as PepPseudonym};
use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::{DecodeFault, InProcess, Transcryption};
use proptest::prelude::*;

use crate::hostile::{anything, neutral, number_block, object, padded, read_and_write_again, shaped};
use crate::kinds::*;
use crate::law::{for_bytes, for_values, now};
use crate::mutate::mutate;
use crate::values::Sample;

fn anything_is_read_without_panic_and_has_one_encoding<T: Sample>() {
    for_bytes(40, &|bytes| {
        read_and_write_again::<T>(&anything(bytes, 4).unwrap());
        Ok(())
    });
}

every_record!(anything_is_read_without_panic_and_has_one_encoding);

fn what_nearly_has_the_shape_is_read_without_panic_and_has_one_encoding<T: Sample>() {
    let accepted = Cell::new(0_u32);
    // So many that each generator of a few in a hundred makes some.
    for_bytes(200, &|bytes| {
        let value = shaped(bytes, &Type::Record(T::SCHEMA)).unwrap();
        accepted.set(accepted.get() + u32::from(read_and_write_again::<T>(&value)));
        Ok(())
    });
    // The generator is of use only while some of what it makes is accepted.
    assert!(accepted.get() > 0);
}

every_record!(what_nearly_has_the_shape_is_read_without_panic_and_has_one_encoding);

fn a_changed_value_is_read_without_panic_and_has_one_encoding<T: Sample>() {
    for_bytes(50, &|bytes| {
        let changes = bytes.int_in_range(1..=3).unwrap();
        let mut plain = T::sample(bytes).unwrap().to_pep().unwrap();
        for _ in 0..changes {
            mutate(bytes, &mut plain).unwrap();
        }
        read_and_write_again::<T>(&plain);
        Ok(())
    });
}

every_record!(a_changed_value_is_read_without_panic_and_has_one_encoding);

/// Without any field, with one too many, and with one under another name.
fn a_record_with_other_fields_is_refused<T: Sample>() {
    for_values(2, |value: T| {
        let PEPJSONValue::Object(fields) = value.to_pep().unwrap() else { unreachable!() };
        for name in fields.keys() {
            let mut fewer = fields.clone();
            let value = fewer.remove(name).unwrap();
            let error = T::from_pep(&PEPJSONValue::Object(fewer.clone())).unwrap_err();
            prop_assert_eq!(error.fault(), &DecodeFault::MissingField);
            prop_assert_eq!(&error.field(), name);
            fewer.insert(format!("{name}\0"), value);
            prop_assert!(T::from_pep(&PEPJSONValue::Object(fewer)).is_err());
        }
        let mut more = fields;
        more.insert("marked".to_owned(), PEPJSONValue::Null);
        let error = T::from_pep(&PEPJSONValue::Object(more)).unwrap_err();
        prop_assert_eq!(error.fault(), &DecodeFault::ExtraFields);
        prop_assert!(!error.to_string().contains("marked"));
        Ok(())
    });
}

every_record! {
    a_record_with_other_fields_is_refused: labels: Labels, nested: Nested, outcome: Outcome,
}

/// What a field holds, and what is wrong with it.
fn fault<T: PepRecord>(name: &str, rest: &T, value: PEPJSONValue) -> Option<DecodeFault> {
    let PEPJSONValue::Object(mut fields) = rest.to_pep().unwrap() else { unreachable!() };
    assert!(fields.insert(name.to_owned(), value).is_some());
    let error = T::from_pep(&PEPJSONValue::Object(fields)).err()?;
    assert_eq!(error.field(), name);
    Some(error.fault().clone())
}

fn block(data: [u8; 16]) -> Attribute {
    Attribute::from_lizard(&data)
}

#[test]
fn each_lie_about_a_bool_or_a_number_has_its_fault() {
    let plain = Plain { flag: false, tiny: 0, small: 0, signed_tiny: 0, signed_small: 0 };
    let flag = |data| fault("flag", &plain, PEPJSONValue::Bool(block(data)));
    assert_eq!(flag(padded(&[2])), Some(DecodeFault::Reserved));
    assert_eq!(flag(padded(&[3])), Some(DecodeFault::Bool));
    assert_eq!(flag(padded(&[0, 0])), Some(DecodeFault::Bool));
    assert_eq!(flag(padded(&[])), Some(DecodeFault::Bool));
    assert_eq!(flag([0; 16]), Some(DecodeFault::Padding));
    assert_eq!(flag([17; 16]), Some(DecodeFault::Padding));

    let number = |tag, bits| fault("tiny", &plain, number_block(tag, bits));
    assert_eq!(number(0, 255), None);
    assert_eq!(number(0, 256), Some(DecodeFault::OutOfRange));
    assert_eq!(number(0, u64::MAX), Some(DecodeFault::OutOfRange));
    assert_eq!(number(1, -1_i64 as u64), Some(DecodeFault::OutOfRange));
    // Zero and one as a negative number, and as a float.
    assert_eq!(number(1, 0), Some(DecodeFault::Number));
    assert_eq!(number(1, 1), Some(DecodeFault::Number));
    assert_eq!(number(2, 1_f64.to_bits()), Some(DecodeFault::Number));
    assert_eq!(number(3, 1), Some(DecodeFault::Number));
    assert_eq!(number(2, f64::NAN.to_bits()), Some(DecodeFault::Number));

    let signed = |tag, bits: i64| fault("signed_tiny", &plain, number_block(tag, bits as u64));
    assert_eq!(signed(1, -128), None);
    assert_eq!(signed(1, -129), Some(DecodeFault::OutOfRange));
    assert_eq!(signed(0, -1), Some(DecodeFault::OutOfRange));

    let no_data = Attribute::from_hash(&[7; 64]);
    assert_eq!(fault("tiny", &plain, PEPJSONValue::Number(no_data)), Some(DecodeFault::NotData));
    assert_eq!(
        fault("tiny", &plain, PEPJSONValue::Number(Attribute::from_point(neutral()))),
        Some(DecodeFault::NotData)
    );
    assert_eq!(
        fault("tiny", &plain, PEPJSONValue::String(block(padded(b"\0")))),
        Some(DecodeFault::WrongShape)
    );
    assert_eq!(fault("tiny", &plain, PEPJSONValue::Null), Some(DecodeFault::WrongShape));
}

#[test]
fn each_lie_about_a_label_has_its_fault() {
    let labels = Labels { weekday: Weekday::Monday, edge: Edge::Zero, single: Single::Only };
    let weekday = |code| fault("weekday", &labels, number_block(0, code));
    assert_eq!(weekday(9), None);
    assert_eq!(weekday(2), Some(DecodeFault::UnknownCode));
    assert_eq!(weekday(65535), Some(DecodeFault::Reserved));
    assert_eq!(weekday(65536 + 9), Some(DecodeFault::UnknownCode));
    assert_eq!(fault("weekday", &labels, number_block(1, -1_i64 as u64)), Some(DecodeFault::UnknownCode));
    assert_eq!(fault("weekday", &labels, number_block(2, 0)), Some(DecodeFault::Number));
}

#[test]
fn each_lie_about_a_text_has_its_fault() {
    let text = || String::new();
    let texts = Texts { b1: text(), b15: text(), b16: text(), b31: text(), b32: text(), b47: text() };
    let long = |name, blocks: &[[u8; 16]]| {
        let blocks: Vec<_> = blocks.iter().map(|data| block(*data)).collect();
        fault(name, &texts, PEPJSONValue::LongString(blocks.into()))
    };
    let short = |name, data| fault(name, &texts, PEPJSONValue::String(block(data)));
    let full = *b"sixteen bytes ok";
    assert_eq!(short("b15", padded(b"\xff")), Some(DecodeFault::Utf8));
    assert_eq!(short("b1", padded(b"ab")), Some(DecodeFault::TextTooLong { max_bytes: 1 }));
    assert_eq!(short("b15", [0; 16]), Some(DecodeFault::Padding));
    assert_eq!(short("b15", full), Some(DecodeFault::Padding));
    assert_eq!(long("b15", &[padded(b"a")]), Some(DecodeFault::WrongShape));
    assert_eq!(short("b16", padded(b"a")), Some(DecodeFault::WrongShape));
    for blocks in [&[][..], &[padded(b"a")], &[padded(b"a"), [0; 16], [0; 16]]] {
        assert_eq!(long("b16", blocks), Some(DecodeFault::WrongShape));
    }
    assert_eq!(long("b16", &[padded(b"a"), [0; 16]]), None);
    assert_eq!(long("b16", &[full, padded(b"")]), None);
    assert_eq!(long("b16", &[full, padded(b"1")]), Some(DecodeFault::TextTooLong { max_bytes: 16 }));
    // Nothing but filler, filler in front, and a block in the middle that ends the text.
    assert_eq!(long("b16", &[[0; 16], [0; 16]]), Some(DecodeFault::Padding));
    assert_eq!(long("b47", &[[0; 16], padded(b"a"), [0; 16]]), None);
    assert_eq!(long("b47", &[full, full, full]), Some(DecodeFault::Padding));
    assert_eq!(long("b47", &[padded(b"a"), [16; 16], [0; 16]]), None);
    assert_eq!(
        long("b47", &[b"\xe2\x82 fifteen more ".to_owned(), [16; 16], [0; 16]]),
        Some(DecodeFault::Utf8)
    );
}

#[test]
fn each_lie_about_a_list_has_its_fault() {
    let lists = Lists {
        flags: vec![],
        numbers: vec![],
        decimals: vec![],
        short: vec![],
        long: vec![],
        edges: vec![],
        records: vec![],
    };
    let numbers = |count: PEPJSONValue, items: &[u64]| {
        let items = items.iter().map(|number| number_block(0, *number)).collect();
        let value = object([("count", count), ("items", PEPJSONValue::Array(items))]);
        let PEPJSONValue::Object(mut fields) = lists.to_pep().unwrap() else { unreachable!() };
        fields.insert("numbers".to_owned(), value);
        let read = Lists::from_pep(&PEPJSONValue::Object(fields));
        read.map(|lists| lists.numbers).map_err(|error| (error.field(), error.fault().clone()))
    };
    let count = |count| number_block(0, count);
    let refused = |field: &str, fault| Err((field.to_owned(), fault));
    assert_eq!(numbers(count(2), &[7, 8, 5, 5]), Ok(vec![7, 8]));
    assert_eq!(numbers(count(2), &[7, 8, 9, 5]), refused("numbers[2]", DecodeFault::Filler));
    assert_eq!(numbers(count(0), &[5, 5, 5, 6]), refused("numbers[3]", DecodeFault::Filler));
    assert_eq!(numbers(count(4), &[7, 8, 9, 4]), refused("numbers[3]", DecodeFault::OutOfRange));
    for large in [5, u64::from(u32::MAX), u64::MAX] {
        assert_eq!(numbers(count(large), &[5, 5, 5, 5]), refused("numbers", DecodeFault::Count));
    }
    assert_eq!(numbers(number_block(1, u64::MAX), &[5; 4]), refused("numbers", DecodeFault::Count));
    assert_eq!(numbers(number_block(2, 0), &[5; 4]), refused("numbers", DecodeFault::Number));
    for items in [&[][..], &[5; 3], &[5; 5]] {
        assert_eq!(numbers(count(0), items), refused("numbers", DecodeFault::WrongShape));
    }
}

/// The neutral element is the same in every domain, so a person known by it would be known everywhere.
#[test]
fn the_neutral_pseudonym_is_refused() {
    let visit = Visit { doctor: Pseudonym::random(), reason: String::new() };
    let doctor = |value| fault("doctor", &visit, value);
    let neutral = PepPseudonym::from_point(neutral());
    assert_eq!(doctor(PEPJSONValue::Pseudonym(neutral)), Some(DecodeFault::NeutralPseudonym));
    let long = PEPJSONValue::LongPseudonym(LongPseudonym(vec![neutral]));
    assert_eq!(doctor(long), Some(DecodeFault::WrongShape));
}

/// A variant's own fields only: what is put where another variant's would be is not passed over.
#[test]
fn a_variant_with_data_in_a_field_of_another_is_refused() {
    let not_yet = |name, value| fault(name, &Outcome::NotYet, value);
    assert_eq!(not_yet("score", number_block(0, 1)), None);
    assert_eq!(not_yet("score", number_block(0, 2)), Some(DecodeFault::Filler));
    assert_eq!(not_yet("reason", number_block(0, 1)), Some(DecodeFault::Filler));
    assert_eq!(not_yet("fn", PEPJSONValue::Bool(block(padded(&[1])))), Some(DecodeFault::Filler));
    assert_eq!(not_yet("maybe", PEPJSONValue::Bool(block(padded(&[0])))), Some(DecodeFault::Filler));
    assert_eq!(not_yet("variant", number_block(0, 2)), Some(DecodeFault::UnknownCode));
    assert_eq!(not_yet("variant", number_block(0, 65535)), Some(DecodeFault::UnknownCode));
}

/// Ten thousand levels, on a stack that has room for dropping them.
#[test]
fn a_deep_value_is_refused_without_going_down() {
    let read = || {
        let mut value = PEPJSONValue::Null;
        for level in 0..10_001 {
            value =
                if level % 2 == 0 { PEPJSONValue::Array(vec![value]) } else { object([("items", value)]) };
        }
        let nested = object([("labels", value)]);
        assert_eq!(Nested::from_pep(&nested).unwrap_err().fault(), &DecodeFault::WrongShape);
    };
    std::thread::Builder::new().stack_size(64 << 20).spawn(read).unwrap().join().unwrap();
}

/// A record of another session never turns into data, whatever its first attribute is.
fn a_record_of_another_session_is_no_data<T: Sample>() {
    let school = InProcess::new(2);
    let own = now(school.session()).unwrap();
    let others = [school.party(), InProcess::new(2)];
    let others = others.map(|party| now(party.session()).unwrap());
    let refused = Cell::new(0);
    for_values(16, |value: T| {
        let sealed = own.seal(&value).unwrap();
        for other in &others {
            let error = other.open(&sealed).unwrap_err();
            prop_assert_eq!(error.fault(), &DecodeFault::NotData);
            refused.set(refused.get() + 1);
        }
        Ok(())
    });
    assert_eq!(refused.get(), 32);
}

every_record!(a_record_of_another_session_is_no_data);
