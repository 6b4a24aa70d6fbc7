//! What is said about each record of an upstream request, in one shape for successes and failures.

use nest_api::__protocol_v1::Said;
use nest_core::__workspace_v1::libpep::data::json::PEPJSONValue;
use nest_core::schema::Schema;
use nest_core::value::PlainRecord;
use nest_core::{EncodeError, EncodeFault, PepRecord, Pseudonym};
use nest_source::RecordError;

use crate::libpep_json;
use crate::question::DATA;

/// The parts of a reply besides its data.
#[derive(PepRecord)]
#[pep(max_blocks = 2)]
struct Head {
    #[pep(pseudonym)]
    participants: Pseudonym,
    #[pep(range = 200..=500)]
    result_code: u16,
}

/// In the place of data where a success has nothing to say.
#[derive(PepRecord)]
#[pep(max_blocks = 1)]
struct Done {
    #[pep(range = 0..=1)]
    #[allow(dead_code, reason = "it is always filler")]
    done: u8,
}

/// The reply, ready to be encrypted. `schema` is the record that a success holds. The data of a failure is filler.
pub(crate) fn reply(said: Said, schema: Option<&'static Schema>) -> Result<PEPJSONValue, EncodeError> {
    let Said { who: participants, record } = said;
    let filler = || PlainRecord::new(schema.unwrap_or(Done::SCHEMA));
    let (data, result_code) = match record {
        Ok(record) => (record.unwrap_or_else(filler), OK),
        Err(error) => (filler(), code(error)),
    };
    let PEPJSONValue::Object(mut parts) = (Head { participants, result_code }).to_pep()? else {
        return Err(EncodeFault::Mismatch.into());
    };
    parts.insert(DATA.to_owned(), libpep_json::write(&data)?);
    Ok(PEPJSONValue::Object(parts))
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

    fn said(record: Result<Option<PlainRecord>, RecordError>) -> Said {
        Said { who: Pseudonym::from_short_id("anna").unwrap(), record }
    }

    fn about_note(record: Result<Note, RecordError>) -> PEPJSONValue {
        let record = record.map(|note| Some(note.to_plain().unwrap()));
        reply(said(record), Some(Note::SCHEMA)).unwrap()
    }

    #[test]
    fn libpep_reads_every_reply_and_all_have_one_shape() {
        let success = about_note(Ok(note("a text of more than one block")));
        assert_eq!(
            success.to_value().unwrap(),
            json!({
                "participants": "anna",
                "extra_data": {"sure": 2, "mark": 7.5, "word": "é", "text": "a text of more than one block"},
                "result_code": 200,
            })
        );
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
            let failure = about_note(Err(error));
            assert_eq!(failure.structure(), success.structure());
            assert_eq!(failure.to_value().unwrap().get("result_code"), Some(&json!(code)));
            let receipt = reply(said(Err(error)), None).unwrap();
            let data = receipt.to_value().unwrap().get("extra_data").cloned();
            assert_eq!(data, Some(json!({"done": 0})) as Option<Value>);
            assert_eq!(receipt.structure(), reply(said(Ok(None)), None).unwrap().structure());
        }
    }
}
