//! What a record of an upstream request asks: who it is about, and what the source is given.

use nest_api::__protocol_v1::{Asked, PlainInput};
use nest_core::__workspace_v1::libpep::data::json::{EncryptedPEPJSONValue, PEPJSONValue};
use nest_core::schema::Schema;
use nest_core::{PepRecord, Pseudonym, SealedJson};
use nest_source::{Operation, RecordError};

use crate::libpep_json::{self, LibpepJson};

/// The names that a record's parts travel under.
const PARTICIPANT: &str = "participants";
const CODE: &str = "result_code";
pub(crate) const DATA: &str = "extra_data";

/// Whether a sealed record has the three parts, and one pseudonym as its participant.
///
/// A long pseudonym has several blocks. Transcryptors turn each block into another domain by itself, and together they
/// are no pseudonym there.
pub(crate) fn has_parts(record: &SealedJson) -> bool {
    let EncryptedPEPJSONValue::Object(parts) = record.as_libpep() else {
        return false;
    };
    let participant = matches!(parts.get(PARTICIPANT), Some(EncryptedPEPJSONValue::Pseudonym(_)));
    let code = matches!(parts.get(CODE), Some(EncryptedPEPJSONValue::Number(_)));
    participant && code && parts.contains_key(DATA) && parts.len() == 3
}

/// The question of an opened record; `None` where it did not open.
///
/// The result code is the witness. Opened with the keys of another session, the participant becomes another pseudonym,
/// while a number becomes no number.
pub(crate) fn question(
    operation: Operation,
    given: Option<&'static Schema>,
    opened: PEPJSONValue,
) -> Option<Asked> {
    #[derive(PepRecord)]
    #[pep(max_blocks = 2)]
    struct Head {
        #[pep(pseudonym)]
        participants: Pseudonym,
        /// A question says 200. It is read as a witness only.
        #[pep(range = 0..=65535)]
        #[allow(dead_code, reason = "that it can be read is what it says")]
        result_code: u16,
    }

    let PEPJSONValue::Object(mut parts) = opened else {
        return None;
    };
    let data = parts.remove(DATA)?;
    let Head { participants: who, .. } = Head::from_pep(&PEPJSONValue::Object(parts)).ok()?;
    Some(Asked { who, input: input(operation, given, &data) })
}

/// What the source is given; [`RecordError::Invalid`] where the data is not what was declared.
fn input(
    operation: Operation,
    given: Option<&'static Schema>,
    data: &PEPJSONValue,
) -> Result<PlainInput, RecordError> {
    let record = given.map(|schema| libpep_json::read(schema, data)).transpose();
    let record = record.map_err(|_| RecordError::Invalid)?;
    let page = if record.is_some() { 0 } else { page(operation, data)? };
    Ok(PlainInput { page, record })
}

/// The page of a question. Only outcomes have pages, and all else in the data of a question is ignored.
fn page(operation: Operation, data: &PEPJSONValue) -> Result<u16, RecordError> {
    #[derive(PepRecord)]
    #[pep(max_blocks = 1)]
    struct Page {
        #[pep(range = 0..=65535)]
        page: u16,
    }

    match data {
        PEPJSONValue::Object(fields) if operation == Operation::Results && fields.contains_key("page") => {
            let Page { page } = Page::from_libpep_json(data).map_err(|_| RecordError::Invalid)?;
            Ok(page)
        }
        _ => Ok(0),
    }
}
