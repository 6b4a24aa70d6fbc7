//! What is said about each record of an upstream request, in one shape for all.

use libpep::data::json::PEPJSONValue;
use nest_core::{EncodeError, OrFiller, PepRecord, Pseudonym};

use crate::server::work::About;
use crate::wire::item::{Receipt, Reply, Response};
use crate::{Found, RecordError};

/// A reply that can be put into a foreign record.
pub(crate) trait ForeignReply: Response {
    /// The foreign record, ready to be encrypted.
    fn to_foreign(said: About<Self::Content>) -> Result<PEPJSONValue, EncodeError>;
}

/// A record as upstream knows it.
#[derive(PepRecord)]
#[pep(max_blocks = 2 + R::BLOCKS, max_bits = 64 + R::BITS)]
struct Row<R: PepRecord> {
    #[pep(pseudonym)]
    participants: Pseudonym,
    extra_data: OrFiller<R>,
    #[pep(range = 200..=500)]
    result_code: u16,
}

/// In the place of data where a success has nothing to say.
#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Done {
    #[pep(range = 0..=1)]
    done: u8,
}

impl<R: PepRecord + Send + Sync + 'static> ForeignReply for Reply<R> {
    fn to_foreign(About { who, ticket, what }: About<Found<R>>) -> Result<PEPJSONValue, EncodeError> {
        let whole = |found: Found<R>| match found.erased().is_empty() {
            true => Ok(found.into_record()),
            false => Err(RecordError::PartlyErased),
        };
        row(About { who, ticket, what: what.and_then(whole) })
    }
}

impl ForeignReply for Receipt {
    fn to_foreign(About { who, ticket, what }: About<()>) -> Result<PEPJSONValue, EncodeError> {
        row(About { who, ticket, what: what.map(|()| Done { done: 0 }) })
    }
}

/// A record that does not encode becomes an error of its own row.
fn row<R: PepRecord>(About { who: participants, what, .. }: About<R>) -> Result<PEPJSONValue, EncodeError> {
    let failed = |error| {
        let row = Row::<R> { participants, extra_data: OrFiller::filler(), result_code: code(error) };
        row.to_libpep_json()
    };
    match what {
        Ok(record) => {
            let row = Row { participants, extra_data: OrFiller::record(record), result_code: OK };
            row.to_libpep_json().or_else(|_| failed(RecordError::Internal))
        }
        Err(error) => failed(error),
    }
}

/// The code of a success.
const OK: u16 = 200;

/// The code of a failure: upstream has no other words.
fn code(error: RecordError) -> u16 {
    match error {
        RecordError::Invalid | RecordError::Conflict => 400,
        RecordError::Forbidden => 403,
        RecordError::NotFound => 404,
        // The rest of such a record is not given at this door.
        RecordError::PartlyErased => 410,
        _ => 500,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[derive(Debug, PepRecord)]
    #[pep(max_blocks = 7, max_bits = 609)]
    struct Note {
        #[pep(absent)]
        sure: Option<bool>,
        #[pep(decimals = 1, range = 0.0..=9.9)]
        mark: f64,
        #[pep(max_bytes = 15)]
        word: String,
        #[pep(max_bytes = 60)]
        text: String,
    }

    fn note(text: &str) -> Note {
        Note { sure: None, mark: 7.5, word: "é".to_owned(), text: text.to_owned() }
    }

    fn about<R>(what: Result<R, RecordError>) -> About<R> {
        About { who: Pseudonym::from_short_id("anna").unwrap(), ticket: 0, what }
    }

    #[test]
    fn libpep_reads_every_reply_and_all_have_one_shape() {
        let success = Reply::to_foreign(about(Ok(note("a text of more than one block").into()))).unwrap();
        assert_eq!(
            success.to_value().unwrap(),
            json!({
                "participants": "anna",
                "extra_data": {"sure": 2, "mark": 7.5, "word": "é", "text": "a text of more than one block"},
                "result_code": 200,
            })
        );
        // What the source should not have given fails by itself.
        let too_long = Reply::to_foreign(about(Ok(note(&"a".repeat(61)).into()))).unwrap();
        assert_eq!(too_long.to_value().unwrap().get("result_code"), Some(&json!(500)));
        assert_eq!(too_long.structure(), success.structure());
        for (error, code) in [
            (RecordError::NotFound, 404),
            (RecordError::Forbidden, 403),
            (RecordError::Invalid, 400),
            (RecordError::Conflict, 400),
            (RecordError::Unsupported, 500),
            (RecordError::Internal, 500),
            (RecordError::PartlyErased, 410),
            (RecordError::Other, 500),
        ] {
            let failure = Reply::<Note>::to_foreign(about(Err(error))).unwrap();
            assert_eq!(failure.structure(), success.structure());
            assert_eq!(failure.to_value().unwrap().get("result_code"), Some(&json!(code)));
            let receipt = Receipt::to_foreign(about(Err(error))).unwrap();
            let data = receipt.to_value().unwrap().get("extra_data").cloned();
            assert_eq!(data, Some(json!({"done": 0})) as Option<Value>);
            assert_eq!(receipt.structure(), Receipt::to_foreign(about(Ok(()))).unwrap().structure());
        }
    }
}
