//! What is printed, by whom and in whatever form, tells neither values nor keys nor who it is about.

use std::collections::BTreeMap;
use std::fmt::Debug;

use libpep::client::distributed::make_session_keys_distributed;
use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
use libpep::keys::distribution::make_distributed_global_keys;
use libpep::transcryptor::DistributedTranscryptor;
use nest_core::prelude::*;
use nest_core::{
    Batch, DecodeError, Domain, EncodeError, InProcess, NameError, PseudonymError, Session, SessionIds,
    TranscryptionError,
};
use serde_json::Value;

use crate::hostile::object;
use crate::kinds::*;
use crate::law::{ciphertexts, session};

const MARK: &str = "marked-person";

/// Everything by which a value could be known again.
struct Secrets(Vec<String>);

impl Secrets {
    fn of(pseudonym: Pseudonym) -> Self {
        let bytes = pseudonym.to_bytes();
        let decimal = format!("{bytes:?}");
        let [first, second, third, ..] = bytes;
        // Two bytes are shown, so that tests can tell pseudonyms apart; the third is too much.
        let hex = format!("{first:02x}{second:02x}{third:02x}");
        Self(vec![MARK.to_owned(), "31337".to_owned(), hex.to_uppercase(), hex, decimal])
    }

    fn are_not_in(&self, value: &dyn Debug) {
        for text in [format!("{value:?}"), format!("{value:#?}"), format!("{value:02x?}")] {
            for secret in &self.0 {
                assert!(!text.contains(secret), "{secret} in {text}");
            }
            assert!(text.len() < 1000, "{text}");
        }
    }
}

fn marked() -> (Visit, Secrets) {
    let doctor = Pseudonym::from_short_id(MARK).unwrap();
    (Visit { doctor, reason: MARK.to_owned() }, Secrets::of(doctor))
}

#[test]
fn a_pseudonym_shows_two_bytes_at_most() {
    let (visit, secrets) = marked();
    secrets.are_not_in(&visit.doctor);
    secrets.are_not_in(&vec![Some(visit.doctor); 3]);
    for id in ["a", MARK] {
        let debug = format!("{:?}", Pseudonym::from_short_id(id).unwrap());
        assert_eq!(debug.chars().count(), "Pseudonym(0000…)".chars().count());
    }
}

#[test]
fn a_sealed_record_and_a_batch_show_nothing_of_what_they_hold() {
    let (visit, mut secrets) = marked();
    let session = session();
    let sealed = session.seal(&visit).unwrap();
    let batch = Batch::seal(&Domain::new("school").unwrap(), &session, &[visit]).unwrap();
    let jsons =
        [&sealed, &batch.clone().into_sealed()[0]].map(|sealed| serde_json::to_value(sealed).unwrap());
    let texts = jsons.iter().flat_map(ciphertexts).map(|(_, text)| text[..20].to_owned());
    secrets.0.extend(texts);
    secrets.are_not_in(&sealed);
    secrets.are_not_in(&batch);
    secrets.are_not_in(&session);
}

/// Every text of 20 characters or more in a value.
fn long_texts(json: &Value, found: &mut Vec<String>) {
    match json {
        Value::String(text) if text.len() >= 20 => found.push(text[..20].to_owned()),
        Value::Array(items) => items.iter().for_each(|item| long_texts(item, found)),
        Value::Object(fields) => fields.values().for_each(|value| long_texts(value, found)),
        _ => {}
    }
}

#[test]
fn a_session_shows_no_key() {
    let rng = &mut rand::rng();
    let (_, global, mut blinding) = make_distributed_global_keys(1, rng);
    let secret = |byte: u8| vec![byte; 32];
    let system = DistributedTranscryptor::new(
        PseudonymizationSecret::from(secret(1)),
        EncryptionSecret::from(secret(2)),
        blinding.remove(0),
    );
    let shares = system.session_key_shares(&EncryptionContext::from("session-7"));
    let keys = make_session_keys_distributed(global, &[shares]);
    let mut secrets = Vec::new();
    long_texts(&serde_json::to_value(keys).unwrap(), &mut secrets);
    assert_eq!(secrets.len(), 4, "two secret keys and two public ones");

    let ids = BTreeMap::from([("t0".to_owned(), "session-7".to_owned())]);
    let session = Session::from_libpep(SessionIds::new(ids).unwrap(), keys);
    let debug = format!("{session:?} {session:#?} {:?}", session.clone());
    assert!(debug.contains("session-7"), "ids are no secrets");
    assert!(secrets.iter().all(|secret| !debug.contains(secret)), "{debug}");
    for word in ["Scalar", "Ristretto", "secret", "FieldElement"] {
        assert!(!debug.contains(word), "{word} in {debug}");
    }
    let in_process = format!("{:?}", InProcess::new(2));
    for word in ["Scalar", "Ristretto", "ecret", "FieldElement", "global"] {
        assert!(!in_process.contains(word), "{word} in {in_process}");
    }
}

#[test]
fn errors_repeat_nothing_of_what_they_are_about() {
    let (visit, secrets) = marked();
    let plain = visit.to_pep().unwrap();
    let extra = object([("doctor", plain.clone()), (MARK, plain.clone()), ("31337", plain.clone())]);
    let missing = object([(MARK, plain.clone()), ("31337", plain.clone())]);
    let decoding: Vec<DecodeError> =
        [&extra, &missing].into_iter().map(|value| Visit::from_pep(value).unwrap_err()).collect();
    let texts = Labels::from_pep(&plain).unwrap_err();
    let encoding: EncodeError = Visit { reason: MARK.repeat(2), ..visit }.to_pep().unwrap_err();
    let names: [NameError; 2] = [
        Domain::new(format!("{MARK} ")).unwrap_err(),
        SessionIds::new([(MARK.into(), "".into())]).unwrap_err(),
    ];
    let pseudonyms: Vec<PseudonymError> = vec![
        Pseudonym::from_hex(MARK).unwrap_err(),
        Pseudonym::from_hex(&"f".repeat(64)).unwrap_err(),
        Pseudonym::from_short_id(&MARK.repeat(2)).unwrap_err(),
    ];
    for error in decoding.iter().chain([&texts]) {
        secrets.are_not_in(error);
        secrets.are_not_in(error.fault());
        secrets.are_not_in(&error.to_string());
    }
    secrets.are_not_in(&encoding);
    secrets.are_not_in(&encoding.to_string());
    for error in names {
        secrets.are_not_in(&error);
        secrets.are_not_in(&error.to_string());
    }
    for error in pseudonyms {
        secrets.are_not_in(&error);
        secrets.are_not_in(&error.to_string());
    }
    secrets.are_not_in(&TranscryptionError::Refused.to_string());
    secrets.are_not_in(&MARK.parse::<nest_core::time::Day>().unwrap_err());
}
