//! What the laws have in common: running over many values, and walking two values side by side.

use std::pin::pin;
use std::task::{Context, Poll, Waker};

use arbitrary::Unstructured;
use libpep::client::distributed::make_session_keys_distributed;
use libpep::data::json::PEPJSONValue;
use libpep::factors::{EncryptionContext, EncryptionSecret, PseudonymizationSecret};
use libpep::keys::SessionKeys;
use libpep::keys::distribution::make_distributed_global_keys;
use libpep::transcryptor::DistributedTranscryptor;
use nest_core::{InProcess, Session, SessionIds, Transcryption};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::Value;

use crate::values::Sample;

/// What a law says of one case: nothing, or how it was broken.
pub(crate) type Verdict = Result<(), TestCaseError>;

/// Runs a law over many values.
pub(crate) fn for_values<T: Sample>(cases: u32, law: impl Fn(T) -> Verdict) {
    for_bytes(cases, &|bytes| {
        let value = T::sample(bytes).unwrap();
        law(value.clone()).map_err(|error| TestCaseError::fail(format!("{error} for {value:?}")))
    });
}

/// Runs a law over many strings of bytes, of which it makes what it needs.
///
/// One function for all records and laws: with strategies of its own for each, this program would take minutes
/// to compile. Failures are not written to files: the values that fail are in the message.
pub(crate) fn for_bytes(cases: u32, law: &dyn Fn(&mut Unstructured<'_>) -> Verdict) {
    let words = vec(any::<u64>(), 0..250);
    let config = ProptestConfig {
        cases,
        max_shrink_iters: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    let result = TestRunner::new(config).run(&words, |words| {
        let bytes: Vec<u8> = words.into_iter().flat_map(u64::to_le_bytes).collect();
        law(&mut Unstructured::new(&bytes))
    });
    if let Err(error) = result {
        panic!("{error}");
    }
}

/// The outcome of what has nothing to wait for.
pub(crate) fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing in this process has to be waited for"),
    }
}

/// A session of a party at two transcryptors of its own.
pub(crate) fn session() -> Session {
    now(InProcess::new(2).session()).unwrap()
}

/// A session whose keys libpep has, too.
pub(crate) fn session_with_keys() -> (Session, SessionKeys) {
    let (_, global, mut blinding) = make_distributed_global_keys(1, &mut rand::rng());
    let system = DistributedTranscryptor::new(
        PseudonymizationSecret::from(vec![1; 32]),
        EncryptionSecret::from(vec![2; 32]),
        blinding.remove(0),
    );
    let shares = system.session_key_shares(&EncryptionContext::from("session-7"));
    let keys = make_session_keys_distributed(global, &[shares]);
    (Session::from_libpep(ids(), keys), keys)
}

/// The ids of some session.
pub(crate) fn ids() -> SessionIds {
    SessionIds::new([("t0".to_owned(), "session-7".to_owned())]).unwrap()
}

/// The number of encryption blocks in a value, counted one by one.
pub(crate) fn count_blocks(value: &PEPJSONValue) -> usize {
    match value {
        PEPJSONValue::Null => 0,
        PEPJSONValue::LongString(blocks) => blocks.len(),
        PEPJSONValue::LongPseudonym(blocks) => blocks.len(),
        PEPJSONValue::Array(items) => items.iter().map(count_blocks).sum(),
        PEPJSONValue::Object(fields) => fields.values().map(count_blocks).sum(),
        _ => 1,
    }
}

/// Every part of a value that has no parts of its own.
pub(crate) fn leaves(value: &PEPJSONValue) -> Vec<&PEPJSONValue> {
    match value {
        PEPJSONValue::Array(items) => items.iter().flat_map(leaves).collect(),
        PEPJSONValue::Object(fields) => fields.values().flat_map(leaves).collect(),
        leaf => vec![leaf],
    }
}

/// The ciphertexts in the JSON of a sealed record, each with the keys that lead to it.
///
/// Fails on everything that is neither structure nor ciphertext.
pub(crate) fn ciphertexts(json: &Value) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(json, String::new(), &mut found);
    found
}

fn collect(json: &Value, path: String, found: &mut Vec<(String, String)>) {
    let object = json.as_object().unwrap();
    let keys: Vec<_> = object.keys().map(String::as_str).collect();
    assert_eq!(keys, ["data", "type"], "at {path}");
    let data = &object["data"];
    match (object["type"].as_str().unwrap(), data) {
        ("Object", Value::Object(fields)) => {
            for (name, value) in fields {
                collect(value, format!("{path}.{name}"), found);
            }
        }
        ("Array", Value::Array(items)) => {
            for (place, value) in items.iter().enumerate() {
                collect(value, format!("{path}[{place}]"), found);
            }
        }
        (tag @ ("Bool" | "Number" | "String" | "LongString" | "Pseudonym"), Value::String(text)) => {
            found.push((format!("{path}: {tag}"), text.clone()));
        }
        (tag, _) => panic!("at {path}: {tag} with other data than libpep's"),
    }
}

/// The JSON of a sealed record with each character of its ciphertexts replaced.
pub(crate) fn masked(json: &str) -> String {
    let mut masked = json.to_owned();
    for (_, text) in ciphertexts(&serde_json::from_str(json).unwrap()) {
        masked = masked.replacen(&text, &"#".repeat(text.len()), 1);
    }
    masked
}
