//! A batch between two ends that know the declaration: it comes back in each of its forms, in no other letters, and
//! never as records of another shape.

use nest_core::prelude::*;
use nest_core::{Batch, Domain, Session};
use proptest::prelude::*;
use serde_json::Value;

use crate::forged::{parse_batch_and_write_again, text_len};
use crate::law::{for_bytes, session};
use crate::values::Sample;

fn domain() -> Domain {
    Domain::new("school").unwrap()
}

fn sealed<T: PepRecord>(session: &Session, records: &[T]) -> Batch<T> {
    Batch::seal(&domain(), session, records).unwrap()
}

fn json<T: PepRecord>(batch: &Batch<T>) -> String {
    serde_json::to_string(batch).unwrap()
}

fn a_batch_comes_back_in_each_form<T: Sample>() {
    let session = session();
    for_bytes(8, &|bytes| {
        let len = bytes.int_in_range(0..=3).unwrap();
        let records: Vec<T> = (0..len).map(|_| T::sample(bytes).unwrap()).collect();
        let batch = sealed(&session, &records);
        let json = serde_json::to_string(&batch).unwrap();
        let from_json = parse_batch_and_write_again::<T>(&json).unwrap();
        let value: Value = serde_json::from_str(&json).unwrap();
        // In another order of keys, and from what is no text.
        let from_value: Batch<T> = serde_json::from_value(value.clone()).unwrap();
        let (sessions, blocks) = (batch.sessions().clone(), batch.to_bytes());
        prop_assert_eq!(blocks.len(), len * Batch::<T>::RECORD_BYTES);
        let from_bytes: Batch<T> = Batch::from_bytes(domain(), sessions, &blocks).unwrap();

        for text in value["records"].as_array().unwrap() {
            prop_assert_eq!(text.as_str().unwrap().len(), text_len(T::BLOCKS));
        }
        let own = batch.open(&session);
        for read in [from_json, from_value, from_bytes] {
            prop_assert_eq!((read.domain(), read.sessions()), (batch.domain(), batch.sessions()));
            prop_assert_eq!(&read.open(&session), &own);
            prop_assert!(read.into_sealed() == batch.clone().into_sealed());
        }
        let mut opened: Vec<T> = own.into_iter().map(Result::unwrap).collect();
        for record in &records {
            let place = opened.iter().position(|opened| opened == record);
            prop_assert!(place.is_some());
            opened.swap_remove(place.unwrap());
        }
        prop_assert!(opened.is_empty());
        Ok(())
    });
}

every_record!(a_batch_comes_back_in_each_form);

/// One text of a batch changed: it is refused, or is other blocks of the same shape.
fn a_changed_text_is_refused_or_other_blocks<T: Sample>() {
    let session = session();
    let record = T::sample(&mut arbitrary::Unstructured::new(&[])).unwrap();
    let batch = sealed(&session, &[record.clone(), record]);
    let (value, blocks) = (serde_json::to_value(&batch).unwrap(), batch.to_bytes());
    for_bytes(24, &|bytes| {
        let mut changed = value.clone();
        let which = bytes.int_in_range(0..=1).unwrap();
        let mut text: Vec<char> = changed["records"][which].as_str().unwrap().chars().collect();
        for _ in 0..bytes.int_in_range(1..=3).unwrap() {
            let Ok(place) = bytes.choose_index(text.len()) else { break };
            match bytes.int_in_range(0..=5).unwrap() {
                0 => drop(text.remove(place)),
                1 => text.insert(place, text[place]),
                2 => text.truncate(place),
                3 => text[place] = bytes.arbitrary().unwrap(),
                4 => text.push('='),
                _ => {
                    text[place] = *bytes.choose(&['A', 'Z', 'a', 'z', '0', '9', '-', '_', '+', '/']).unwrap()
                }
            }
        }
        changed["records"][which] = text.into_iter().collect::<String>().into();
        if let Some(read) = parse_batch_and_write_again::<T>(&changed.to_string()) {
            prop_assert_eq!(read.len(), 2);
            prop_assert_eq!(read.to_bytes().len(), blocks.len());
            prop_assert_eq!(read.to_bytes() == blocks, changed == value);
            read.open(&session);
        }
        Ok(())
    });
}

every_record!(a_changed_text_is_refused_or_other_blocks);

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Score {
    #[pep(range = 0..=100)]
    reading: u8,
    #[pep(range = 0..=100)]
    maths: u8,
}

/// As [`Score`], the fields in another order: read as one, the marks would be the other's.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Turned {
    #[pep(range = 0..=100)]
    maths: u8,
    #[pep(range = 0..=100)]
    reading: u8,
}

/// As [`Score`], under another name.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Renamed {
    #[pep(range = 0..=100)]
    reading: u8,
    #[pep(range = 0..=100)]
    algebra: u8,
}

/// As [`Score`], with a text in the place of a number.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct InWords {
    #[pep(range = 0..=100)]
    reading: u8,
    #[pep(max_bytes = 3)]
    maths: String,
}

/// As [`Score`] looks from outside.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4, version = 2)]
struct Wider {
    #[pep(range = 0..=200)]
    reading: u8,
    #[pep(range = 0..=100, absent = 101)]
    maths: Option<u8>,
}

#[test]
fn a_batch_of_another_shape_is_refused_although_the_blocks_are_as_many() {
    let session = session();
    let score = json(&sealed(&session, &[Score { reading: 7, maths: 70 }]));
    let others = [
        json(&sealed(&session, &[Turned { reading: 7, maths: 70 }])),
        json(&sealed(&session, &[Renamed { reading: 7, algebra: 70 }])),
        json(&sealed(&session, &[InWords { reading: 7, maths: "70".to_owned() }])),
        json(&sealed::<Turned>(&session, &[])),
    ];
    for other in &others {
        assert!(parse_batch_and_write_again::<Score>(other).is_none(), "{other}");
    }
    assert!(parse_batch_and_write_again::<Score>(&score).is_some());
    assert!(parse_batch_and_write_again::<Turned>(&score).is_none());
    assert!(parse_batch_and_write_again::<Renamed>(&score).is_none());
    assert!(parse_batch_and_write_again::<InWords>(&score).is_none());
    // What was compatible stays so.
    let wider = parse_batch_and_write_again::<Wider>(&score).unwrap();
    assert_eq!(wider.open(&session), [Ok(Wider { reading: 7, maths: Some(70) })]);
    let wider = json(&sealed(&session, &[Wider { reading: 7, maths: Some(70) }]));
    let back = parse_batch_and_write_again::<Score>(&wider).unwrap();
    assert_eq!(back.open(&session), [Ok(Score { reading: 7, maths: 70 })]);
}

#[test]
fn a_batch_has_its_shape_once_and_in_one_form() {
    let session = session();
    let batch = serde_json::to_value(sealed(&session, &[Score { reading: 7, maths: 70 }])).unwrap();
    let reads = |json: &str| parse_batch_and_write_again::<Score>(json).is_some();
    assert!(reads(&batch.to_string()));
    let shape = Score::SCHEMA.shape_fingerprint().to_string();
    for other in [
        serde_json::json!(null),
        serde_json::json!(""),
        serde_json::json!(7),
        serde_json::json!([shape]),
        serde_json::json!(shape.to_uppercase()),
        serde_json::json!(shape[..31]),
        serde_json::json!(format!("{shape}0")),
        serde_json::json!(format!(" {shape}")),
        serde_json::json!(shape.replace(&shape[..1], "é")),
        serde_json::json!("0".repeat(32)),
        serde_json::json!(Turned::SCHEMA.shape_fingerprint()),
    ] {
        let mut changed = batch.clone();
        changed["shape"] = other;
        assert!(!reads(&changed.to_string()), "{changed}");
    }
    let without = batch.to_string().replacen(&format!("\"shape\":\"{shape}\""), "\"shape\":null", 1);
    assert!(!reads(&without) && !reads(&without.replacen(",\"shape\":null", "", 1)));
    let twice = batch.to_string().replacen('{', &format!("{{\"shape\":\"{shape}\","), 1);
    assert!(!reads(&twice));
}

#[test]
fn a_record_is_one_text_and_nothing_else() {
    let session = session();
    let record = session.seal(&Score { reading: 7, maths: 70 }).unwrap();
    let batch =
        serde_json::to_value(Batch::from_sealed(domain(), session.ids().clone(), vec![record.clone()]));
    let batch = batch.unwrap();
    let with = |record: Value| {
        let mut changed = batch.clone();
        changed["records"][0] = record;
        parse_batch_and_write_again::<Score>(&changed.to_string()).is_some()
    };
    let text = batch["records"][0].as_str().unwrap().to_owned();
    assert!(text.len() == 171 && with(serde_json::json!(text)));
    // Two bits of the last letter are to spare, which are zero.
    let ends: Vec<char> =
        ('0'..='z').filter(|end| with(serde_json::json!(format!("{}{end}", &text[..170])))).collect();
    assert_eq!(ends.len(), 16, "{ends:?}");
    for other in [
        serde_json::to_value(&record).unwrap(),
        serde_json::json!(null),
        serde_json::json!([]),
        serde_json::json!([text]),
        serde_json::json!(0),
        serde_json::json!(""),
        serde_json::json!(text[..86]),
        serde_json::json!(text[..170]),
        serde_json::json!(format!("{text}A")),
        serde_json::json!(format!("{text}=")),
        serde_json::json!(format!("{text}{text}")),
        serde_json::json!(format!("{} ", &text[..170])),
        serde_json::json!(format!("{}|{}", &text[..85], &text[86..])),
        serde_json::json!(format!("+{}", &text[1..])),
        serde_json::json!(format!("/{}", &text[1..])),
        serde_json::json!(format!("é{}", &text[2..])),
        serde_json::json!(format!("\0{}", &text[1..])),
    ] {
        assert!(!with(other.clone()), "{other}");
    }
}
