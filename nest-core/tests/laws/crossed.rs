//! libpep's own path as the reference: it opens what is sealed here, and what it seals is opened here.

use libpep::arithmetic::group_elements::GroupElement;
use libpep::client::{decrypt, encrypt, encrypt_batch};
use libpep::core::elgamal::ElGamal;
use libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use libpep::data::simple::{ElGamalEncryptable, ElGamalEncrypted, EncryptedAttribute};
use libpep::keys::{AttributeSessionPublicKey, PseudonymSessionPublicKey};
use nest_core::prelude::*;
use nest_core::schema::Type;
use nest_core::{Batch, DecodeFault, Domain, EncodeFault, Expected, Sealed, Session};
use proptest::prelude::*;
use serde_json::Value;

use crate::forged::wire_len;
use crate::hostile::{shaped, without_pseudonyms};
use crate::kinds::*;
use crate::law::{ciphertexts, for_bytes, for_values, ids, session, session_with_keys};
use crate::values::Sample;

fn domain() -> Domain {
    Domain::new("school").unwrap()
}

fn libpep_opens_what_is_sealed<T: Sample>() {
    let (session, keys) = session_with_keys();
    for_bytes(4, &|bytes| {
        let values: Vec<T> = (0..3).map(|_| T::sample(bytes)).collect::<Result<_, _>>().unwrap();
        let batch = Batch::seal(&domain(), &session, &values).unwrap();
        // In another order than they were handed over; one by one in the same.
        let mut left = values.clone();
        for sealed in batch.into_sealed() {
            let value = T::from_pep(&decrypt(&sealed.to_libpep().unwrap(), &keys)).unwrap();
            let place = left.iter().position(|other| *other == value).expect("one that was sealed");
            left.remove(place);
        }
        for value in values {
            let sealed = session.seal(&value).unwrap();
            let json = serde_json::to_string(&sealed).unwrap();
            let libpep: EncryptedPEPJSONValue = serde_json::from_str(&json).unwrap();
            prop_assert!(sealed.to_libpep().is_ok_and(|own| own == libpep));
            let (plain, decrypted) = (value.to_pep().unwrap(), decrypt(&libpep, &keys));
            let [plain, decrypted] = [plain, decrypted].map(|value| without_pseudonyms(&value));
            prop_assert_eq!(&plain, &decrypted);
            // But for what it has no word for, libpep reads values from it.
            prop_assert_eq!(plain.to_value().ok(), decrypted.to_value().ok());
        }
        Ok(())
    });
}

every_record!(libpep_opens_what_is_sealed);

fn what_libpep_seals_is_opened<T: Sample>() {
    let (session, keys) = session_with_keys();
    for_values(4, |value: T| {
        let plain = [value.to_pep().unwrap(), value.to_pep().unwrap()];
        let one = encrypt(&plain[0], &keys, &mut rand::rng());
        let json = serde_json::to_string(&one).unwrap();
        prop_assert_eq!(json.len(), wire_len(&Type::Record(T::SCHEMA)));
        let read: Sealed<T> = serde_json::from_str(&json).unwrap();
        prop_assert_eq!(session.open(&read).unwrap(), value.clone());
        let both = encrypt_batch(&plain, &keys, &mut rand::rng()).unwrap();
        let both = both.into_iter().chain([one]).map(|sealed| Sealed::from_libpep(sealed).unwrap()).collect();
        for opened in Batch::<T>::from_sealed(domain(), ids(), both).open(&session) {
            prop_assert_eq!(opened.unwrap(), value.clone());
        }
        Ok(())
    });
}

every_record!(what_libpep_seals_is_opened);

/// Whether a block is looked up or decoded, and whatever it holds: the record or the fault is that of its plaintext.
fn opening_decides_as_reading_does<T: Sample>() {
    let (session, keys) = session_with_keys();
    for_bytes(24, &|bytes| {
        let plain = shaped(bytes, &Type::Record(T::SCHEMA)).unwrap();
        let Ok(sealed) = Sealed::<T>::from_libpep(encrypt(&plain, &keys, &mut rand::rng())) else {
            prop_assert!(T::from_pep(&plain).is_err());
            return Ok(());
        };
        let read = T::from_pep(&plain);
        prop_assert_eq!(&session.open(&sealed), &read);
        let batch = Batch::from_sealed(domain(), ids(), vec![sealed.clone(), sealed]);
        // Numbers that are there, that are not, and that are no numbers of the field.
        for opened in batch
            .open(&session)
            .into_iter()
            .chain(batch.open_expecting(&session, &Expected::numbers([0, 7, u64::MAX])))
        {
            prop_assert_eq!(&opened, &read);
        }
        Ok(())
    });
}

every_record!(opening_decides_as_reading_does);

#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 2)]
struct Tagged {
    #[pep(range = 0..=1_000_000)]
    number: u32,
    #[pep(range = 0..=1_000_000)]
    other: u32,
}

#[test]
fn expected_numbers_or_not_make_no_difference() {
    let session = session();
    let records: Vec<_> =
        (0..40).map(|number| Tagged { number: number * 9_999, other: 1_000_000 - number }).collect();
    let batch = Batch::seal(&domain(), &session, &records).unwrap();
    let plainly: Vec<_> = batch.open(&session).into_iter().map(Result::unwrap).collect();
    for expected in [vec![], (0..20).map(|number| number * 9_999).collect(), vec![1, 2, 3]] {
        let opened = batch.open_expecting(&session, &Expected::numbers(expected));
        assert_eq!(opened.into_iter().map(Result::unwrap).collect::<Vec<_>>(), plainly);
    }
    assert!(records.iter().all(|record| plainly.contains(record)) && plainly.len() == 40);
}

/// Decimals on a grid, on both sides of what is small enough to be looked up.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 4)]
struct Edges {
    #[pep(range = 0..=16_383)]
    known: u16,
    #[pep(range = 0..=16_384)]
    unknown: u16,
    #[pep(decimals = 1, range = -51.2..=51.1, absent = 99.9)]
    half_known: Option<f64>,
    #[pep(range = 0..=1_023)]
    sealed_by_look_up: u16,
}

/// And before a large table is computed, and after.
#[test]
fn both_sides_of_each_bound_of_small_domains_come_back() {
    let (session, keys) = session_with_keys();
    for prepared in [false, true] {
        if prepared {
            session.prepare::<Edges>();
        }
        for known in [0, 1, 1_023, 1_024, 16_382, 16_383] {
            for half_known in [None, Some(-51.2), Some(51.1), Some(-0.0)] {
                let edges = Edges { known, unknown: known + 1, half_known, sealed_by_look_up: known % 1_024 };
                let sealed = session.seal(&edges).unwrap();
                assert_eq!(session.open(&sealed).unwrap(), edges);
                let plain = decrypt(&sealed.to_libpep().unwrap(), &keys);
                assert_eq!(Edges::from_pep(&plain).unwrap(), edges);
            }
        }
    }
}

/// Enough of them to compute the table on the way, in several threads, some of which find it being computed.
#[derive(Debug, Clone, PartialEq, PepRecord)]
#[pep(max_blocks = 1)]
struct Wide {
    #[pep(range = 0..=1_100)]
    number: u16,
}

#[test]
fn what_is_opened_while_a_table_is_computed_is_the_same() {
    let session = session();
    let records: Vec<_> = (0..=1_100).step_by(5).map(|number| Wide { number }).collect();
    let sealed: Vec<_> = session.seal_each(records.clone()).map(Result::unwrap).collect();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let opened = session.open_each(sealed.iter().cloned()).map(Result::unwrap);
                assert_eq!(opened.collect::<Vec<Wide>>(), records);
            });
        }
    });
}

/// Without a key there is nothing that hides a record.
#[test]
fn nothing_is_sealed_with_a_neutral_key() {
    let (_, mut keys) = session_with_keys();
    keys.attribute.public = AttributeSessionPublicKey::from(GroupElement::identity());
    let labels = Labels { weekday: Weekday::Monday, edge: Edge::Zero, single: Single::Only };
    let refused = |session: &Session| {
        session.fill_pool(8);
        session.seal(&labels).unwrap_err().fault() == &EncodeFault::Mismatch
    };
    assert!(refused(&Session::from_libpep(ids(), keys)));
    keys.pseudonym.public = PseudonymSessionPublicKey::from(GroupElement::identity());
    assert!(refused(&Session::from_libpep(ids(), keys)));
}

/// What is no element of the group is no data, wherever it stands, and stays where it is.
#[test]
fn a_block_that_holds_no_elements_is_no_data() {
    let session = session();
    let visit = Visit { doctor: Pseudonym::random(), reason: "sixteen bytes ok".to_owned() };
    let json = serde_json::to_string(&session.seal(&visit).unwrap()).unwrap();
    let texts = ciphertexts(&serde_json::from_str::<Value>(&json).unwrap());
    assert_eq!(texts.len(), 2);
    for (path, text) in texts {
        let no_element = format!("_____{}", &text[5..]);
        let read: Sealed<Visit> = serde_json::from_str(&json.replace(&text, &no_element)).unwrap();
        let error = session.open(&read).unwrap_err();
        assert_eq!(error.fault(), &DecodeFault::NotData);
        assert!(path.contains(&error.field()), "{path}");
        assert_eq!(read.to_libpep().unwrap_err().fault(), &DecodeFault::NotData);
        let json = serde_json::to_string(&read).unwrap();
        assert!(json.contains(&no_element) && serde_json::from_str::<EncryptedPEPJSONValue>(&json).is_err());
    }
}

/// What is hidden with a neutral share opens under every key: in whatever kind of block, it is taken for sealed by nobody.
#[test]
fn a_block_whose_share_is_neutral_is_no_data() {
    let session = session();
    let record = Assessment {
        pupil: Pseudonym::random(),
        teacher: Pseudonym::random(),
        weekday: Weekday::Wednesday,
        free_lunch: true,
        reading: Some(300),
        outdoor_celsius: 20.5,
        remark: "a text".to_owned(),
    };
    let plain = record.to_pep().unwrap();
    let json = serde_json::to_string(&session.seal(&record).unwrap()).unwrap();
    let PEPJSONValue::Object(fields) = plain else { panic!("a record is an object") };
    for (path, text) in ciphertexts(&serde_json::from_str::<Value>(&json).unwrap()) {
        let field = path.trim_start_matches('.').split(':').next().unwrap();
        let element = match &fields[field] {
            PEPJSONValue::Pseudonym(value) => *value.value(),
            PEPJSONValue::Bool(value) | PEPJSONValue::Number(value) | PEPJSONValue::String(value) => {
                *value.value()
            }
            _ => panic!("one block each"),
        };
        let open = EncryptedAttribute::from_value(ElGamal { gb: GroupElement::identity(), gc: element });
        let read: Sealed<Assessment> = serde_json::from_str(&json.replace(&text, &open.to_base64())).unwrap();
        let error = session.open(&read).unwrap_err();
        assert_eq!((error.field(), error.fault()), (field.into(), &DecodeFault::NotData));
    }
}

/// The right keys, and nothing under them.
#[test]
fn what_libpep_calls_nothing_is_no_field() {
    let null = ["weekday", "edge", "single"].map(|name| (name.to_owned(), EncryptedPEPJSONValue::Null));
    assert!(Sealed::<Labels>::from_libpep(EncryptedPEPJSONValue::Object(null.into())).is_err());
    assert!(Labels::from_pep(&PEPJSONValue::Null).is_err());
}
