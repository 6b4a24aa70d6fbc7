//! Requests to a transcryptor and its answers. Their JSON is written once and read once.
//!
//! The items of an answer from one transcryptor go to the next one as they came, since nothing here can use them. The
//! last answer is read strictly.

use nest_core::__workspace_v1::libpep::factors::{EncryptionContext, PseudonymizationDomain};
use nest_core::TranscryptionError;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// The domains and sessions of a batch at one transcryptor.
pub(super) struct Leg {
    pub(super) domain_from: PseudonymizationDomain,
    pub(super) domain_to: PseudonymizationDomain,
    pub(super) session_from: EncryptionContext,
    pub(super) session_to: EncryptionContext,
}

/// paas-api's `TranscryptionBatchRequest`, with anything that writes itself as its records.
#[derive(Serialize)]
struct Request<'a, E> {
    encrypted: E,
    domain_from: &'a PseudonymizationDomain,
    domain_to: &'a PseudonymizationDomain,
    session_from: &'a EncryptionContext,
    session_to: &'a EncryptionContext,
}

impl Leg {
    /// The first request for these records.
    pub(super) fn request(&self, records: &[impl Serialize]) -> Result<Vec<u8>, TranscryptionError> {
        self.write(records)
    }

    /// The request that carries on what another transcryptor has answered.
    pub(super) fn carry_on(&self, answer: &[u8]) -> Result<Vec<u8>, TranscryptionError> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            #[serde(borrow)]
            result: &'a RawValue,
        }

        let Answer { result } = serde_json::from_slice(answer).map_err(|_| TranscryptionError::Answer)?;
        // Otherwise the next transcryptor would be blamed for refusing it.
        if !result.get().starts_with('[') {
            return Err(TranscryptionError::Answer);
        }
        self.write(result)
    }

    fn write(&self, encrypted: impl Serialize) -> Result<Vec<u8>, TranscryptionError> {
        let Self { domain_from, domain_to, session_from, session_to } = self;
        let request = Request { encrypted, domain_from, domain_to, session_from, session_to };
        serde_json::to_vec(&request).map_err(|_| TranscryptionError::Refused)
    }
}

/// The records of the last answer. There must be as many as were sent, and each is read by its own type.
pub(super) fn read<V: DeserializeOwned>(answer: &[u8], sent: usize) -> Result<Vec<V>, TranscryptionError> {
    #[derive(Deserialize)]
    struct Answer<V> {
        result: Vec<V>,
    }

    let Answer { result } = serde_json::from_slice(answer).map_err(|_| TranscryptionError::Answer)?;
    if result.len() == sent { Ok(result) } else { Err(TranscryptionError::Answer) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use nest_core::__workspace_v1::libpep::data::json::EncryptedPEPJSONValue;
    use nest_core::prelude::*;
    use nest_core::{InProcess, Sealed, Session, Transcryption};
    use paas_api::transcrypt::{TranscryptionBatchRequest, TranscryptionBatchResponse};
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, Clone, PartialEq, PepRecord)]
    #[pep(max_blocks = 6, max_bits = 324)]
    struct Visit {
        #[pep(pseudonym)]
        who: Pseudonym,
        #[pep(range = 0..=9)]
        times: u8,
        #[pep(max_bytes = 40)]
        text: String,
    }

    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Other {
        done: bool,
    }

    fn leg() -> Leg {
        Leg {
            domain_from: PseudonymizationDomain::from("school"),
            domain_to: PseudonymizationDomain::from("nest"),
            session_from: EncryptionContext::from("school_1"),
            session_to: EncryptionContext::from("nest_1"),
        }
    }

    async fn some() -> (Session, Vec<Sealed<Visit>>) {
        let session = InProcess::new(1).session().await.unwrap();
        let visit = |times| Visit { who: Pseudonym::random(), times, text: "a b".to_owned() };
        let sealed = [1, 2, 3].map(|times| session.seal(&visit(times)).unwrap()).to_vec();
        (session, sealed)
    }

    fn answer(records: &[Sealed<Visit>]) -> Vec<u8> {
        let result = records.iter().map(|record| record.to_libpep().unwrap()).collect();
        serde_json::to_vec(&TranscryptionBatchResponse::<EncryptedPEPJSONValue> { result }).unwrap()
    }

    #[tokio::test(flavor = "current_thread")]
    async fn a_request_is_what_paas_api_would_write() {
        let (_, records) = some().await;
        let Leg { domain_from, domain_to, session_from, session_to } = leg();
        let encrypted = records.iter().map(|record| record.to_libpep().unwrap()).collect();
        let expected = TranscryptionBatchRequest::<EncryptedPEPJSONValue> {
            encrypted,
            domain_from,
            domain_to,
            session_from,
            session_to,
        };
        let expected = serde_json::to_value(expected).unwrap();
        let first = leg().request(&records).unwrap();
        let next = leg().carry_on(&answer(&records)).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&first).unwrap(), expected);
        assert_eq!(serde_json::from_slice::<Value>(&next).unwrap(), expected);
        assert_eq!(first.len(), next.len(), "an answer is as long as a request");
    }

    #[tokio::test(flavor = "current_thread")]
    async fn what_is_carried_on_is_not_touched() {
        let carried = leg().carry_on(br#"{"new": 1, "result": [ {"a" :1}, 2.50 ]}"#).unwrap();
        let text = String::from_utf8(carried).unwrap();
        assert!(text.starts_with(r#"{"encrypted":[ {"a" :1}, 2.50 ],"domain_from""#), "{text}");
        for bad in ["", "null", "[]", "{}", r#"{"result":{}}"#, r#"{"result":null}"#, r#"{"result":[1}"#] {
            assert_eq!(leg().carry_on(bad.as_bytes()), Err(TranscryptionError::Answer), "{bad}");
        }
    }

    #[tokio::test(flavor = "current_thread")]
    async fn the_last_answer_is_read_strictly() {
        let (session, records) = some().await;
        let whole = answer(&records);
        let read_back: Vec<Sealed<Visit>> = read(&whole, 3).unwrap();
        assert_eq!(session.open(&read_back[1]).unwrap().times, 2);

        for sent in [0, 2, 4] {
            assert_eq!(read::<Sealed<Visit>>(&whole, sent), Err(TranscryptionError::Answer));
        }
        assert_eq!(read::<Sealed<Other>>(&whole, 3).err(), Some(TranscryptionError::Answer));
        let mut planted: Value = serde_json::from_slice(&whole).unwrap();
        planted["result"][0]["data"]["planted"] = json!({"type": "Bool", "data": ""});
        let planted = serde_json::to_vec(&planted).unwrap();
        assert_eq!(read::<Sealed<Visit>>(&planted, 3), Err(TranscryptionError::Answer));
        assert_eq!(read::<Sealed<Visit>>(&whole[..whole.len() - 1], 3), Err(TranscryptionError::Answer));
    }
}
